"""All sessions of a person as one calendar."""

from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import testing
from chassis.testing import User, a_user
from chassis.testing.calendars import read_by_icalendar, with_unknown_zones
from gateway.views.calendar import mark_overlaps

from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import answer, as_json

PERIOD = "from=2030-03-01T00:00:00Z&to=2030-04-01T00:00:00Z"
PATH = f"/api/calendar?{PERIOD}"
FEED = "/api/calendar/secret.ics"
KINDS = {
    "study-session-service": "study_session",
    "tutoring-service": "tutoring_session",
    "havruta-service": "havruta_session",
}


def entry(start: str, end: str, name: str = "1", **changes: Any) -> dict[str, Any]:
    """A session on the second of March."""
    return {
        "id": name,
        "title": f"Session {name}",
        "starts_at": f"2030-03-02T{start}Z",
        "ends_at": f"2030-03-02T{end}Z",
        "status": "scheduled",
        "location": None,
        "path": f"/api/x/{name}",
        "tentative": False,
        **changes,
    }


def an_event(name: str, **changes: Any) -> dict[str, Any]:
    """A session as services tell it for feeds."""
    return {
        "uid": f"{name}@lyceum",
        "sequence": 2,
        "status": "CONFIRMED",
        "changed_at": "2030-01-01T00:00:00Z",
        "starts_at": "2030-03-02T09:00:00Z",
        "ends_at": "2030-03-02T10:00:00Z",
        "title": f"Session {name}",
        "path": f"/api/x/{name}",
        "timezone": "UTC",
        "description": None,
        "location": None,
        "alarm_minutes": None,
        "rule": None,
        "last_starts_at": None,
        "left_out": [],
        "occurrence": None,
        **changes,
    }


@pytest.fixture
def ruth(internal: Doubles) -> User:
    """A person with a feed and nothing planned."""
    ruth = a_user("ruth")
    for name in KINDS:
        internal[name].reply = lambda *_: as_json({"items": [], "more": False, "events": []})
    internal["user-service"].reply = lambda *_: as_json({"user_id": str(ruth.id)})
    return ruth


def plan(internal: Doubles, name: str, *entries: dict[str, Any], more: bool = False) -> None:
    internal[name].reply = lambda *_: as_json({"items": entries, "more": more})


def tell(internal: Doubles, name: str, *events: dict[str, Any]) -> None:
    internal[name].reply = lambda *_: as_json({"events": events})


def shown(gateway: Gateway, ruth: User) -> list[tuple[str, str, bool]]:
    items = gateway.get(PATH, user=ruth).json["items"]
    return [(item["kind"], item["id"], item["overlaps"]) for item in items]


