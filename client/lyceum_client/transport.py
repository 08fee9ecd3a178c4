"""How a request gets to the gateway, and what an answer means."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import requests

TIMEOUT = 30.0  # seconds

Content = TypeVar("Content")


class Refused(Exception):
    """The platform did not do what it was asked: the problem document says why, `code` in one word."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(
            f"{status} {problem.get('code')}: {problem.get('detail') or problem.get('title')}"
        )
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
    """Speaks HTTP with one gateway, as whoever `token` belongs to. Not to be shared by threads."""

    def __init__(self, gateway: str, token: str | None = None) -> None:
        self.gateway = gateway
        self.token = token
        self.http = requests.Session()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer to any request, whatever it is; options as of `requests`."""
        options.setdefault("timeout", TIMEOUT)
        credentials = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        options["headers"] = {**credentials, **(options.get("headers") or {})}
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
        with self.send(
            method, path, params=_query(query or {}), headers=_sent(headers or {}), json=body
        ) as response:
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
        sent = {"Accept": "text/event-stream", **_sent(headers or {})}
        with self.send(
            "GET", path, params=_query(query or {}), headers=sent, stream=True
        ) as response:
            if not response.ok:
                _content(response)
            fields: dict[str, str] = {}
            for line in response.iter_lines(decode_unicode=True):
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    yield LiveEvent(
                        fields["event"], fields.get("id"), json.loads(fields.get("data", "null"))
                    )
                    fields = {}


def segment(value: object) -> str:
    """A value as one segment of a path."""
    return quote(str(value), safe="")


def _content(response: requests.Response) -> Any:
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    said = response.json() if media_type.endswith("json") else response.text
    if not response.ok:
        raise Refused(
            response.status_code, said if isinstance(said, dict) else {"title": response.reason}
        )
    return None if response.status_code == HTTPStatus.NO_CONTENT else said


def _query(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in parameters.items()
        if value is not None
    }


def _sent(headers: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}
