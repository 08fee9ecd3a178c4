"""A person hosts, joins and writes so much, and no more."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis.messaging.conversations import MessageLimitReached
from chassis.testing import a_user, race
from study_session_service.participation import JoinedSessionLimitReached
from study_session_service.sessions import HostedSessionLimitReached

BASE = "/api/study-sessions"
Open = Callable[..., Any]


def outcome(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


def test_a_host_opens_so_many_sessions_and_cancelling_makes_no_room(
    client: FlaskClient, wanted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HostedSessionLimitReached, "most", 2)
    ruth = a_user("ruth")
    for _ in range(2):
        opened = client.post(BASE, json=wanted(), user=ruth)
        assert opened.status_code == 201
        client.post(f"{BASE}/{opened.json['id']}/cancel", user=ruth)
    refused = client.post(BASE, json=wanted(), user=ruth)
    assert outcome(refused) == (409, "hosted_session_limit_reached")
    assert refused.json["most"] == 2
    assert client.post(BASE, json=wanted(), user=a_user("boaz")).status_code == 201


@pytest.mark.usefixtures("race_round")
def test_a_person_joins_so_many_sessions_at_once(
    client: FlaskClient, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JoinedSessionLimitReached, "most", 3)
    boaz = a_user("boaz")
    sessions = [open_session(a_user()) for _ in range(6)]
    app = client.application

    def join(session: Any) -> tuple[int, str | None]:
        return outcome(app.test_client().post(f"{BASE}/{session['id']}/join", user=boaz))

    answers = race([lambda session=session: join(session) for session in sessions])
    assert (
        sorted(answers, key=str) == [(201, None)] * 3 + [(409, "joined_session_limit_reached")] * 3
    )


def test_a_session_that_was_left_or_is_waited_for_counts(
    client: FlaskClient, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JoinedSessionLimitReached, "most", 2)
    boaz = a_user("boaz")
    left, full, other = open_session(a_user()), None, open_session(a_user())
    full = open_session(a_user(), a_user(), max_participants=2)
    client.post(f"{BASE}/{left['id']}/join", user=boaz)
    client.post(f"{BASE}/{left['id']}/leave", user=boaz)
    waits = client.post(f"{BASE}/{full['id']}/join", json={"waitlist": True}, user=boaz)
    assert waits.status_code == 202
    refused = client.post(f"{BASE}/{other['id']}/join", user=boaz)
    assert outcome(refused) == (409, "joined_session_limit_reached")


def test_a_person_writes_so_many_messages_in_a_session(
    client: FlaskClient, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MessageLimitReached, "most", 2)
    ruth, boaz = a_user("ruth"), a_user("boaz")
    path = f"{BASE}/{open_session(ruth, boaz)['id']}/messages"
    first = {"content": "Shalom", "client_message_id": "a"}
    sent = [client.post(path, json=body, user=boaz) for body in (first, {"content": "Here?"})]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert outcome(client.post(path, json={"content": "No"}, user=boaz)) == (
        409,
        "message_limit_reached",
    )
    assert client.post(path, json=first, user=boaz).status_code == 200
    assert client.post(path, json={"content": "Yes"}, user=ruth).status_code == 201