def test_sessions_of_all_kinds_form_one_list_in_order(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    plan(
        internal,
        "study-session-service",
        entry("09:00:00", "10:00:00", "a"),
        entry("15:00:00.5", "16:00:00", "d"),
    )
    plan(
        internal,
        "tutoring-service",
        entry("10:00:00", "11:00:00", "7"),
        entry("15:00:00", "15:00:00.2", "8"),
    )
    plan(internal, "havruta-service", entry("12:00:00", "13:00:00", "c"))
    assert shown(gateway, ruth) == [
        ("study_session", "a", False),
        ("tutoring_session", "7", False),
        ("havruta_session", "c", False),
        ("tutoring_session", "8", False),
        ("study_session", "d", False),
    ]


def test_sessions_at_the_same_time_are_marked(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    plan(
        internal,
        "study-session-service",
        entry("09:00:00", "12:00:00", "a"),
        entry("13:00:00", "14:00:00", "b"),
    )
    plan(
        internal,
        "tutoring-service",
        entry("09:30:00", "10:00:00", "7"),
        entry("12:00:00", "13:00:00", "8"),
    )
    plan(internal, "havruta-service", entry("11:59:00", "12:00:00", "c"))
    assert [overlaps for _, _, overlaps in shown(gateway, ruth)] == [True, True, True, False, False]


def test_each_service_is_asked_once_for_the_person_and_the_period(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    gateway.get(PATH.replace("Z", "%2B02:00"), user=ruth)
    for name in KINDS:
        [asked] = internal[name].asked
        assert urlsplit(asked.target).path == f"/internal/agenda/{ruth.id}"
        assert parse_qs(urlsplit(asked.target).query) == {
            "from": ["2030-02-28T22:00:00Z"],
            "to": ["2030-03-31T22:00:00Z"],
        }


def test_an_entry_has_only_the_fields_of_a_calendar(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    plan(
        internal,
        "tutoring-service",
        {**entry("09:00:00", "10:00:00", location="Room 2"), "secret": 1},
    )
    assert gateway.get(PATH, user=ruth).json == {
        "items": [
            {
                "kind": "tutoring_session",
                "id": "1",
                "title": "Session 1",
                "starts_at": "2030-03-02T09:00:00Z",
                "ends_at": "2030-03-02T10:00:00Z",
                "status": "scheduled",
                "location": "Room 2",
                "path": "/api/x/1",
                "tentative": False,
                "overlaps": False,
            }
        ],
        "next_from": None,
    }


def test_a_study_session_that_is_waited_for_is_tentative(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    waited_for = entry("09:00:00", "10:00:00", "a", tentative=True)
    plan(internal, "study-session-service", waited_for, entry("10:00:00", "11:00:00", "b"))
    lesson = entry("11:00:00", "12:00:00", "7")
    del lesson["tentative"]
    plan(internal, "tutoring-service", lesson)
    items = gateway.get(PATH, user=ruth).json["items"]
    assert [(item["id"], item["tentative"]) for item in items] == [
        ("a", True),
        ("b", False),
        ("7", False),
    ]


def test_the_list_ends_where_one_of_the_services_has_more_entries(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    plan(
        internal,
        "study-session-service",
        entry("09:00:00", "10:00:00", "a"),
        entry("12:00:00", "13:00:00"),
        more=True,
    )
    plan(
        internal,
        "tutoring-service",
        entry("11:00:00", "12:00:00", "7"),
        entry("18:00:00", "19:00:00", "8"),
    )
    page = gateway.get(PATH, user=ruth).json
    assert [item["id"] for item in page["items"]] == ["a", "7"]
    assert page["next_from"] == "2030-03-02T12:00:00Z"


def test_the_list_ends_where_a_page_is_full_of_what_goes_on_at_once(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    before = [
        entry("09:00:00", "10:00:00", name, starts_at="2030-02-28T23:00:00Z") for name in "ab"
    ]
    plan(internal, "tutoring-service", *before, more=True)
    page = gateway.get(PATH, user=ruth).json
    assert ([item["id"] for item in page["items"]], page["next_from"]) == (["a", "b"], None)
    later = entry("09:00:00", "10:00:00", "c")
    plan(
        internal,
        "havruta-service",
        later,
        {**later, "starts_at": "2030-03-03T09:00:00Z"},
        more=True,
    )
    page = gateway.get(PATH, user=ruth).json
    assert [item["id"] for item in page["items"]] == ["a", "b", "c"]
    assert page["next_from"] == "2030-03-03T09:00:00Z"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "reply", [answer(500), as_json({"items": [{}], "more": False}), as_json({"items": []})]
)
def test_a_failing_service_degrades_the_list(
    gateway: Gateway, internal: Doubles, ruth: User, name: str, reply: bytes
) -> None:
    for other in KINDS:
        plan(internal, other, entry("09:00:00", "10:00:00"))
    assert "degraded" not in gateway.get(PATH, user=ruth).json
    internal[name].reply = lambda *_: reply
    page = gateway.get(PATH, user=ruth).json
    assert page["degraded"] == [name]
    assert {item["kind"] for item in page["items"]} == set(KINDS.values()) - {KINDS[name]}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "reply", [answer(500), answer(503), as_json({"events": [{}]}), as_json({"items": []})]
)
def test_there_is_no_feed_without_a_service(
    gateway: Gateway, internal: Doubles, ruth: User, name: str, reply: bytes
) -> None:
    assert gateway.get(FEED).status == 200
    internal[name].reply = lambda *_: reply
    assert gateway.get(FEED).status == 503


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2030-03-01T00:00:00Z",
        PERIOD.replace("T00:00:00Z", ""),
        "from=2030-03-01T00:00:00Z&to=2030-03-01T00:00:00Z",
        "from=2030-03-01T00:00:00Z&to=2030-06-02T00:00:00Z",
        f"{PERIOD}&limit=7",
    ],
)
def test_an_invalid_period_is_refused(gateway: Gateway, internal: Doubles, query: str) -> None:
    refused = gateway.get(f"/api/calendar?{query}", user=a_user())
    assert (refused.status, refused.json["errors"][0]["pointer"][0]) == (422, "?")


def test_a_feed_is_read_without_a_token(gateway: Gateway, internal: Doubles, ruth: User) -> None:
    title = "Berakhot, chapter 1; " + "א" * 100
    tell(internal, "study-session-service", an_event("study", title=title, location="Library"))
    tell(internal, "havruta-service", an_event("havruta", status="CANCELLED"))
    reply = gateway.get(FEED)
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    study, havruta = icalendar.Calendar.from_ical(reply.body).walk("VEVENT")
    assert (study["UID"], study["SUMMARY"], study["LOCATION"]) == ("study@lyceum", title, "Library")
    assert study["URL"] == f"{testing.ISSUER}/api/x/study"
    assert study.decoded("DTSTART") == datetime(2030, 3, 2, 9, tzinfo=UTC)
    assert (havruta["STATUS"], havruta["SEQUENCE"]) == ("CANCELLED", 2)
    assert all(len(line) <= 75 for line in reply.body.split(b"\r\n"))
    [asked] = internal["user-service"].asked
    assert asked.target == f"/internal/calendar-feeds/{sha256(b'secret').hexdigest()}"
    [asked] = internal["havruta-service"].asked
    assert asked.target.startswith(f"/internal/agenda/{ruth.id}/events?from=")


def test_a_feed_has_the_series_of_a_service_as_series(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    series = an_event(
        "series",
        timezone="Europe/Berlin",
        rule="FREQ=DAILY;COUNT=4",
        last_starts_at="2030-03-05T09:00:00Z",
        left_out=["2030-03-03"],
        alarm_minutes=15,
    )
    moved = an_event(
        "series",
        starts_at="2030-03-04T09:30:00Z",
        ends_at="2030-03-04T10:30:00Z",
        timezone="Europe/Berlin",
        occurrence="2030-03-04T09:00:00Z",
    )
    tell(internal, "tutoring-service", series, moved)
    shown = read_by_icalendar(with_unknown_zones(gateway.get(FEED).body))
    assert [f"{each.starts_at:%d %H:%M}" for each in shown] == ["02 09:00", "04 09:30", "05 09:00"]


def test_a_feed_is_saved_under_a_name_without_its_secret(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    disposition = gateway.get(FEED).headers["Content-Disposition"]
    assert disposition == 'inline; filename="lyceum.ics"'


def test_a_feed_that_has_not_changed_is_not_sent_again(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    tell(internal, "havruta-service", an_event("a"))
    tag = gateway.get(FEED).headers["ETag"]
    assert gateway.get(FEED, headers={"If-None-Match": tag}).status == 304
    tell(internal, "havruta-service", an_event("a", sequence=3))
    assert gateway.get(FEED, headers={"If-None-Match": tag}).status == 200


def test_a_revoked_feed_is_not_found_and_no_agenda_is_read(
    gateway: Gateway, internal: Doubles, ruth: User
) -> None:
    internal["user-service"].reply = lambda *_: as_json({}, 404)
    assert gateway.get(FEED).status == 404
    assert not any(internal[name].asked for name in KINDS)


def test_the_address_of_a_feed_is_managed_by_the_user_service(
    gateway: Gateway, services: Doubles
) -> None:
    assert gateway.post("/api/calendar/feed", user=a_user()).json["target"] == "/api/calendar/feed"
    assert gateway.post("/api/calendar/feed").status == 401
    assert len(services["user-service"].asked) == 1


def test_the_list_needs_a_token(gateway: Gateway) -> None:
    assert gateway.get(PATH).status == 401


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether these are two different entries that overlap."""
    if one is other:
        return False
    return one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=12))
def test_overlaps_are_those_of_a_pairwise_comparison(times: list[tuple[int, int]]) -> None:
    base = datetime(2030, 3, 1, tzinfo=UTC)
    items: list[dict[str, Any]] = [
        {
            "id": str(uuid4()),
            "starts_at": base + timedelta(hours=start),
            "ends_at": base + timedelta(hours=start + length),
            "overlaps": False,
        }
        for start, length in sorted(times)
    ]
    mark_overlaps(items)
    assert [item["overlaps"] for item in items] == [
        any(map(partial(overlap, one), items)) for one in items
    ]
