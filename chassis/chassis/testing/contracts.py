"""What other programs expect of a service: files in its folder, held against all that it sends in tests.

`contracts/<consumer>.json` has JSON Schemas: of the answers that the consumer reads, by operation, and of the
`data` of events, by type. `python -m dev.contracts` writes them out of the consumers' code.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qsl
from uuid import UUID

import jsonschema_rs
from flask import Flask
from werkzeug.test import TestResponse

from chassis.messaging.messages import Messages
from chassis.testing.structure import documented_path, route_of

FOLDER = "contracts"
PARAMETER = re.compile(r"\{\w+\}")
Schema = Mapping[str, Any]


class Expectation(NamedTuple):
    """What one consumer reads: of an operation (`GET /api/courses?mine=true`) or a type of event."""

    consumer: str
    subject: str
    schema: Schema

    @property
    def operation(self) -> str:
        """The operation, without the names of its parameters."""
        return PARAMETER.sub("{}", self.subject.partition("?")[0])

    def is_about(self, answer: TestResponse, operation: str) -> bool:
        """Whether it is about the answer of this operation: of the query it may name a part."""
        asked = parse_qsl(answer.request.query_string.decode())
        named = parse_qsl(self.subject.partition("?")[2])
        return self.operation == operation and set(named) <= set(asked)

    def check(self, value: object) -> None:
        """Fail if the value has another form."""
        validator = _validator(json.dumps(self.schema))
        faults = [
            f"/{'/'.join(map(str, fault.instance_path))}: {fault.message}"
            for fault in validator.iter_errors(value)
        ]
        assert not faults, f"{self.consumer} reads {self.subject}, and would find {faults}"


class Contracts(NamedTuple):
    """All that others expect of a service."""

    answers: list[Expectation]
    events: list[Expectation]


@cache
def contracts_of(folder: Path) -> Contracts:
    """Those in the folder of a service."""
    found = Contracts([], [])
    for path in sorted((folder / FOLDER).glob("*.json")):
        contract = json.loads(path.read_text())
        for own, named in zip(found, ("answers", "events"), strict=True):
            own += [Expectation(path.stem, *each) for each in contract.get(named, {}).items()]
    return found


def check_contracts(app: Flask) -> None:
    """What others expect is there: each operation is served, each type of event is sent."""
    contracts = contracts_of(_folder_of(app))
    served = {
        PARAMETER.sub("{}", f"{method} {documented_path(rule.rule)}")
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    gone = [one[:2] for one in contracts.answers if one.operation not in served]
    sent = types_sent(Path(app.root_path))
    gone += [one[:2] for one in contracts.events if one.subject not in sent]
    assert not gone, f"no longer there, and still read: {gone}"


def check_expected(app: Flask, answer: TestResponse) -> None:
    """Fail if a successful answer lacks what a consumer reads of it."""
    if not 200 <= answer.status_code < 300 or not answer.is_json:
        return
    operation = PARAMETER.sub("{}", f"{answer.request.method} {route_of(app, answer)}")
    for expectation in contracts_of(_folder_of(app)).answers:
        if expectation.is_about(answer, operation):
            expectation.check(answer.json)


@contextmanager
def checked_events(app: Flask) -> Iterator[None]:
    """What the service sends in the block fails if it lacks what a consumer reads."""
    publish, events = Messages.publish_event, contracts_of(_folder_of(app)).events

    def publish_checked(
        messages: Messages,
        type: str,
        aggregate_id: object,
        version: int,
        data: dict[str, Any] | None = None,
        **more: Any,
    ) -> UUID:
        for expectation in events:
            if expectation.subject == type:
                expectation.check(data or {})
        return publish(messages, type, aggregate_id, version, data, **more)

    with patch.object(Messages, "publish_event", publish_checked):
        yield


def types_sent(package: Path) -> set[str]:
    """The types of events that a package names where it publishes, and those of its `EventType`."""
    found: set[str] = set()
    for module in package.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("publish_event"):
                found |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
            elif isinstance(node, ast.ClassDef) and node.name == "EventType":
                values = (line.value for line in node.body if isinstance(line, ast.Assign))
                found |= {ast.literal_eval(value) for value in values}
    return found


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schema), validate_formats=True)


def _folder_of(app: Flask) -> Path:
    return Path(app.root_path).parent
