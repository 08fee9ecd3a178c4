"""What answers of the platform carry next to their content."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import responses as PHRASES
from typing import Any

from lyceum_client.errors import Refused, Unreadable


class Answer:
    """The content of an answer, as dict, list or str, with its `status` and `headers`."""

    status: int
    headers: Mapping[str, str]

    @property
    def etag(self) -> str | None:
        """The version of what was answered, for `if_match`."""
        return self.headers.get("ETag")


class ObjectAnswer(Answer, dict[str, Any]):
    pass


class ListAnswer(Answer, list[Any]):
    pass


class TextAnswer(Answer, str):
    pass


def answer_of(content: object) -> Answer:
    """What a method has answered, with `status`, `headers` and `etag` for a type checker to see."""
    if not isinstance(content, Answer):
        raise TypeError("only what a method has answered has a status and headers")
    return content


def etag(content: object) -> str:
    """The version of what a method has answered; `LookupError` if the platform gives it none."""
    found = answer_of(content).etag
    if found is None:
        raise LookupError("the answer has no ETag")
    return found


def is_success(status: int) -> bool:
    """Whether the platform did what it was asked."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def read(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """The content of a successful answer, None for 204; `Unreadable` if it is not what it says."""
    if status == HTTPStatus.NO_CONTENT:
        return None
    content = _content(headers, body)
    content.status, content.headers = status, headers
    return content


def refusal_of(status: int, headers: Mapping[str, str], body: bytes) -> Refused:
    """The refusal that an answer is."""
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    # What stands before the gateway, such as a proxy, knows nothing of problem documents.
    if not isinstance(problem, dict):
        problem = {"title": PHRASES.get(status)}
    return Refused(status, problem, headers)


def _content(headers: Mapping[str, str], body: bytes) -> ObjectAnswer | ListAnswer | TextAnswer:
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    try:
        if not media_type.endswith("json"):
            return TextAnswer(body.decode())
        content = json.loads(body)
    except ValueError as error:
        raise Unreadable(f"the answer cannot be read: {error}") from error
    if isinstance(content, dict):
        return ObjectAnswer(content)
    if isinstance(content, list):
        return ListAnswer(content)
    raise Unreadable(f"the answer is neither an object nor a list: {content!r:.100}")
