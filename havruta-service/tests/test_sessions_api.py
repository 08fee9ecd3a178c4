"""Sessions on the wire: instant, planned, started, cancelled, ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import User, count_queries
from havruta_service import plans
from havruta_service.models import Havruta, messages

Act = Callable[..., Any]


@pytest.fixture
def havruta(make: Any, ruth: User, boaz: User) -> Havruta:
    return make.havruta(ruth, boaz)


@pytest.fixture
def begin(client: FlaskClient, havruta: Havruta) -> Act:
    """Begin an instant session."""
    return lambda user: client.post(
        f"/api/havrutas/{havruta.id}/sessions", json={"type": "instant"}, user=user
    )


@pytest.fixture
def plan(client: FlaskClient, havruta: Havruta) -> Act:
    """Plan a session, for tomorrow unless the body says otherwise."""

    def post(user: User, **body: Any) -> Any:
        body = {"type": "scheduled", "start_time": rfc3339(now() + timedelta(days=1)), **body}
        return client.post(f"/api/havrutas/{havruta.id}/sessions", json=body, user=user)

    return post


@pytest.fixture
def act(client: FlaskClient) -> Act:
    """Do something to a session."""
    return lambda session, leaf, user, **body: client.post(
        f"/api/havruta-sessions/{session['id']}/{leaf}",
        user=user,
        **({"json": body} if body else {}),
    )


def requested(make: Any) -> Any:
    """The notifications that were requested."""
    bodies = messages.outbox.select().with_only_columns(messages.outbox.c.body)
    events = make(lambda: list(messages.db.session.scalars(bodies)))
    return [event["data"] for event in events if event["type"] == "notification.requested"]


def notifications(make: Any) -> Any:
    """The kinds of the notifications, each with its recipients."""
    return [(data["kind"], data["user_ids"]) for data in requested(make)]


def test_any_member_begins_a_session_where_the_book_begins(
    begin: Act, ruth: User, boaz: User
) -> None:
    answer = begin(boaz)
    session = answer.json
    assert (answer.status_code, session["type"], session["status"]) == (201, "instant", "active")
    assert (session["starting_section"], session["position"]) == ("Genesis 1:1", "Genesis 1:1")
    assert session["navigator_id"] == str(ruth.id)


def test_a_second_session_is_refused_with_the_id_of_the_first(
    begin: Act, ruth: User, boaz: User
) -> None:
    first = begin(ruth).json
    refused = begin(boaz)
    assert (refused.status_code, refused.json["code"]) == (409, "session_in_progress")
    assert refused.json["session_id"] == first["id"]


def test_the_next_session_begins_where_the_last_one_ended(
    client: FlaskClient, begin: Act, act: Act, ruth: User
) -> None:
    first = begin(ruth).json
    client.put(f"/api/havruta-sessions/{first['id']}/position", json={"ref": "gen 2:3"}, user=ruth)
    act(first, "end", ruth)
    assert begin(ruth).json["starting_section"] == "Genesis 2:3"


def test_the_other_members_are_notified_of_the_beginning(
    app: Flask, make: Any, begin: Act, ruth: User, boaz: User
) -> None:
    begin(ruth)
    assert notifications(make) == [("havruta_session_started", [str(boaz.id)])]


def test_a_planned_session_does_not_prevent_an_instant_one(
    begin: Act, plan: Act, ruth: User
) -> None:
    assert plan(ruth).json["status"] == "scheduled"
    assert begin(ruth).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "weekly"}, "/type"),
        ({"type": "instant", "start_time": "2030-01-01T00:00:00Z"}, "/start_time"),
        ({"type": "scheduled"}, "/start_time"),
        ({"type": "scheduled", "start_time": "2026-01-01T10:00:00"}, "/start_time"),
        ({"type": "scheduled", "start_time": "2020-01-01T10:00:00Z"}, "/start_time"),
        ({"type": "scheduled", "start_time": "2150-01-01T10:00:00Z"}, "/start_time"),
        ({"type": "scheduled", "planned_minutes": 4}, "/planned_minutes"),
        ({"type": "scheduled", "rrule": "FREQ=DAILY;COUNT=2"}, "/timezone"),
        ({"type": "scheduled", "rrule": "FREQ=DAILY", "timezone": "UTC"}, "/rrule"),
        *(
            ({"type": "scheduled", "rrule": "FREQ=DAILY;COUNT=2", "timezone": zone}, "/timezone")
            for zone in ("Mars", "localtime", "Factory", "posixrules", "europe/berlin")
        ),
    ],
)
def test_a_wrong_field_of_a_plan_is_named(
    client: FlaskClient, havruta: Havruta, ruth: User, body: dict[str, Any], pointer: str
) -> None:
    if {"planned_minutes", "rrule"} & body.keys():
        body = {"start_time": rfc3339(now() + timedelta(days=1)), **body}
    answer = client.post(f"/api/havrutas/{havruta.id}/sessions", json=body, user=ruth)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_rule_plans_each_of_its_sessions(
    client: FlaskClient, havruta: Havruta, plan: Act, ruth: User
) -> None:
    first = plan(ruth, rrule="FREQ=WEEKLY;COUNT=3", timezone="Asia/Jerusalem").json
    listed = client.get(
        f"/api/havrutas/{havruta.id}/sessions?series_id={first['series_id']}", user=ruth
    ).json["items"]
    assert [s["id"] for s in listed][-1] == first["id"]
    assert len(listed) == 3


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1MO;COUNT=3",
        "FREQ=DAILY;BYMONTHDAY=2;COUNT=3",
        "FREQ=WEEKLY;BYMONTH=3,4;COUNT=3",
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO;COUNT=2",
    ],
)
def test_a_rule_may_name_months_and_days_of_the_month(plan: Act, ruth: User, rule: str) -> None:
    assert plan(ruth, rrule=rule, timezone="UTC").status_code == 201


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;COUNT=2",
        "FREQ=WEEKLY;BYDAY=;COUNT=2",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=2",
    ],
)
def test_a_rule_that_never_happens_or_is_none_is_refused(plan: Act, ruth: User, rule: str) -> None:
    refused = plan(ruth, rrule=rule, timezone="UTC")
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_recurrence")
    assert [error["pointer"] for error in refused.json["errors"]] == ["/rrule"]


def test_a_preview_plans_nothing(client: FlaskClient, havruta: Havruta, ruth: User) -> None:
    body = {
        "start_time": rfc3339(now() + timedelta(days=1)),
        "rrule": "FREQ=DAILY;COUNT=3",
        "timezone": "UTC",
    }
    shown = client.post(f"/api/havrutas/{havruta.id}/sessions/preview", json=body, user=ruth).json
    assert len(shown["start_times"]) == 3
    assert client.get(f"/api/havrutas/{havruta.id}/sessions", user=ruth).json["items"] == []


def test_a_preview_without_a_time_begins_now(
    client: FlaskClient, havruta: Havruta, ruth: User
) -> None:
    for _ in range(10):
        shown = client.post(f"/api/havrutas/{havruta.id}/sessions/preview", json={}, user=ruth)
        assert len(shown.json["start_times"]) == 1


def test_a_plan_can_be_started_fifteen_minutes_early(
    plan: Act, act: Act, ruth: User, boaz: User
) -> None:
    session = plan(ruth).json
    start = now() + timedelta(days=1)
    with time_machine.travel(start - timedelta(minutes=16), tick=False):
        refused = act(session, "start", boaz).json
        assert refused["code"] == "too_early"
        planned = datetime.fromisoformat(session["start_time"])
        assert refused["earliest"] == rfc3339(planned - timedelta(minutes=15))
    with time_machine.travel(start - timedelta(minutes=14), tick=False):
        started = act(session, "start", boaz).json
        assert (started["status"], started["starting_section"]) == ("active", "Genesis 1:1")
        assert started["planned_start"] == session["start_time"]
        assert act(session, "start", ruth).json == started


def test_a_plan_is_missed_after_two_hours_even_before_the_sweep(
    client: FlaskClient, make: Any, havruta: Havruta, plan: Act, act: Act, ruth: User
) -> None:
    session = plan(ruth).json
    url = f"/api/havruta-sessions/{session['id']}"
    with time_machine.travel(now() + timedelta(days=1, hours=2, seconds=-1), tick=False):
        assert client.get(url, user=ruth).json["status"] == "scheduled"
        assert make(plans.cancel_missed) == 0
    with time_machine.travel(now() + timedelta(days=1, hours=2, seconds=1), tick=False):
        before = client.get(url, user=ruth).json
        assert (before["status"], before["end_reason"]) == ("cancelled", "missed")
        refused = act(session, "start", ruth).json
        assert refused["code"] == "deadline_passed"
        start = datetime.fromisoformat(session["start_time"])
        assert refused["deadline"] == rfc3339(start + timedelta(hours=2))
        listed = [
            len(
                client.get(f"/api/havrutas/{havruta.id}/sessions?status={s}", user=ruth).json[
                    "items"
                ]
            )
            for s in ("scheduled", "cancelled")
        ]
        assert listed == [0, 1]
        assert make(plans.cancel_missed) == 1
        assert make(plans.cancel_missed) == 0
        after = client.get(url, user=ruth).json
        assert (after["status"], after["end_reason"]) == ("cancelled", "missed")


def test_only_the_owner_and_the_planner_cancel_a_plan(
    app: Flask, make: Any, ruth: User, boaz: User, naomi: User, client: FlaskClient, act: Act
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    body = {"type": "scheduled", "start_time": rfc3339(now() + timedelta(days=1))}
    first, second = (
        client.post(f"/api/havrutas/{havruta.id}/sessions", json=body, user=boaz).json
        for _ in range(2)
    )
    assert act(first, "cancel", naomi).json["code"] == "forbidden"
    cancelled = act(first, "cancel", boaz).json
    assert (cancelled["status"], cancelled["end_reason"]) == ("cancelled", "cancelled")
    assert act(first, "cancel", boaz).json == cancelled
    assert act(second, "cancel", ruth).json["status"] == "cancelled"
    assert ("session_cancelled", [str(ruth.id), str(naomi.id)]) in notifications(make)


@pytest.mark.parametrize(("scope", "left"), [("this", 3), ("future", 1), ("all", 0)])
def test_a_series_is_cancelled_in_part_or_whole(
    client: FlaskClient, havruta: Havruta, plan: Act, act: Act, ruth: User, scope: str, left: int
) -> None:
    plan(ruth, rrule="FREQ=DAILY;COUNT=4", timezone="UTC")
    url = f"/api/havrutas/{havruta.id}/sessions?status=scheduled"
    second = client.get(url, user=ruth).json["items"][-2]
    act(second, "cancel", ruth, scope=scope)
    assert len(client.get(url, user=ruth).json["items"]) == left


def change(client: FlaskClient, session: dict[str, Any], user: User, **body: Any) -> Any:
    tag = {"If-Match": f'"{session["version"]}"'}
    return client.patch(f"/api/havruta-sessions/{session['id']}", json=body, user=user, headers=tag)


def test_one_session_is_moved_out_of_its_series(
    client: FlaskClient, app: Flask, make: Any, plan: Act, ruth: User, boaz: User
) -> None:
    first = plan(ruth, rrule="FREQ=DAILY;COUNT=3", timezone="UTC").json
    later = rfc3339(now() + timedelta(days=5))
    moved = change(client, first, ruth, start_time=later).json
    assert (moved["start_time"], moved["series_id"]) == (later, None)
    assert ("session_moved", [str(boaz.id)]) in notifications(make)
    assert change(client, first, ruth, start_time=later).status_code == 412


def test_moving_the_future_of_a_series_makes_a_new_series(
    client: FlaskClient, havruta: Havruta, plan: Act, ruth: User
) -> None:
    with time_machine.travel("2026-03-20T10:00:00Z"):
        plan(
            ruth,
            start_time="2026-03-27T17:00:00Z",
            rrule="FREQ=DAILY;COUNT=4",
            timezone="Europe/Berlin",
        )
        url = f"/api/havrutas/{havruta.id}/sessions"
        second = client.get(url, user=ruth).json["items"][-2]
        assert (
            change(
                client, second, ruth, scope="future", start_time="2026-03-28T18:30:00Z"
            ).status_code
            == 200
        )
        listed = client.get(url, user=ruth).json["items"][::-1]
    assert [s["start_time"][5:16] for s in listed] == [
        "03-27T17:00",
        "03-28T18:30",
        "03-29T17:30",
        "03-30T17:30",
    ]
    assert listed[0]["series_id"] != listed[1]["series_id"] == listed[3]["series_id"]


@pytest.mark.parametrize("scope", ["all", "future"])
def test_a_session_that_the_clocks_have_moved_does_not_move_its_series(
    client: FlaskClient, havruta: Havruta, plan: Act, ruth: User, scope: str
) -> None:
    with time_machine.travel("2026-03-20T10:00:00Z"):
        daily = {"rrule": "FREQ=DAILY;COUNT=2", "timezone": "Europe/Berlin"}
        plan(ruth, start_time="2026-03-28T01:30:00Z", **daily)
        url = f"/api/havrutas/{havruta.id}/sessions"
        moved = client.get(url, user=ruth).json["items"][0]
        assert moved["start_time"] == "2026-03-29T01:30:00Z", "at 03:30, as 02:30 is skipped"
        body = {"start_time": moved["start_time"], "planned_minutes": 30, "scope": scope}
        assert change(client, moved, ruth, **body).status_code == 200
        listed = client.get(url, user=ruth).json["items"][::-1]
    assert [s["start_time"] for s in listed] == ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z"]
    assert [s["planned_minutes"] for s in listed] == [30 if scope == "all" else 60, 30]


def test_a_session_is_moved_to_the_second_of_an_hour_that_comes_twice(
    client: FlaskClient, havruta: Havruta, plan: Act, ruth: User
) -> None:
    with time_machine.travel("2026-10-20T10:00:00Z"):
        daily = {"rrule": "FREQ=DAILY;COUNT=2", "timezone": "Europe/Berlin"}
        first = plan(ruth, start_time="2026-10-25T10:00:00Z", **daily).json
        assert (
            change(client, first, ruth, scope="all", start_time="2026-10-25T01:30:00Z").json[
                "start_time"
            ]
            == "2026-10-25T01:30:00Z"
        )
        url = f"/api/havrutas/{havruta.id}/sessions"
        listed = client.get(url, user=ruth).json["items"]
    assert listed[0]["start_time"] == "2026-10-26T01:30:00Z"


def test_a_series_cannot_be_moved_to_other_days(client: FlaskClient, plan: Act, ruth: User) -> None:
    first = plan(ruth, rrule="FREQ=WEEKLY;COUNT=3", timezone="UTC").json
    refused = change(
        client, first, ruth, scope="all", start_time=rfc3339(now() + timedelta(days=3))
    )
    assert refused.json["errors"][0]["pointer"] == "/start_time"


def test_no_session_of_a_series_is_moved_into_the_past(
    client: FlaskClient, havruta: Havruta, plan: Act, ruth: User
) -> None:
    with time_machine.travel("2026-03-20T10:00:00Z"):
        plan(ruth, start_time="2026-03-20T17:00:00Z", rrule="FREQ=DAILY;COUNT=3", timezone="UTC")
        url = f"/api/havrutas/{havruta.id}/sessions"
        second = client.get(url, user=ruth).json["items"][-2]
        refused = change(client, second, ruth, scope="all", start_time="2026-03-21T08:00:00Z")
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/start_time")
        assert (
            change(
                client, second, ruth, scope="future", start_time="2026-03-21T08:00:00Z"
            ).status_code
            == 200
        )


def test_members_answer_an_rsvp_and_may_change_their_answer(
    client: FlaskClient, plan: Act, ruth: User, boaz: User
) -> None:
    url = f"/api/havruta-sessions/{plan(ruth).json['id']}"
    for user, answer in ((ruth, "yes"), (boaz, "maybe"), (boaz, "no")):
        assert (
            client.put(f"{url}/rsvp", json={"answer": answer}, user=user).json["answer"] == answer
        )
    answers = client.get(f"{url}/rsvps", user=ruth).json["items"]
    assert [(a["user_id"], a["answer"]) for a in answers] == [
        (str(ruth.id), "yes"),
        (str(boaz.id), "no"),
    ]


def test_the_answer_of_a_member_who_left_is_not_shown(
    client: FlaskClient, havruta: Havruta, plan: Act, ruth: User, boaz: User
) -> None:
    url = f"/api/havruta-sessions/{plan(ruth).json['id']}"
    client.put(f"{url}/rsvp", json={"answer": "yes"}, user=boaz)
    client.post(f"/api/havrutas/{havruta.id}/leave", user=boaz)
    assert client.get(f"{url}/rsvps", user=ruth).json["items"] == []


def test_only_the_owner_ends_a_session_and_a_repeat_changes_nothing(
    client: FlaskClient, begin: Act, act: Act, ruth: User, boaz: User
) -> None:
    session = begin(ruth).json
    client.put(
        f"/api/havruta-sessions/{session['id']}/position", json={"ref": "Genesis 2:1"}, user=ruth
    )
    assert act(session, "end", boaz).json["code"] == "forbidden"
    ended = act(session, "end", ruth).json
    assert {
        k: ended[k]
        for k in ("status", "ending_section", "coverage_range", "end_reason", "segments")
    } == {
        "status": "completed",
        "ending_section": "Genesis 2:1",
        "coverage_range": "Genesis 1:1 to Genesis 2:1",
        "end_reason": "owner",
        "segments": 32,
    }
    assert act(session, "end", ruth).json == ended


def test_a_plan_cannot_be_ended(plan: Act, act: Act, ruth: User) -> None:
    refused = act(plan(ruth).json, "end", ruth).json
    assert refused["code"] == "invalid_transition"
    assert (refused["from"], refused["to"]) == ("scheduled", "completed")


def test_a_refusal_says_that_the_owner_is_required(
    plan: Act, act: Act, ruth: User, boaz: User
) -> None:
    refused = act(plan(ruth).json, "cancel", boaz).json
    assert (refused["code"], refused["required"]) == ("forbidden", "owner")


def test_a_created_session_is_found_at_its_address(
    client: FlaskClient, begin: Act, plan: Act, ruth: User
) -> None:
    for created in (begin(ruth), plan(ruth)):
        location = created.headers["Location"]
        assert client.get(location, user=ruth).json["id"] == created.json["id"]


def test_a_session_says_when_it_begins_and_ends(
    client: FlaskClient, begin: Act, plan: Act, act: Act, ruth: User
) -> None:
    planned = plan(ruth, planned_minutes=45).json
    assert planned["starts_at"] == planned["start_time"]
    ends_at = datetime.fromisoformat(planned["starts_at"]) + timedelta(minutes=45)
    assert planned["ends_at"] == rfc3339(ends_at)
    instant = begin(ruth).json
    assert instant["ends_at"] is None
    ended = act(instant, "end", ruth).json
    assert ended["ends_at"] == ended["end_time"]


def test_a_cancelled_session_and_its_notification_hold_the_reason(
    app: Flask, make: Any, plan: Act, act: Act, ruth: User
) -> None:
    cancelled = act(plan(ruth).json, "cancel", ruth, reason="The library is closed.").json
    assert cancelled["cancellation_reason"] == "The library is closed."
    (notification,) = [data for data in requested(make) if data["kind"] == "session_cancelled"]
    assert notification["data"]["reason"] == "The library is closed."
    assert notification["data"]["starts_at"] == cancelled["starts_at"]
    assert (notification["author"], notification["words"]) == (str(ruth.id), ["reason"])


def test_a_list_takes_several_statuses_and_a_period_of_days(
    client: FlaskClient, begin: Act, plan: Act, act: Act, ruth: User
) -> None:
    active, tomorrow = begin(ruth).json, plan(ruth).json
    act(plan(ruth).json, "cancel", ruth)
    plan(ruth, start_time=rfc3339(now() + timedelta(days=5)))
    url = "/api/havruta-sessions?status=active,scheduled"
    until = (now() + timedelta(days=2)).date()
    listed = client.get(f"{url}&to={until}&tz=Asia/Jerusalem", user=ruth).json["items"]
    assert [session["id"] for session in listed] == [active["id"], tomorrow["id"]]


def test_own_sessions_of_all_havrutas_are_listed_earliest_first(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    one, other = make.havruta(ruth), make.havruta(boaz, ruth, book="Berakhot")
    planned = [
        make.plan(h, start_time=now() + timedelta(days=d))
        for h, d in ((one, 3), (other, 1), (one, 2))
    ]
    make.plan(make.havruta(boaz))
    until = rfc3339(now() + timedelta(days=2, hours=1))
    page = client.get(f"/api/havruta-sessions?limit=1&to={until}", user=ruth).json
    rest = client.get(f"/api/havruta-sessions?to={until}&cursor={page['next']}", user=ruth).json
    listed = page["items"] + rest["items"]
    assert [s["id"] for s in listed] == [str(planned[1].id), str(planned[2].id)]
    assert listed[0]["book"] == "Berakhot"


@pytest.mark.parametrize(
    "path", ["/api/havruta-sessions", "/api/havrutas/{}/sessions", "/api/havrutas/{}/history"]
)
def test_a_longer_list_takes_the_same_number_of_queries(
    client: FlaskClient, app: Flask, make: Any, havruta: Havruta, ruth: User, path: str
) -> None:
    def cost() -> Any:
        with count_queries(app) as statements:
            assert client.get(path.format(havruta.id), user=ruth).status_code == 200
        return len(statements)

    make.plan(havruta)
    before = cost()
    for _ in range(3):
        client.post(f"/api/havruta-sessions/{make.session(havruta, ruth).id}/end", user=ruth)
        make.plan(havruta)
    assert cost() == before


@pytest.mark.parametrize(
    ("method", "leaf", "body"),
    [
        ("get", "", None),
        ("get", "/state", None),
        ("get", "/rsvps", None),
        ("post", "/start", None),
        ("post", "/cancel", None),
        ("post", "/end", None),
        ("post", "/join", None),
        ("post", "/leave", None),
        ("post", "/heartbeat", None),
        ("put", "/position", {"ref": "Genesis 2:1"}),
        ("put", "/navigator", {"user_id": str(uuid4())}),
        ("put", "/mode", {"mode": "shared"}),
        ("put", "/rsvp", {"answer": "yes"}),
    ],
)
def test_a_stranger_finds_no_session(
    client: FlaskClient,
    make: Any,
    havruta: Havruta,
    naomi: User,
    method: str,
    leaf: str,
    body: dict[str, Any],
) -> None:
    url = f"/api/havruta-sessions/{make.session(havruta).id}{leaf}"
    options = {"json": body} if body else {}
    assert getattr(client, method)(url, user=naomi, **options).status_code == 404
    assert (
        getattr(client, method)(
            url.replace(url.split("/")[3], str(uuid4())), user=naomi, **options
        ).status_code
        == 404
    )
