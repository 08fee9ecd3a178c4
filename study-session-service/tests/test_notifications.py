"""Which people are notified of what happens to a session, and which are not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user
from study_session_service.models import db, messages

BASE = "/api/study-sessions"
Open = Callable[..., Any]
News = Callable[[], list[tuple[str, list[str]]]]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("study_session_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def requests(app: Flask) -> Callable[[], list[dict[str, Any]]]:
    """The notifications that were requested, in order."""

    def read() -> list[dict[str, Any]]:
        with app.app_context():
            outbox = messages.outbox.c
            # A row with a number is a live event; the rest are events between services.
            events = db.select(outbox.body).where(outbox.seq.is_(None)).order_by(outbox.position)
            bodies = db.session.scalars(events).all()
        assert {body["type"] for body in bodies} <= {"notification.requested"}
        return [body["data"] for body in bodies]

    return read


@pytest.fixture
def news(requests: Callable[[], list[dict[str, Any]]]) -> News:
    """The same, as (kind, people)."""
    return lambda: [(request["kind"], request["user_ids"]) for request in requests()]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def test_a_cancellation_notifies_participants_and_the_waitlist(
    client: FlaskClient, open_session: Open, news: News, requests: Any, ruth: User, boaz: User
) -> None:
    session, naomi = open_session(ruth, boaz, max_participants=2), a_user("naomi")
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=naomi)
    client.post(f"{BASE}/{session['id']}/cancel", json={"reason": "Flu"}, user=ruth)
    assert news() == [("session_cancelled", [str(boaz.id), str(naomi.id)])]
    [request] = requests()
    assert request["data"]["reason"] == "Flu"
    assert (request["author"], request["words"]) == (str(ruth.id), ["title", "reason"])


def test_moving_a_session_notifies_the_other_participants(
    client: FlaskClient, open_session: Open, news: News, ruth: User, boaz: User
) -> None:
    session, later = open_session(ruth, boaz), rfc3339(now() + timedelta(hours=9))
    client.patch(
        f"{BASE}/{session['id']}",
        json={"start_time": later},
        headers={"If-Match": '"1"'},
        user=ruth,
    )
    assert news() == [("session_moved", [str(boaz.id)])]


def test_a_promotion_notifies_the_person_who_waited(
    client: FlaskClient, open_session: Open, requests: Callable[[], Any], ruth: User, boaz: User
) -> None:
    session, naomi = open_session(ruth, boaz, max_participants=2), a_user("naomi")
    path = f"{BASE}/{session['id']}"
    client.post(f"{path}/join", json={"waitlist": True}, user=naomi)
    client.post(f"{path}/leave", user=boaz)
    facts = {
        "session_id": session["id"],
        "title": "Berakhot",
        "starts_at": session["start_time"],
        "path": path,
    }
    [request] = requests()
    assert request == {
        "user_ids": [str(naomi.id)],
        "kind": "waitlist_promotion",
        "data": facts,
        "author": str(ruth.id),
        "words": ["title", "reason"],
    }


def test_a_host_alone_in_a_session_is_not_notified(
    client: FlaskClient, open_session: Open, news: News, ruth: User
) -> None:
    client.post(f"{BASE}/{open_session(ruth)['id']}/cancel", user=ruth)
    assert news() == []
