"""How a request gets to the gateway, and what an answer means."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import requests

TIMEOUT = 30.0  # seconds
PIECE = 64 * 1024  # bytes of a stream, at most, that are read at a time

Content = TypeVar("Content")


class Refused(Exception):
    """The platform did not do what it was asked: the problem document says why, `code` in one word."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        reason = problem.get("detail") or problem.get("title")
        super().__init__(f"{status} {problem.get('code')}: {reason}")
        self.status = status
        self.code = str(problem.get("code"))
        self.problem = problem


@dataclass(frozen=True)
class LiveEvent:
    """One event of a stream. `id` is what to resume after."""

    type: str
    id: str | None
    data: Any


class Transport:
    """Speaks HTTP with one gateway, for the person whose access token it has. Not to be shared by threads."""

    def __init__(self, gateway: str, token: str | None = None) -> None:
        self.gateway = gateway
        self.token = token
        self.http = requests.Session()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer to any request, whatever it is; options as of `requests`."""
        options.setdefault("timeout", TIMEOUT)
        headers = {**(options.get("headers") or {})}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        options["headers"] = headers
        return self.http.request(method, f"{self.gateway}{path}", **options)

    def call(
        self,
        method: str,
        path: str,
        content: type[Content],
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = None,
    ) -> Content:
        """What a successful answer says; `Refused` otherwise. Parameters that are None are not sent."""
        options = {"params": _query(query or {}), "headers": _sent(headers or {}), "json": body}
        with self.send(method, path, **options) as response:
            answer: Content = _content(response)
        return answer

    def stream(
        self,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Iterator[LiveEvent]:
        """The events of a live stream, as they come, until it ends."""
        options = {
            "params": _query(query or {}),
            "headers": {"Accept": "text/event-stream", **_sent(headers or {})},
        }
        with self.send("GET", path, stream=True, **options) as response:
            if not response.ok:
                raise _refused(response)
            yield from _events(_lines(response))


def segment(value: object) -> str:
    """A value as one segment of a path."""
    return quote(str(value), safe="")


def _content(response: requests.Response) -> Any:
    if not response.ok:
        raise _refused(response)
    if response.status_code == HTTPStatus.NO_CONTENT:
        return None
    return _said(response)


def _refused(response: requests.Response) -> Refused:
    problem = _said(response)
    # What stands before the gateway, such as a proxy, knows nothing of problem documents.
    if not isinstance(problem, dict):
        problem = {"title": response.reason}
    return Refused(response.status_code, problem)


def _said(response: requests.Response) -> Any:
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if media_type.endswith("json"):
        return response.json()
    return response.text


def _lines(response: requests.Response) -> Iterator[str]:
    """The lines of a stream, each as soon as it is there: `iter_lines` waits for half a kilobyte."""
    rest = b""
    while piece := response.raw.read1(PIECE, decode_content=True):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode() for line in lines)


def _events(lines: Iterable[str]) -> Iterator[LiveEvent]:
    """The events in the lines of a stream (HTML standard, "Server-sent events"), without comments."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            data = json.loads(fields.get("data", "null"))
            yield LiveEvent(fields["event"], fields.get("id"), data)
            fields = {}


def _query(parameters: Mapping[str, Any]) -> dict[str, str]:
    given = {name: value for name, value in parameters.items() if value is not None}
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _sent(headers: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}
