"""Series of sessions on the wire: opened, listed, changed, cancelled and handed over together."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user, count_queries
from study_session_service import erasure, moderation
from study_session_service.models import db, messages

from .support.series import BASE, Series, told_of, weekly

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("study_session_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def outbox(app: Flask) -> Callable[[], Any]:
    """All messages in the outbox, in order."""

    def read() -> Any:
        with app.app_context():
            rows = messages.outbox.select().order_by(messages.outbox.c.position)
            return db.session.execute(rows).all()

    return read


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def series(client: FlaskClient, open_session: Open, ruth: User) -> Callable[..., Series]:
    """A series of the host, weekly unless changed."""

    def open_as(count: int = 4, host: User = ruth, **changes: Any) -> Series:
        first = open_session(host, **{**weekly(count), **changes})
        return Series(client, host, first["id"])

    return open_as


def test_a_series_is_sessions_each_with_its_own_seats(
    client: FlaskClient, series: Callable[..., Series], ruth: User
) -> None:
    weekly = series(3, max_participants=7)
    listed = weekly.listed()
    assert [each["seats_left"] for each in listed] == [6, 6, 6]
    assert len({each["id"] for each in listed}) == 3
    starts = [datetime.fromisoformat(each["start_time"]) for each in listed]
    assert [later - starts[0] for later in starts] == [timedelta(weeks=week) for week in range(3)]
    read = weekly.read(0)
    assert read["series"] == {
        "id": read["series_id"],
        "rrule": "FREQ=WEEKLY;COUNT=3",
        "timezone": "UTC",
    }
    assert {each["series_id"] for each in listed} == {read["series_id"]}
    assert [each["role"] for each in weekly.read(2)["participants"]] == ["host"]
    assert client.get(f"{BASE}/mine", user=ruth).json["items"] == listed


def test_sessions_keep_their_hour_when_the_clocks_change(series: Callable[..., Series]) -> None:
    with time_machine.travel("2026-03-20T09:00:00Z", tick=False):
        start = {"start_time": "2026-03-24T17:00:00Z", "timezone": "Europe/Berlin"}
        starts = [each["start_time"] for each in series(2, **start).listed()]
    assert starts == ["2026-03-24T17:00:00Z", "2026-03-31T16:00:00Z"]


def test_the_preview_says_what_is_made(
    client: FlaskClient, series: Callable[..., Series], ruth: User
) -> None:
    plan = {"start_time": rfc3339(now() + timedelta(days=1)), **weekly(5)}
    shown = client.post(f"{BASE}/preview", json=plan, user=ruth).json["start_times"]
    assert client.get(f"{BASE}/mine", user=ruth).json["items"] == []
    assert [each["start_time"] for each in series(5, **plan).listed()] == shown
    del plan["rrule"], plan["timezone"]
    alone = client.post(f"{BASE}/preview", json=plan, user=ruth).json["start_times"]
    assert alone == [plan["start_time"]]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"rrule": "FREQ=HOURLY;COUNT=2"}, "invalid_recurrence", "/rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=367"}, "invalid_recurrence", "/rrule"),
        ({"rrule": "FREQ=DAILY"}, "invalid_recurrence", "/rrule"),
        ({"rrule": "FREQ=MONTHLY;COUNT=30"}, "invalid_recurrence", "/rrule"),
        ({"timezone": "Mars/Base"}, "invalid", "/timezone"),
        ({"timezone": None}, "invalid", "/timezone"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_alike_by_the_preview(
    client: FlaskClient,
    wanted: Callable[..., Any],
    ruth: User,
    changes: dict[str, Any],
    code: str,
    pointer: str,
) -> None:
    plan = {**weekly(3), **changes}
    plan = {name: value for name, value in plan.items() if value}
    start = {"start_time": rfc3339(now() + timedelta(days=1))}
    for path, body in ((BASE, wanted(**plan)), (f"{BASE}/preview", {**start, **plan})):
        answer = client.post(path, json=body, user=ruth)
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert client.get(f"{BASE}/mine", user=ruth).json["items"] == []


def test_a_zone_without_a_rule_is_refused(
    client: FlaskClient, wanted: Callable[..., Any], ruth: User
) -> None:
    answer = client.post(BASE, json=wanted(timezone="UTC"), user=ruth)
    assert answer.json["errors"][0]["pointer"] == "/timezone"


def test_a_year_of_days_is_made_with_few_statements(
    app: Flask, client: FlaskClient, wanted: Callable[..., Any], ruth: User
) -> None:
    def statements(days: int) -> int:
        rule = {"rrule": f"FREQ=DAILY;COUNT={days}", "timezone": "UTC"}
        with count_queries(app) as made:
            answer = client.post(BASE, json=wanted(**rule), user=ruth)
        assert answer.status_code == 201
        return len(made)

    assert statements(366) == statements(2) < 20


def test_as_many_sessions_as_one_person_may_host_are_counted_with_the_series(
    client: FlaskClient, wanted: Callable[..., Any], ruth: User
) -> None:
    daily = {"rrule": "FREQ=DAILY;COUNT=366", "timezone": "UTC"}
    for status in (201, 201, 409):
        answer = client.post(BASE, json=wanted(**daily), user=ruth)
        assert answer.status_code == status
    assert answer.json["code"] == "hosted_session_limit_reached"
    assert len(client.get(f"{BASE}/mine?limit=100", user=ruth).json["items"]) == 100


def test_the_list_is_paged_and_has_what_is_over_by_request(
    client: FlaskClient, series: Callable[..., Series], ruth: User
) -> None:
    weekly = series(5)
    with time_machine.travel(now() + timedelta(days=9), tick=False):
        starts = [each["start_time"] for each in weekly.listed("?limit=2")]
        assert len(starts) == 3
        past = weekly.listed("?when=past")
        assert [each["status"] for each in past] == ["finished", "finished"]
        assert past[0]["start_time"] > past[1]["start_time"]


def test_a_session_without_a_series_is_alone(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    alone = Series(client, ruth, open_session(ruth)["id"])
    assert [each["id"] for each in alone.listed()] == [alone.id]
    assert alone.read(0)["series"] is None
    assert alone.join(boaz, scope="all") == ["joined"]
    assert alone.change(0, scope="all", title="Other").json["title"] == "Other"
    alone.leave(boaz, scope="all")
    assert alone.read(0)["current_participants"] == 1
    assert alone.cancel(0, scope="all").json["status"] == "cancelled"


def test_a_private_series_has_one_code_and_is_secret_without(
    client: FlaskClient, series: Callable[..., Series], boaz: User
) -> None:
    private = series(3, visibility="private")
    codes = {private.read(number)["join_code"] for number in range(3)}
    assert len(codes) == 1
    assert client.get(f"{BASE}/{private.id}/series", user=boaz).status_code == 404
    assert private.try_to_join(boaz, scope="all").status_code == 404
    [code] = codes
    client.post(f"{BASE}/{private.id}/join", json={"join_code": code}, user=boaz)
    # Of the others they have the code; that they may read them, joining decides.
    assert [each["id"] for each in private.listed(user=boaz)] == [private.id]
    assert private.join(boaz, scope="all", join_code=code) == ["joined"] * 3
    assert len(private.listed(user=boaz)) == 3


def test_one_that_was_changed_by_itself_is_left_as_it_is(series: Callable[..., Series]) -> None:
    weekly = series(4)
    assert weekly.change(1, venue_name="Café").status_code == 200
    assert (
        weekly.change(0, scope="all", venue_name="Library", max_participants=20).status_code == 200
    )
    assert [each["venue_name"] for each in weekly.listed()] == [
        "Library",
        "Café",
        "Library",
        "Library",
    ]
    assert weekly.change(1, scope="all", venue_name="Park").status_code == 200
    assert {each["venue_name"] for each in weekly.listed()} == {"Park"}
    assert len({each["series_id"] for each in weekly.listed()}) == 1


def test_this_and_the_future_ones_become_a_series_of_their_own(
    series: Callable[..., Series],
) -> None:
    weekly = series(4)
    ids = [each["id"] for each in weekly.listed()]
    weekly.change(3, title="Changed alone")
    answer = weekly.change(2, scope="future", title="Second part")
    assert answer.json["title"] == "Second part"
    assert [each["id"] for each in weekly.listed()] == ids[:2]
    later = Series(weekly.client, weekly.host, ids[2])
    assert [each["title"] for each in later.listed()] == ["Second part", "Changed alone"]
    assert later.read(0)["series"]["rrule"] == weekly.read(0)["series"]["rrule"]
    # From the first on it is all of them: they stay one.
    series_id = weekly.read(0)["series_id"]
    assert weekly.change(0, scope="future", title="First part").json["series_id"] == series_id


def test_moving_moves_each_by_the_wall_clock(series: Callable[..., Series]) -> None:
    with time_machine.travel("2026-03-20T09:00:00Z", tick=False):
        start = {"start_time": "2026-03-24T17:00:00Z", "timezone": "Europe/Berlin"}
        berlin = series(3, **start)
        # From 18:00 to 19:30 there.
        assert berlin.change(0, scope="all", start_time="2026-03-24T18:30:00Z").status_code == 200
        assert [each["start_time"] for each in berlin.listed()] == [
            "2026-03-24T18:30:00Z",
            "2026-03-31T17:30:00Z",
            "2026-04-07T17:30:00Z",
        ]
        refused = berlin.change(0, scope="all", start_time="2026-03-25T18:30:00Z")
        assert refused.json["errors"][0]["pointer"] == "/start_time"
        past = berlin.change(1, scope="all", start_time="2026-03-31T00:30:00Z")
        assert past.status_code == 200


def test_people_are_told_once_of_a_series_that_is_moved_or_cancelled(
    app: Flask, series: Callable[..., Series], outbox: Callable[[], Any], boaz: User
) -> None:
    david = a_user("david")
    weekly = series(4)
    weekly.join(boaz, scope="all")
    weekly.client.post(f"{BASE}/{weekly.ids()[2]}/join", user=david)
    later = datetime.fromisoformat(weekly.listed()[0]["start_time"]) + timedelta(minutes=1)
    before = [each["start_time"] for each in weekly.listed()]
    weekly.change(0, scope="all", start_time=rfc3339(later))
    weekly.cancel(1, scope="future", reason="Summer")
    ids = weekly.ids("?when=past")[::-1]
    for kind, first, count in (
        ("session_moved", weekly.ids()[0], 4),
        ("session_cancelled", ids[0], 3),
    ):
        requested = told_of(outbox(), kind)
        told = {tuple(each["user_ids"]): each["data"] for each in requested}
        # Calendars hear of each session that concerns the person.
        concerned = {tuple(each["user_ids"]): len(each["calendar"]) for each in requested}
        assert concerned == {(str(boaz.id),): count, (str(david.id),): 1}
        assert set(told) == {(str(boaz.id),), (str(david.id),)}
        assert (told[str(boaz.id),]["session_id"], told[str(boaz.id),]["count"]) == (first, count)
        assert "count" not in told[str(david.id),]
        if kind == "session_moved":
            assert told[str(david.id),]["previous_starts_at"] == before[2]
        else:
            assert told[str(david.id),]["reason"] == "Summer"


def test_each_room_is_told_and_its_numbers_go_on(
    series: Callable[..., Series], outbox: Callable[[], Any], boaz: User
) -> None:
    weekly = series(2)
    weekly.join(boaz, scope="all")
    weekly.change(0, scope="all", title="New")
    weekly.leave(boaz, scope="all")
    weekly.cancel(0, scope="all")
    for session_id in weekly.ids("?when=past"):
        room = [each for each in outbox() if each.stream == f"room:study-session:{session_id}"]
        told = [(each.seq, each.body["type"]) for each in room]
        assert told == list(enumerate(["created", "joined", "updated", "left", "cancelled"], 1))
        assert room[2].body["data"]["title"] == "New"


def test_what_has_begun_or_is_over_stays(series: Callable[..., Series]) -> None:
    weekly = series(4)
    ids = weekly.ids()
    weekly.cancel(3)
    with time_machine.travel(now() + timedelta(hours=2, minutes=30), tick=False):
        # The first is live now, whether or not that was written down.
        refused = weekly.change(0, scope="all", title="New")
        assert (refused.status_code, refused.json["code"]) == (409, "not_changeable")
        assert weekly.change(1, scope="all", title="New").status_code == 200
        assert weekly.cancel(0, scope="all").json["code"] == "invalid_transition"
        assert weekly.cancel(1, scope="all").status_code == 200
        read = [weekly.client.get(f"{BASE}/{id_}", user=weekly.host).json for id_ in ids]
    assert [each["status"] for each in read] == ["live", *["cancelled"] * 3]
    assert [each["title"] for each in read] == ["Berakhot", "New", "New", "Berakhot"]


def test_cancelling_again_changes_nothing(series: Callable[..., Series]) -> None:
    weekly = series(3)
    first = weekly.cancel(0, scope="all").json
    assert weekly.cancel_id(first["id"], scope="all").json == first


def test_a_capacity_below_what_one_has_is_refused_and_changes_none(
    series: Callable[..., Series], boaz: User
) -> None:
    weekly = series(3)
    full = weekly.ids()[1]
    for person in (boaz, a_user()):
        weekly.client.post(f"{BASE}/{full}/join", user=person)
    refused = weekly.change(0, scope="all", max_participants=2, title="New")
    assert (refused.status_code, refused.json["code"]) == (409, "capacity_below_participants")
    assert refused.json["session_id"] == full
    assert {(each["max_participants"], each["title"]) for each in weekly.listed()} == {
        (10, "Berakhot")
    }


def test_more_seats_are_given_to_the_waitlist_of_each(
    series: Callable[..., Series], boaz: User
) -> None:
    weekly, david = series(3, max_participants=2), a_user("david")
    weekly.join(boaz, scope="all")
    assert weekly.join(david, scope="all", waitlist=True) == ["waiting"] * 3
    weekly.change(1, scope="future", max_participants=3)
    listed = weekly.client.get(f"{BASE}/mine", user=david).json["items"]
    assert len(listed) == 2
    assert {each["seats_left"] for each in listed} == {0}


def test_a_change_needs_the_version_and_the_host(series: Callable[..., Series], boaz: User) -> None:
    weekly = series(2)
    weekly.change(0, title="Newer")
    stale = weekly.change(0, scope="all", version=1, title="Lost")
    assert stale.status_code == 412
    for scope in ("future", "all"):
        assert weekly.change(0, user=boaz, scope=scope, title="Theirs").status_code == 403
        assert weekly.cancel(0, user=boaz, scope=scope).status_code == 403
    assert {each["title"] for each in weekly.listed()} == {"Newer", "Berakhot"}


def test_a_series_that_is_made_private_has_one_code(series: Callable[..., Series]) -> None:
    weekly = series(3)
    weekly.change(0, scope="all", visibility="private")
    assert len({weekly.read(number)["join_code"] for number in range(3)}) == 1
    weekly.change(0, scope="all", visibility="public")
    assert {weekly.read(number)["join_code"] for number in range(3)} == {None}


def test_a_hidden_place_is_hidden_in_each(
    client: FlaskClient, series: Callable[..., Series], boaz: User
) -> None:
    weekly = series(3)
    weekly.change(0, scope="all", location_visibility="approximate", venue_name="At home")
    for each in weekly.listed(user=boaz):
        assert (each["latitude"], each["venue_name"]) != (31.778, "At home")
        assert each["venue_name"] is None
    for each in weekly.listed():
        assert (each["latitude"], each["venue_name"]) == (31.778, "At home")


def test_a_series_is_handed_over_to_who_is_in_all_that_are_meant(
    series: Callable[..., Series], outbox: Callable[[], Any], boaz: User
) -> None:
    weekly = series(3)
    ids = weekly.ids()
    weekly.client.post(f"{BASE}/{ids[0]}/join", user=boaz)
    refused = weekly.hand_over(0, boaz, scope="all")
    assert (refused.json["code"], refused.json["session_id"]) == ("not_a_participant", ids[1])
    weekly.join(boaz, scope="all")
    assert weekly.hand_over(1, boaz, scope="future").status_code == 200
    hosts = [each["host_id"] for each in weekly.listed()]
    assert hosts == [str(weekly.host.id), str(boaz.id), str(boaz.id)]
    # Each changes their own.
    weekly.change(0, scope="all", title="Of Ruth")
    assert [each["title"] for each in weekly.listed()] == ["Of Ruth", "Berakhot", "Berakhot"]
    [told] = told_of(outbox(), "made_host")
    assert (told["user_ids"], told["data"]["count"]) == ([str(boaz.id)], 2)
    weekly.leave(weekly.host, at=1, scope="future")
    assert [each["current_participants"] for each in weekly.listed()] == [2, 1, 1]


def test_of_a_deleted_host_each_person_is_told_once_that_the_series_is_off(
    app: Flask, series: Callable[..., Series], outbox: Callable[[], Any], ruth: User, boaz: User
) -> None:
    weekly = series(3)
    weekly.join(boaz, scope="all")
    with app.app_context():
        erasure.erase(ruth.id)
        db.session.commit()
    for session_id in [each["id"] for each in weekly.listed("?when=past", boaz)]:
        read = weekly.client.get(f"{BASE}/{session_id}", user=boaz).json
        assert (read["status"], read["title"]) == ("cancelled", "A study session")
    told = [
        each for each in told_of(outbox(), "session_cancelled") if str(boaz.id) in each["user_ids"]
    ]
    assert [each["data"]["count"] for each in told] == [3]


def test_two_single_sessions_of_a_deleted_host_are_told_of_apart(
    app: Flask, open_session: Open, outbox: Callable[[], Any], ruth: User, boaz: User
) -> None:
    for _ in range(2):
        open_session(ruth, boaz)
    with app.app_context():
        erasure.erase(ruth.id)
        db.session.commit()
    told = [
        each for each in told_of(outbox(), "session_cancelled") if str(boaz.id) in each["user_ids"]
    ]
    assert [each["data"].get("count") for each in told] == [None, None]


def test_what_an_admin_hides_is_hidden_in_the_whole_series(
    app: Flask, client: FlaskClient, series: Callable[..., Series], boaz: User
) -> None:
    weekly = series(3)
    with app.app_context():
        moderation._hide_session(weekly.uuids()[1])
        db.session.commit()
    assert client.get(f"{BASE}/{weekly.id}", user=boaz).status_code == 404
    assert client.get(BASE, user=boaz).json["items"] == []
    assert len(weekly.listed()) == 3


def test_a_search_shows_the_next_of_each_series_alone_if_asked(
    client: FlaskClient, series: Callable[..., Series], open_session: Open, ruth: User, boaz: User
) -> None:
    weekly = series(3, max_participants=2)
    alone = open_session(ruth, title="Alone")
    ids = weekly.ids()

    def found(query: str) -> set[str]:
        return {each["id"] for each in client.get(f"{BASE}?{query}").json["items"]}

    near = "lat=31.778&lng=35.235&radius_km=3"
    for area in ("", near, f"{near}&sort=distance", "bbox=35,31,36,32", "q=berakhot"):
        others = {alone["id"]} if area != "q=berakhot" else set()
        assert found(area) >= set(ids)
        assert found(f"{area}&series=next") == {ids[0], *others}
    after = rfc3339(now() + timedelta(days=1))
    assert found(f"series=next&from={after}") == {ids[1]}
    weekly.cancel(0)
    assert found("series=next") == {ids[1], alone["id"]}
    weekly.change_id(ids[1], visibility="unlisted")
    assert found("series=next") == {ids[2], alone["id"]}
    weekly.change_id(ids[1], visibility="public")
    assert found("series=next") == {ids[1], alone["id"]}


def test_a_map_counts_the_next_of_each_series_alone_if_asked(
    client: FlaskClient, series: Callable[..., Series]
) -> None:
    daily = series(rrule="FREQ=DAILY;COUNT=50")
    area = f"{BASE}/clusters?bbox=35,31,36,32&zoom=8"
    [cluster] = client.get(area).json["clusters"]
    assert cluster["count"] == 50
    drawn = client.get(f"{area}&series=next").json
    assert (drawn["clusters"], [each["id"] for each in drawn["sessions"]]) == ([], [daily.id])


def test_the_next_is_another_once_one_is_over_moved_or_hidden(
    app: Flask, client: FlaskClient, series: Callable[..., Series]
) -> None:
    weekly = series(3)
    ids = weekly.ids()

    def shown() -> list[str]:
        return [each["id"] for each in client.get(f"{BASE}?series=next").json["items"]]

    with time_machine.travel(now() + timedelta(hours=2, minutes=30), tick=False):
        assert shown() == [ids[0]]  # live
    with time_machine.travel(now() + timedelta(hours=3, minutes=1), tick=False):
        assert shown() == [ids[1]]
    weekly.change_id(ids[0], start_time=rfc3339(now() + timedelta(days=10)))
    assert shown() == [ids[1]]
    weekly.change_id(ids[1], scope="future", title="Later ones")
    assert shown() == [ids[1]]
    with app.app_context():
        moderation._hide_session(weekly.uuids()[0])
        db.session.commit()
    assert shown() == []
