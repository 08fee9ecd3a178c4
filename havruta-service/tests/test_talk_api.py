"""The conversation of a havruta on the wire."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.clock import now
from chassis.testing import User, race
from havruta_service import erasure, havrutas, membership, talk
from havruta_service.models import HavrutaMessage, db

from .support.maker import Maker


@pytest.fixture
def path(make: Maker, ruth: User, boaz: User) -> str:
    """The address of the messages of a havruta of both."""
    return f"/api/havrutas/{make.havruta(ruth, boaz).id}/messages"


def say(client: FlaskClient, path: str, user: User, content: str, **body: Any) -> Any:
    return client.post(path, json={"content": content, **body}, user=user)


def contents(client: FlaskClient, path: str, user: User, **query: Any) -> list[str | None]:
    return [m["content"] for m in client.get(path, query_string=query, user=user).json["items"]]


def test_members_read_what_others_write_newest_first(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    said = say(client, path, ruth, "Who starts?\nI can.")
    say(client, path, boaz, "You <b>do</b>.")
    assert said.json["user_id"] == str(ruth.id)
    assert contents(client, path, ruth) == ["You <b>do</b>.", "Who starts?\nI can."]


def test_a_retry_finds_the_first_message(client: FlaskClient, path: str, ruth: User) -> None:
    first = say(client, path, ruth, "Once", client_message_id="a")
    again = say(client, path, ruth, "Once", client_message_id="a")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert contents(client, path, ruth) == ["Once"]


def test_messages_are_numbered_with_all_that_happens_in_the_havruta(
    client: FlaskClient, make: Maker, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    path = f"/api/havrutas/{havruta.id}/messages"
    first = say(client, path, ruth, "One").json["seq"]
    make(lambda: membership.admit(havrutas.lock(havruta.id), naomi.id))
    second = say(client, path, boaz, "Two").json["seq"]
    assert second == first + 2
    assert client.get(f"/api/havrutas/{havruta.id}", user=ruth).json["seq"] == second
    before = client.get(f"/api/havrutas/{havruta.id}", user=ruth).json
    say(client, path, boaz, "Three")
    after = client.get(f"/api/havrutas/{havruta.id}", user=ruth).json
    # What is said in a havruta is no change of it.
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])


def test_an_author_edits_for_a_quarter_of_an_hour(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    address = f"{path}/{say(client, path, ruth, 'Frist').json['id']}"
    changed = client.patch(address, json={"content": "First"}, user=ruth)
    assert (changed.json["content"], changed.json["edited_at"] is None) == ("First", False)
    assert client.patch(address, json={"content": "Mine"}, user=boaz).status_code == 403
    with time_machine.travel(now() + timedelta(minutes=15), tick=False):
        late = client.patch(address, json={"content": "Late"}, user=ruth)
    assert (late.status_code, late.json["code"]) == (409, "deadline_passed")
    assert contents(client, path, ruth) == ["First"]


def test_an_author_and_the_owner_delete_and_nothing_is_left(
    client: FlaskClient, path: str, ruth: User, boaz: User, naomi: User, make: Maker
) -> None:
    mine, theirs = (say(client, path, user, "Secret").json["id"] for user in (ruth, boaz))
    assert client.delete(f"{path}/{mine}", user=boaz).status_code == 403
    assert client.delete(f"{path}/{theirs}", user=ruth).status_code == 204
    assert client.delete(f"{path}/{mine}", user=ruth).status_code == 204
    assert client.delete(f"{path}/{mine}", user=ruth).status_code == 204
    assert contents(client, path, ruth) == [None, None]
    again = client.patch(f"{path}/{mine}", json={"content": "Back"}, user=ruth)
    assert (again.status_code, again.json["code"]) == (409, "message_deleted")
    assert make(lambda: set(db.session.scalars(select(HavrutaMessage.content)))) == {""}


def test_an_archived_havruta_is_read_and_taken_back_but_not_written_in(
    client: FlaskClient, path: str, ruth: User
) -> None:
    message = say(client, path, ruth, "The end").json["id"]
    client.post(path.replace("messages", "archive"), user=ruth)
    refused = say(client, path, ruth, "One more")
    assert (refused.status_code, refused.json["code"]) == (409, "havruta_archived")
    assert contents(client, path, ruth) == ["The end"]
    assert client.delete(f"{path}/{message}", user=ruth).status_code == 204


def test_ten_messages_in_ten_seconds_are_enough(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    with time_machine.travel(now(), tick=False):
        for number in range(10):
            assert say(client, path, ruth, f"No. {number}").status_code == 201
        refused = say(client, path, ruth, "No. 10")
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_messages")
        assert refused.headers["Retry-After"] == "10"
        assert say(client, path, boaz, "Mine").status_code == 201


def test_the_history_is_read_in_both_directions(client: FlaskClient, path: str, ruth: User) -> None:
    start = now()
    for number in range(7):
        with time_machine.travel(start + timedelta(seconds=2 * number), tick=False):
            say(client, path, ruth, f"{number}")
    assert contents(client, path, ruth, limit=3) == ["6", "5", "4"]
    middle = client.get(f"{path}?limit=3", user=ruth).json
    assert contents(client, path, ruth, limit=3, cursor=middle["next"]) == ["3", "2", "1"]
    fourth = middle["items"][-1]["seq"]
    assert contents(client, path, ruth, before=fourth, limit=2) == ["3", "2"]
    assert contents(client, path, ruth, after=fourth) == ["6", "5"]


def test_a_former_member_reads_and_writes_no_more(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    say(client, path, boaz, "Bye")
    client.post(path.replace("messages", "leave"), user=boaz)
    assert client.get(path, user=boaz).status_code == 404
    assert say(client, path, boaz, "Still here").status_code == 404
    assert contents(client, path, ruth) == ["Bye"]


def test_of_a_deleted_person_nothing_that_they_wrote_is_left(
    client: FlaskClient, path: str, make: Maker, ruth: User, boaz: User
) -> None:
    say(client, path, boaz, "My words", client_message_id="boaz-1")
    client.post(path.replace("messages", "leave"), user=boaz)
    make(erasure.erase, boaz.id, None)
    [message] = client.get(path, user=ruth).json["items"]
    assert (message["content"], message["deleted"], message["client_message_id"]) == (
        None,
        True,
        None,
    )
    assert message["user_id"] != str(boaz.id)


def test_writers_and_retries_at_once_write_each_message_once(
    client: FlaskClient, make: Maker, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    sends = [
        lambda user=user, name=name: make(talk.send, havruta.id, user.id, name, name)
        for user in (ruth, boaz)
        for name in ("a", "b", "c")
        for _ in range(3)
    ]
    results = race(sends)
    assert sum(is_new for _, is_new in results) == 6
    seqs = [
        m["seq"]
        for m in client.get(f"/api/havrutas/{havruta.id}/messages", user=ruth).json["items"]
    ]
    assert seqs == sorted(set(seqs), reverse=True)
    assert len(seqs) == 6
