"""Each answer that a test gets is also written by marshmallow and json, and has to be the same."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from flask import Response, jsonify
from marshmallow import Schema

from chassis.web import answers


@contextmanager
def written_both_ways() -> Iterator[None]:
    """A request in the block fails if its answer differs from what marshmallow and json write."""
    respond = answers.respond

    def respond_twice(schema: Schema, found: Any) -> Response:
        answer = respond(schema, found)
        assert pairs(answer) == pairs(jsonify(schema.dump(found)))
        return answer

    with patch.object(answers, "respond", respond_twice):
        yield


def pairs(answer: Response) -> str:
    """The JSON of an answer as text in which 1, 1.0 and true differ, and the order of names counts."""
    return repr(json.loads(answer.get_data(), object_pairs_hook=list))
