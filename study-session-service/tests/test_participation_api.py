"""Joining, leaving and removing on the wire."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import User, a_user, count_compiled, count_queries, overtaken

BASE = "/api/study-sessions"
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def join(client: FlaskClient, session: Any, user: User, **body: Any) -> Any:
    return client.post(f"{BASE}/{session['id']}/join", json=body or None, user=user)


def leave(client: FlaskClient, session: Any, user: User) -> Any:
    return client.post(f"{BASE}/{session['id']}/leave", user=user)


def remove(client: FlaskClient, session: Any, host: User, user: User) -> Any:
    return client.delete(f"{BASE}/{session['id']}/participants/{user.id}", user=host)


def read(client: FlaskClient, session: Any, user: User | None = None) -> Any:
    return client.get(f"{BASE}/{session['id']}", user=user).json


def test_joining_twice_takes_one_seat(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth)
    first, second = join(client, session, boaz), join(client, session, boaz)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    participant = f"{BASE}/{session['id']}/participants/{boaz.id}"
    assert (first.headers["Location"], "Location" in second.headers) == (participant, False)
    assert (first.json["role"], first.json["is_active"], first.json["position"]) == (
        "participant",
        True,
        None,
    )
    assert read(client, session)["current_participants"] == 2


def test_rejoining_reuses_the_participant_row(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth)
    first = join(client, session, boaz).json
    assert [leave(client, session, boaz).status_code for _ in range(2)] == [204, 204]
    assert read(client, session)["current_participants"] == 1
    again = join(client, session, boaz)
    assert (again.status_code, again.json["id"]) == (201, first["id"])
    assert read(client, session)["current_participants"] == 2


def test_a_full_session_cannot_be_joined(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, a_user(), max_participants=2)
    refused = join(client, session, boaz)
    assert (refused.status_code, refused.json["code"]) == (409, "session_full")
    assert read(client, session)["seats_left"] == 0


@pytest.mark.parametrize(
    ("ending", "code"), [("finish", "session_ended"), ("cancel", "session_cancelled")]
)
def test_a_finished_or_cancelled_session_cannot_be_joined(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User, ending: str, code: str
) -> None:
    minutes = -1 if ending == "finish" else 60
    session = open_session(ruth, start_time=rfc3339(now() + timedelta(minutes=minutes)))
    client.post(f"{BASE}/{session['id']}/{ending}", user=ruth)
    for body in ({}, {"waitlist": True}):
        refused = join(client, session, boaz, **body)
        assert (refused.status_code, refused.json["code"]) == (409, code)


def test_a_session_ended_by_the_clock_cannot_be_joined(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth)
    with time_machine.travel(now() + timedelta(hours=3), tick=False):
        assert join(client, session, boaz).json["code"] == "session_ended"


def test_a_private_session_needs_the_code(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, visibility="private")
    for body in (
        {},
        {"join_code": "WRONG"},
        {"join_code": "קוד"},
        {"join_code": None},
        {"waitlist": True},
    ):
        assert join(client, session, boaz, **body).status_code == 404
    assert join(client, session, boaz, join_code=session["join_code"].lower()).status_code == 201


def test_a_removed_participant_cannot_rejoin(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    assert [remove(client, session, ruth, boaz).status_code for _ in range(2)] == [204, 204]
    refused = join(client, session, boaz)
    assert (refused.status_code, refused.json["code"]) == (403, "removed_by_host")
    assert join(client, session, boaz, waitlist=True).status_code == 403
    seen = read(client, session, boaz)
    assert (seen["current_participants"], seen["my_participation"]["removed"]) == (1, True)


def code_of(client: FlaskClient, session: Any, user: User) -> str | None:
    code: str | None = read(client, session, user)["join_code"]
    return code


def test_a_removal_changes_the_join_code_that_the_removed_person_knows(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    naomi = a_user("naomi")
    session = open_session(ruth, boaz, naomi, visibility="private")
    old = session["join_code"]
    assert remove(client, session, ruth, boaz).status_code == 204
    new = code_of(client, session, ruth)
    assert new
    assert new != old
    assert code_of(client, session, naomi) == new
    assert read(client, session, boaz)["code"] == "not_found"
    for body in ({"join_code": old}, {"join_code": old, "waitlist": True}):
        assert join(client, session, a_user("accomplice"), **body).status_code == 404
    assert join(client, session, a_user("david"), join_code=new).status_code == 201
    assert join(client, session, boaz, join_code=new).status_code == 403


def test_a_host_who_asks_for_what_is_new_is_shown_the_new_code(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private")
    path = f"{BASE}/{session['id']}"
    known = {"If-None-Match": client.get(path, user=ruth).headers["ETag"]}
    remove(client, session, ruth, boaz)
    again = client.get(path, headers=known, user=ruth)
    assert again.status_code == 200
    assert again.json["join_code"] != session["join_code"]


def test_the_code_changes_once_for_a_person_removed_twice_also_after_they_left(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private")
    leave(client, session, boaz)
    codes = [session["join_code"]]
    for _ in range(2):
        remove(client, session, ruth, boaz)
        codes.append(code_of(client, session, ruth))
    assert codes[0] != codes[1] == codes[2]


def test_leaving_and_other_changes_keep_the_join_code(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private")
    leave(client, session, boaz)
    assert remove(client, session, ruth, a_user()).status_code == 404
    assert code_of(client, session, ruth) == session["join_code"]
    assert join(client, session, boaz).status_code == 201
    assert read(client, session, ruth)["version"] == session["version"]


def test_a_session_without_a_code_gets_none_by_a_removal(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    remove(client, session, ruth, boaz)
    seen = read(client, session, ruth)
    assert (seen["join_code"], seen["version"]) == (None, session["version"])


@pytest.mark.parametrize("waitlist", [True, False])
def test_a_code_changed_meanwhile_opens_nothing(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, waitlist: bool
) -> None:
    session = open_session(ruth, visibility="private")
    body = {"join_code": session["join_code"], "waitlist": waitlist}
    change = "UPDATE study_sessions SET join_code = 'ANOTHER2'"
    late = overtaken(app, change, lambda: join(app.test_client(), session, a_user(), **body))
    assert late.status_code == 404
    assert read(client, session, ruth)["current_participants"] == 1


def test_a_session_made_private_meanwhile_is_not_joined_without_its_code(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    change = "UPDATE study_sessions SET visibility = 'private', join_code = 'ANOTHER2'"
    late = overtaken(app, change, lambda: join(app.test_client(), session, a_user()))
    assert late.status_code == 404


def test_a_participant_who_left_can_still_be_removed(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    leave(client, session, boaz)
    assert remove(client, session, ruth, boaz).status_code == 204
    assert join(client, session, boaz).status_code == 403
    assert read(client, session)["current_participants"] == 1


def test_neither_a_stranger_nor_the_host_can_be_removed(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth)
    assert remove(client, session, ruth, boaz).status_code == 404
    assert remove(client, session, ruth, ruth).json["code"] == "transfer_required"


def test_the_host_may_leave_only_a_session_that_is_over(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    refused = leave(client, session, ruth)
    assert (refused.status_code, refused.json["code"]) == (409, "transfer_required")
    client.post(f"{BASE}/{session['id']}/cancel", user=ruth)
    assert leave(client, session, ruth).status_code == 204
    assert read(client, session)["current_participants"] == 0


def test_joining_warns_of_overlapping_sessions(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    hour, start = timedelta(hours=1), now() + timedelta(hours=5)
    session = open_session(ruth, start_time=rfc3339(start))
    overlapping = open_session(
        ruth, boaz, start_time=rfc3339(start + hour / 2), title="Overlapping"
    )
    for offset in (-hour, hour):  # back to back is no overlap
        open_session(ruth, boaz, start_time=rfc3339(start + offset))
    cancelled = open_session(ruth, boaz, start_time=rfc3339(start))
    client.post(f"{BASE}/{cancelled['id']}/cancel", user=ruth)
    assert [overlap["id"] for overlap in join(client, session, boaz).json["overlaps"]] == [
        overlapping["id"]
    ]


def test_participants_are_listed_in_the_order_of_joining(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    people = [boaz, *(a_user() for _ in range(4))]
    session = open_session(ruth, *people)
    path, found = f"{BASE}/{session['id']}/participants?limit=2", []
    while path:
        answer = client.get(path, user=boaz)
        found += [row["user_id"] for row in answer.json["items"]]
        path = answer.headers["Link"].split(">")[0][1:] if answer.json["next"] else ""
    assert found == [str(person.id) for person in [ruth, *people]]


def test_joining_locks_the_session_for_its_last_three_statements(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    first, second = open_session(ruth), open_session(ruth)
    join(client, first, boaz)
    with count_queries(app) as statements, count_compiled(app) as compiled:
        assert join(client, second, boaz).status_code == 201
    # The turn, what decides, the overlaps, the seat, its event, and what the host is notified of.
    assert len(statements) == 6
    assert ["UPDATE study_sessions" in statement for statement in statements[-3:]] == [
        True,
        False,
        False,
    ]
    assert compiled == []


def test_the_participant_list_takes_two_queries_at_any_length(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, *(a_user() for _ in range(6)))
    with count_queries(app) as statements:
        client.get(f"{BASE}/{session['id']}/participants", user=ruth)
    assert len(statements) == 2


def test_the_same_idempotency_key_joins_once(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session, headers = open_session(ruth), {"Idempotency-Key": "join"}
    path = f"{BASE}/{session['id']}/join"
    assert [client.post(path, headers=headers, user=boaz).status_code for _ in range(2)] == [
        201,
        201,
    ]


def test_the_waitlist_is_seated_in_the_order_of_waiting(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    first, second = a_user("first"), a_user("second")
    session = open_session(ruth, boaz, max_participants=2)
    waits = [join(client, session, person, waitlist=True) for person in (first, second, first)]
    assert [(wait.status_code, wait.json["position"]) for wait in waits] == [
        (202, 1),
        (202, 2),
        (202, 1),
    ]
    leave(client, session, boaz)
    assert read(client, session, first)["my_participation"]["is_active"]
    assert read(client, session, second)["my_participation"]["waitlist_position"] == 1
    assert read(client, session)["current_participants"] == 2


def test_asking_to_wait_takes_a_free_seat_immediately(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    answer = join(client, open_session(ruth), boaz, waitlist=True)
    assert (answer.status_code, answer.json["is_active"]) == (201, True)


def test_a_person_with_a_seat_does_not_wait(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, max_participants=2)
    assert join(client, session, boaz, waitlist=True).status_code == 200


def test_leaving_ends_the_wait(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session, waiting = open_session(ruth, boaz, max_participants=2), a_user()
    join(client, session, waiting, waitlist=True)
    assert leave(client, session, waiting).status_code == 204
    leave(client, session, boaz)
    assert read(client, session)["current_participants"] == 1


def test_a_removal_gives_the_seat_to_the_waitlist(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session, waiting = open_session(ruth, boaz, max_participants=2), a_user()
    join(client, session, waiting, waitlist=True)
    remove(client, session, ruth, boaz)
    assert read(client, session, waiting)["my_participation"]["is_active"]


def test_a_removed_participant_waits_no_longer(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    other, waiting = a_user("other"), a_user("waiting")
    session = open_session(ruth, boaz, max_participants=2)
    leave(client, session, boaz)
    join(client, session, other)
    for person in (boaz, waiting):
        join(client, session, person, waitlist=True)
    remove(client, session, ruth, boaz)
    leave(client, session, other)
    assert read(client, session, waiting)["my_participation"]["is_active"]
    assert not read(client, session, boaz)["my_participation"]["is_active"]


def test_added_seats_go_to_the_waitlist(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session, waiting = open_session(ruth, boaz, max_participants=2), [a_user() for _ in range(3)]
    for person in waiting:
        join(client, session, person, waitlist=True)
    changed = client.patch(
        f"{BASE}/{session['id']}",
        json={"max_participants": 4},
        headers={"If-Match": '"1"'},
        user=ruth,
    )
    assert (changed.json["current_participants"], changed.json["seats_left"]) == (4, 0)
    seated = [read(client, session, person)["my_participation"]["is_active"] for person in waiting]
    assert seated == [True, True, False]


def test_a_session_that_is_over_gives_no_seat_to_the_waitlist(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session, waiting = open_session(ruth, boaz, max_participants=2), a_user()
    join(client, session, waiting, waitlist=True)
    with time_machine.travel(now() + timedelta(hours=3), tick=False):
        leave(client, session, boaz)
        assert read(client, session)["current_participants"] == 1


def test_what_one_waits_for_is_listed_with_the_position_until_one_stops(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    david, tamar = a_user("david"), a_user("tamar")
    mine = f"{BASE}/mine?role=waiting"
    sessions = [
        open_session(
            ruth, boaz, max_participants=2, start_time=rfc3339(now() + timedelta(hours=at))
        )
        for at in (5, 2)
    ]
    for session, first, second in ((sessions[0], tamar, david), (sessions[1], david, tamar)):
        for person in (first, second):
            assert join(client, session, person, waitlist=True).status_code == 202
    with count_queries(app) as statements:
        listed = client.get(mine, user=david).json["items"]
    assert len(statements) == 1
    positions = [
        (
            each["id"],
            each["my_participation"]["waitlist_position"],
            each["my_participation"]["is_active"],
        )
        for each in listed
    ]
    assert positions == [(sessions[1]["id"], 1, False), (sessions[0]["id"], 2, False)]
    page = client.get(f"{mine}&limit=1", user=david).json
    [rest] = client.get(f"{mine}&limit=1&cursor={page['next']}", user=david).json["items"]
    assert rest["id"] == sessions[0]["id"]
    for other in ("", "?role=host", "?role=participant", "?when=past&role=waiting"):
        assert client.get(f"{BASE}/mine{other}", user=david).json["items"] == []
    assert client.get(mine, user=boaz).json["items"] == []

    leave(client, sessions[1], david)
    [left] = client.get(mine, user=david).json["items"]
    assert left["id"] == sessions[0]["id"]
    leave(client, sessions[0], boaz)
    [position] = client.get(mine, user=david).json["items"]
    assert position["my_participation"]["waitlist_position"] == 1


def test_what_one_left_once_and_waits_for_now_is_listed_once(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    david = a_user("david")
    session = open_session(ruth, boaz, max_participants=2)
    leave(client, session, boaz)
    join(client, session, david)
    join(client, session, boaz, waitlist=True)
    [listed] = client.get(f"{BASE}/mine?role=waiting", user=boaz).json["items"]
    assert (
        listed["my_participation"]["role"],
        listed["my_participation"]["waitlist_position"],
    ) == (
        "participant",
        1,
    )
    assert client.get(f"{BASE}/mine", user=boaz).json["items"] == []
