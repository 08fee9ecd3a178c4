"""The chat on the wire."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis.clock import now, rfc3339
from chassis.testing import User, a_user, count_compiled, count_queries, race
from study_session_service.models import db

BASE = "/api/study-sessions"
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def path(open_session: Open, ruth: User, boaz: User) -> str:
    """The address of the messages of a session in which both take part."""
    return f"{BASE}/{open_session(ruth, boaz)['id']}/messages"


def say(client: FlaskClient, path: str, user: User, content: str, **body: Any) -> Any:
    return client.post(path, json={"content": content, **body}, user=user)


def talk(client: FlaskClient, path: str, user: User, count: int) -> list[str]:
    """Send so many messages, slowly enough for the limit, and return their contents."""
    start, said = now(), [f"No. {number}" for number in range(count)]
    for number, content in enumerate(said):
        with time_machine.travel(start + timedelta(seconds=2 * number), tick=False):
            assert say(client, path, user, content).status_code == 201
    return said


def contents(answer: Any) -> list[str]:
    return [message["content"] for message in answer.json["items"]]


@pytest.mark.parametrize(
    "content",
    ["<script>alert(1)</script>", "two\nlines", "שלום", "  kept  ", "%_\\'\"", "x" * 2000],
)
def test_a_message_is_read_as_it_was_typed(
    client: FlaskClient, path: str, ruth: User, boaz: User, content: str
) -> None:
    said = say(client, path, ruth, content)
    assert (said.status_code, said.json["content"]) == (201, content)
    assert said.headers["Location"] == f"{path}/{said.json['id']}"
    assert contents(client.get(path, user=boaz)) == [content]


@pytest.mark.parametrize("content", ["", "   ", "x" * 2001, "bell\x07", "nul\x00", None, 5])
def test_invalid_content_is_refused(
    client: FlaskClient, path: str, ruth: User, content: Any
) -> None:
    refused = say(client, path, ruth, content)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/content"


def test_a_retry_finds_the_first_message(
    app: Flask, client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    first = say(client, path, ruth, "Shalom", client_message_id="1")
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        again = say(client, path, ruth, "Shalom", client_message_id="1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert say(client, path, boaz, "Mine", client_message_id="1").status_code == 201


@pytest.mark.usefixtures("race_round")
def test_twenty_concurrent_retries_send_one_message(
    app: Flask, client: FlaskClient, path: str, ruth: User
) -> None:
    answers = race(
        [
            lambda: say(app.test_client(), path, ruth, "Shalom", client_message_id="1")
            for _ in range(20)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_the_eleventh_message_in_ten_seconds_is_refused(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        assert [say(client, path, ruth, "!").status_code for _ in range(10)] == [201] * 10
    with time_machine.travel(start + timedelta(seconds=4), tick=False):
        refused = say(client, path, ruth, "!")
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_messages")
        assert refused.headers["Retry-After"] == "6"
        assert say(client, path, boaz, "?").status_code == 201
    with time_machine.travel(start + timedelta(seconds=10), tick=False):
        assert say(client, path, ruth, "!").status_code == 201


def test_history_is_newest_first_in_both_directions(
    client: FlaskClient, path: str, ruth: User
) -> None:
    said = talk(client, path, ruth, 7)
    backwards = list(pages(client, f"{path}?limit=3", ruth))
    assert backwards == [said[:3:-1], said[3:0:-1], said[:1]]
    oldest = client.get(path, user=ruth).json["items"][-1]["seq"]
    forwards = list(pages(client, f"{path}?limit=3&after={oldest}", ruth))
    assert forwards == [said[3:0:-1], said[6:3:-1]]
    assert contents(client.get(f"{path}?before={oldest + 2}", user=ruth)) == [said[1], said[0]]


def pages(client: FlaskClient, path: str, user: User) -> Any:
    while path:
        answer = client.get(path, user=user)
        yield contents(answer)
        path = answer.headers["Link"].split(">")[0][1:] if answer.json["next"] else ""


@pytest.mark.parametrize(
    "query",
    ["before=1&after=1", "before=-1", "after=x", "limit=0", "limit=101", "cursor=x", "page=2"],
)
def test_a_wrong_page_parameter_is_refused(
    client: FlaskClient, path: str, ruth: User, query: str
) -> None:
    assert client.get(f"{path}?{query}", user=ruth).status_code == 422


@pytest.mark.parametrize("count", [0, 50, 51])
def test_the_first_page_holds_at_most_fifty_messages(
    client: FlaskClient, path: str, ruth: User, count: int
) -> None:
    said = talk(client, path, ruth, count)
    for _ in range(2):  # from the database, then from the cache
        answer = client.get(path, user=ruth)
        assert contents(answer) == said[::-1][:50]
        assert (answer.json["next"] is None) == (count <= 50)


def test_history_takes_two_queries_however_long(
    app: Flask, client: FlaskClient, path: str, ruth: User
) -> None:
    talk(client, path, ruth, 8)
    with count_queries(app) as statements:
        client.get(f"{path}?limit=5&after=0", user=ruth)
    assert len(statements) == 2


def test_a_message_takes_four_statements(
    app: Flask, client: FlaskClient, path: str, ruth: User
) -> None:
    say(client, path, ruth, "Shalom!")
    with count_queries(app) as statements, count_compiled(app) as compiled:
        assert say(client, path, ruth, "Who starts?").status_code == 201
    # The lock, what decides, the message, and its event.
    assert len(statements) == 4
    assert compiled == []


@pytest.mark.usefixtures("race_round")
def test_messages_are_ordered_by_their_numbers(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    people = [a_user() for _ in range(8)]
    path = f"{BASE}/{open_session(ruth, *people)['id']}/messages"

    def say_five(person: User) -> None:
        for _ in range(5):
            say(app.test_client(), path, person, "!")

    race([partial(say_five, person) for person in people])
    messages = client.get(path, user=ruth).json["items"]
    # The opening and the eight joinings have the first nine numbers.
    assert [m["seq"] for m in messages] == list(range(49, 9, -1))
    times = [m["created_at"] for m in messages]
    assert times == sorted(times, reverse=True)


def test_the_author_may_edit_for_a_quarter_of_an_hour(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    message = f"{path}/{say(client, path, ruth, 'Shalmo').json['id']}"
    edited = client.patch(message, json={"content": "Shalom"}, user=ruth).json
    assert (edited["content"], edited["edited_at"] is not None) == ("Shalom", True)
    refused = client.patch(message, json={"content": "x"}, user=boaz).json
    assert (refused["code"], refused["required"]) == ("forbidden", "author")
    with time_machine.travel(now() + timedelta(minutes=15), tick=False):
        late = client.patch(message, json={"content": "x"}, user=ruth).json
    until = datetime.fromisoformat(edited["created_at"]) + timedelta(minutes=15)
    assert (late["code"], late["deadline"]) == ("deadline_passed", rfc3339(until))
    assert contents(client.get(path, user=boaz)) == ["Shalom"]


def test_a_deleted_message_is_gone_for_good(
    client: FlaskClient, in_app: Flask, path: str, ruth: User, boaz: User
) -> None:
    ids = [say(client, path, boaz, "canary").json["id"] for _ in range(2)]
    client.get(path, user=ruth)
    assert [client.delete(f"{path}/{ids[0]}", user=boaz).status_code for _ in range(2)] == [
        204,
        204,
    ]
    assert client.delete(f"{path}/{ids[1]}", user=ruth).status_code == 204  # the host
    left = client.get(path, user=ruth).json["items"]
    assert [(message["deleted"], message["content"]) for message in left] == [(True, None)] * 2
    assert (
        client.patch(f"{path}/{ids[0]}", json={"content": "x"}, user=boaz).json["code"]
        == "message_deleted"
    )
    assert set(db.session.scalars(text("SELECT content FROM chat_messages"))) == {""}


def test_only_the_author_and_the_host_may_delete(
    client: FlaskClient, path: str, ruth: User, boaz: User
) -> None:
    message = f"{path}/{say(client, path, ruth, 'Shalom').json['id']}"
    refused = client.delete(message, user=boaz)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert refused.json["required"] == "author"


def test_a_message_belongs_to_its_session(
    client: FlaskClient, open_session: Open, path: str, ruth: User
) -> None:
    message = say(client, path, ruth, "Shalom").json["id"]
    other = f"{BASE}/{open_session(ruth)['id']}/messages/{message}"
    assert client.patch(other, json={"content": "x"}, user=ruth).status_code == 404
    assert client.delete(other, user=ruth).status_code == 404


@pytest.mark.parametrize("ending", ["leave", "removal"])
def test_a_former_participant_loses_the_chat(
    client: FlaskClient, path: str, ruth: User, boaz: User, ending: str
) -> None:
    message = say(client, path, boaz, "Shalom").json["id"]
    session = path.removesuffix("/messages")
    if ending == "leave":
        client.post(f"{session}/leave", user=boaz)
    else:
        client.delete(f"{session}/participants/{boaz.id}", user=ruth)
    answers = [
        client.get(path, user=boaz),
        say(client, path, boaz, "Still here?"),
        client.patch(f"{path}/{message}", json={"content": "x"}, user=boaz),
        client.delete(f"{path}/{message}", user=boaz),
    ]
    assert {answer.json["code"] for answer in answers} == {"forbidden"}
    assert {answer.json["required"] for answer in answers} == {"participant"}


def test_the_chat_closes_two_hours_after_the_end(
    client: FlaskClient, path: str, ruth: User
) -> None:
    session = client.get(path.removesuffix("/messages"), user=ruth).json
    end, second = datetime.fromisoformat(session["ends_at"]), timedelta(seconds=1)
    with time_machine.travel(end + timedelta(hours=2) - second, tick=False):
        message = say(client, path, ruth, "Last words").json["id"]
    with time_machine.travel(end + timedelta(hours=2) + second, tick=False):
        refused = say(client, path, ruth, "Too late")
        assert (refused.status_code, refused.json["code"]) == (409, "deadline_passed")
        late = client.patch(f"{path}/{message}", json={"content": "x"}, user=ruth)
        assert (
            late.json["deadline"] == refused.json["deadline"] == rfc3339(end + timedelta(hours=2))
        )
        assert contents(client.get(path, user=ruth)) == ["Last words"]
