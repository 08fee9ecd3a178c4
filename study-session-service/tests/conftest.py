"""The service under test, and sessions to test with."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("study_session_service") as app:
        yield app


@pytest.fixture
def wanted() -> Callable[..., dict[str, Any]]:
    """The body of a request to open a session in two hours, for an hour, in Jerusalem, unless changed."""

    def body(**changes: Any) -> dict[str, Any]:
        usual = {
            "title": "Berakhot",
            "subject": "Talmud",
            "session_type": "discussion",
            "latitude": 31.778,
            "longitude": 35.235,
            "start_time": rfc3339(now() + timedelta(hours=2)),
            "duration_minutes": 60,
        }
        return {**usual, **changes}

    return body


@pytest.fixture
def open_session(client: FlaskClient, wanted: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Open a session as its host, let these people join, and return the answer to the opening."""

    def open_as(host: User, *participants: User, **changes: Any) -> Any:
        answer = client.post("/api/study-sessions", json=wanted(**changes), user=host)
        assert answer.status_code == 201, answer.json
        for person in participants:
            code = {"join_code": answer.json["join_code"]}
            path = f"/api/study-sessions/{answer.json['id']}/join"
            assert client.post(path, json=code, user=person).status_code == 201
        return answer.json

    return open_as
