"""The calendar feed, read back by two libraries."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from dateutil.rrule import rrulestr
from flask import Flask
from icalendar import Calendar

from chassis import testing
from chassis.calendar import feeds
from chassis.clock import now, rfc3339
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing import a_user
from tutoring_service import calendars
from tutoring_service.models import db

BERLIN = ZoneInfo("Europe/Berlin")


def address(school: Any, user: Any = None) -> str:
    url = school.post("/api/sessions/calendar", user or school.student).json["url"]
    return str(url).removeprefix("http://lyceum.test")


def feed(school: Any, path: str) -> Calendar:
    response = school.client.get(path)
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.data)


def read_elsewhere(school: Any, path: str) -> list[Any]:
    """The events as another library reads them."""
    calendar = vobject.readOne(school.client.get(path).text)
    calendar.validate()
    return list(calendar.contents.get("vevent", []))


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_a_session_is_an_event_in_its_zone_with_an_alarm(school: Any) -> None:
    session = school.session(
        topics=["Verbs, nouns; and more"], alarm_enabled=True, alarm_before_minutes=20
    )
    calendar = feed(school, address(school))
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == f"session-{session['id']}@lyceum"
    assert event.decoded("DTSTART") == datetime(2030, 1, 8, 10, tzinfo=BERLIN)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert event.decoded("DURATION") == timedelta(hours=1)
    assert event["DESCRIPTION"] == "Verbs, nouns; and more"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(minutes=-20)


def test_a_calendar_is_saved_under_a_name_without_its_secret(school: Any) -> None:
    answer = school.client.get(address(school))
    assert answer.headers["Content-Disposition"] == 'inline; filename="tutoring.ics"'


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_a_change_raises_the_sequence_of_the_same_event(school: Any) -> None:
    session = school.session()
    path = address(school)
    moved = school.patch(session, {"start_time": "12:00"}).json
    (event,) = read_elsewhere(school, path)
    assert (event.sequence.value, event.status.value) == ("1", "CONFIRMED")
    school.post(f"/api/sessions/{moved['id']}/cancel")
    (event,) = read_elsewhere(school, path)
    assert (event.sequence.value, event.status.value) == ("2", "CANCELLED")


@time_machine.travel("2030-03-01T12:00:00Z", tick=False)
def test_another_program_expands_a_series_to_the_booked_sessions(school: Any) -> None:
    school.session(session_date="2030-03-26", rrule="FREQ=WEEKLY;COUNT=3")
    listed = school.client.get("/api/sessions", user=school.tutor).json["items"]
    (event,) = read_elsewhere(school, address(school))
    shown = [moment.astimezone(UTC) for moment in event.rruleset]
    assert shown == sorted(datetime.fromisoformat(session["starts_at"]) for session in listed)


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_a_series_is_one_event_with_a_rule_and_its_exceptions(school: Any) -> None:
    school.session(session_date="2030-01-22", start_time="10:30", end_time="10:45")
    school.session(rrule="FREQ=WEEKLY;COUNT=5", on_conflict="skip")
    series = [
        s
        for s in school.client.get("/api/sessions", user=school.tutor).json["items"]
        if s["series_id"]
    ]
    school.patch(series[1], {"start_time": "15:00"})
    school.post(f"/api/sessions/{series[3]['id']}/cancel")
    path = address(school)
    events = [
        event
        for event in feed(school, path).walk("VEVENT")
        if str(event["UID"]).startswith("series-")
    ]
    assert len({event["UID"] for event in events}) == 1
    (master,) = [event for event in events if "RECURRENCE-ID" not in event]
    assert (master["RRULE"]["FREQ"], master["RRULE"]["COUNT"]) == (["WEEKLY"], [5])
    assert master["EXDATE"].dts[0].dt == datetime(2030, 1, 22, 10, tzinfo=BERLIN)
    others = {event.decoded("RECURRENCE-ID"): event for event in events if "RECURRENCE-ID" in event}
    moved = others[datetime(2030, 1, 15, 10, tzinfo=BERLIN)]
    assert moved.decoded("DTSTART") == datetime(2030, 1, 15, 15, tzinfo=BERLIN)
    assert others[datetime(2030, 2, 5, 10, tzinfo=BERLIN)]["STATUS"] == "CANCELLED"
    assert len(others) == 2


@time_machine.travel("2030-03-01T12:00:00Z", tick=False)
def test_the_rules_of_a_split_series_give_the_booked_times(school: Any) -> None:
    school.session(session_date="2030-03-12", rrule="FREQ=WEEKLY;BYDAY=TU,TH;COUNT=8")
    third = school.client.get("/api/sessions", user=school.tutor).json["items"][2]
    assert school.patch(third, {"start_time": "11:00"}, scope="future").status_code == 200
    listed = school.client.get("/api/sessions", user=school.tutor).json["items"]
    booked = sorted(datetime.fromisoformat(session["starts_at"]) for session in listed)
    shown = []
    for event in feed(school, address(school)).walk("VEVENT"):
        start = event.decoded("DTSTART")
        rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
        shown += [moment.astimezone(UTC) for moment in rule]
    assert sorted(shown) == booked
    assert len(booked) == 8


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_a_series_keeps_its_alarm_after_the_first_session(school: Any) -> None:
    first = school.session(rrule="FREQ=WEEKLY;COUNT=3", alarm_enabled=True, alarm_before_minutes=20)
    path = address(school)
    with time_machine.travel("2030-01-08T09:00:00Z", tick=False):
        school.post(f"/api/sessions/{first['id']}/start")
        school.post(f"/api/sessions/{first['id']}/complete")
        (event,) = feed(school, path).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(minutes=-20)


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_an_occurrence_has_the_alarm_that_its_reader_chose(school: Any) -> None:
    series = school.session(rrule="FREQ=WEEKLY;COUNT=3", alarm_enabled=True)
    second = series["occurrences"][1]["id"]
    choice = {"alarm_before_minutes": 60}
    school.client.put(f"/api/sessions/{second}/reminder", user=school.student, json=choice)
    rings = {
        str(event.decoded("RECURRENCE-ID", "")): alarm.decoded("TRIGGER")
        for event in feed(school, address(school)).walk("VEVENT")
        for alarm in event.walk("VALARM")
    }
    assert rings == {
        "": timedelta(minutes=-15),
        "2030-01-15 10:00:00+01:00": timedelta(minutes=-60),
    }


def events_told(school: Any) -> list[Any]:
    """What the gateway is told for its feed."""
    since, until = (rfc3339(moment).replace("+", "%2B") for moment in feeds.window())
    path = f"/internal/agenda/{school.student.id}/events?from={since}&to={until}"
    return list(school.client.get(path, peer="gateway").json["events"])


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_the_gateway_is_told_the_same_events(app: Flask, school: Any) -> None:
    single = school.session(session_date="2030-01-07")
    series = school.session(rrule="FREQ=WEEKLY;COUNT=3", alarm_enabled=True)
    second = school.read(series["occurrences"][1]["id"])
    school.patch(second, {"start_time": "15:00", "end_time": "16:00"})
    with testing.count_queries(app) as statements:
        told = events_told(school)
    assert [event["uid"] for event in told] == [
        f"session-{single['id']}@lyceum",
        f"series-{series['series_id']}@lyceum",
        f"series-{series['series_id']}@lyceum",
    ]
    assert told[1] == {
        "uid": f"series-{series['series_id']}@lyceum",
        "sequence": 1,
        "status": "CONFIRMED",
        "changed_at": "2030-01-01T12:00:00Z",
        "starts_at": "2030-01-08T09:00:00Z",
        "ends_at": "2030-01-08T10:00:00Z",
        "title": "Mishnah",
        "path": f"/api/sessions/{series['occurrences'][0]['id']}",
        "timezone": "Europe/Berlin",
        "description": None,
        "location": None,
        "alarm_minutes": 15,
        "rule": "FREQ=WEEKLY;COUNT=3",
        "last_starts_at": "2030-01-22T09:00:00Z",
        "left_out": [],
        "occurrence": None,
    }
    assert told[2]["occurrence"] == "2030-01-15T09:00:00Z"
    shown = feed(school, address(school)).walk("VEVENT")
    assert [(event["UID"], event["SEQUENCE"]) for event in shown] == [
        (event["uid"], event["sequence"]) for event in told
    ]
    for number in range(4, 12):
        school.session(session_date=f"2030-02-{number:02}", rrule="FREQ=DAILY;COUNT=1")
    with testing.count_queries(app) as more_statements:
        assert len(events_told(school)) == 11
    assert len(more_statements) == len(statements)


@time_machine.travel("2027-01-01T12:00:00Z", tick=False)
def test_a_series_that_begins_in_a_skipped_hour_keeps_its_own(school: Any) -> None:
    wanted = {"session_date": "2027-03-28", "start_time": "02:30", "end_time": "03:30"}
    school.session(**wanted, rrule="FREQ=DAILY;COUNT=4")
    rest, first = feed(school, address(school)).walk("VEVENT")
    assert first.decoded("DTSTART") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert rest.decoded("DTSTART") == datetime(2027, 3, 29, 2, 30, tzinfo=BERLIN)
    assert rest["RRULE"]["COUNT"] == [3]
    assert "EXDATE" not in rest


@time_machine.travel("2027-01-01T12:00:00Z", tick=False)
def test_a_rule_ends_before_a_change_of_clocks_and_begins_again_after_it(school: Any) -> None:
    wanted = {"session_date": "2027-10-29", "start_time": "02:30", "end_time": "03:30"}
    booked = school.session(**wanted, rrule="FREQ=DAILY;UNTIL=20271102")
    before, after, between = feed(school, address(school)).walk("VEVENT")
    assert before["RRULE"]["UNTIL"] == [datetime(2027, 10, 30, 0, 30, tzinfo=UTC)]
    assert between.decoded("DTSTART") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert after.decoded("DTSTART") == datetime(2027, 11, 1, 2, 30, tzinfo=BERLIN)
    assert after["RRULE"]["UNTIL"] == [datetime(2027, 11, 2, 1, 30, tzinfo=UTC)]
    name, third = f"series-{booked['series_id']}", booked["occurrences"][2]["id"]
    assert [event["UID"] for event in (before, after, between)] == [
        f"{name}@lyceum",
        f"{name}-1@lyceum",
        f"session-{third}@lyceum",
    ]


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_dates_that_no_rule_says_are_events_by_themselves(school: Any) -> None:
    # A Monday, before the first of the Tuesdays.
    pattern = {"days": ["Tuesday"], "specific_dates": ["2030-01-07", "2030-01-17"]}
    booked = school.session(
        session_date="2030-01-07",
        session_frequency="weekly",
        recurring_pattern=pattern,
        recurrence_count=2,
    )
    events = {event["UID"]: event for event in feed(school, address(school)).walk("VEVENT")}
    (master,) = [event for uid, event in events.items() if uid.startswith("series-")]
    assert master.decoded("DTSTART") == datetime(2030, 1, 8, 10, tzinfo=BERLIN)
    assert master["RRULE"]["COUNT"] == [2]
    assert "RDATE" not in master
    others = {f"session-{booked['occurrences'][number]['id']}@lyceum" for number in (0, 3)}
    assert events.keys() - {master["UID"]} == others


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_what_a_split_leaves_behind_has_a_higher_number(school: Any) -> None:
    booked = school.session(rrule="FREQ=WEEKLY;COUNT=5")["occurrences"]
    school.patch(school.read(booked[1]["id"]), {"topics": ["Verbs"]})
    path = address(school)
    before = feed(school, path).walk("VEVENT")
    with time_machine.travel("2030-01-02T12:00:00Z", tick=False):
        change = {"start_time": "12:00", "end_time": "13:00", "scope": "future"}
        school.patch(school.read(booked[3]["id"]), change)
        left, left_second, new = feed(school, path).walk("VEVENT")
    assert {event["SEQUENCE"] for event in before} == {1}
    assert [event["SEQUENCE"] for event in (left, left_second, new)] == [4, 4, 2]
    assert left["UID"] == left_second["UID"] != new["UID"]
    assert left.decoded("LAST-MODIFIED") == datetime(2030, 1, 2, 12, tzinfo=UTC)


@time_machine.travel("2030-01-01T00:00:00Z", tick=False)
def test_a_feed_is_the_same_all_day(school: Any) -> None:
    # These begin as long ago, and so far ahead, as a feed reaches.
    for day in ("2029-10-03", "2031-02-04"):
        school.session(session_date=day, start_time="12:00", end_time="13:00")
    path = address(school)
    first = school.client.get(path)
    assert len(feed(school, path).walk("VEVENT")) == 2
    with time_machine.travel("2030-01-01T23:59:59Z", tick=False):
        assert school.client.get(path).data == first.data


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_a_choice_for_a_lesson_far_ahead_is_shown(school: Any) -> None:
    series = school.session(rrule="FREQ=MONTHLY;COUNT=20", alarm_enabled=True)
    last = series["occurrences"][-1]["id"]
    choice = {"alarm_before_minutes": 60}
    school.client.put(f"/api/sessions/{last}/reminder", user=school.student, json=choice)
    rings = {event["occurrence"]: event["alarm_minutes"] for event in events_told(school)}
    assert rings == {None: 15, "2031-08-08T08:00:00Z": 60}


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_there_is_no_feed_rather_than_an_incomplete_one(
    school: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.session(rrule="FREQ=WEEKLY;COUNT=2")
    path = address(school)
    for place, name in ((feeds, "MOST"), (calendars, "MOST_OCCURRENCES")):
        monkeypatch.setattr(place, name, 1)
        refused = school.client.get(path)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "3600")
        monkeypatch.setattr(place, name, 2)
        assert len(feed(school, path).walk("VEVENT")) == 1


def test_an_unchanged_feed_is_not_sent_again(school: Any) -> None:
    school.session(session_date=_soon())
    path = address(school)
    first = school.client.get(path)
    again = school.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def _soon() -> str:
    return (datetime.combine(date.today(), time(), UTC) + timedelta(days=3)).date().isoformat()  # noqa: DTZ011


def test_a_feed_address_is_revoked_by_the_next_or_on_request(school: Any) -> None:
    first, second = address(school), address(school)
    assert school.client.get(first).status_code == 404
    assert school.client.get(second).status_code == 200
    assert school.client.delete("/api/sessions/calendar", user=school.student).status_code == 204
    assert school.client.get(second).status_code == 404


def test_a_feed_address_ends_with_all_that_lets_somebody_in(school: Any) -> None:
    students, davids = address(school), address(school, a_user("david"))
    student = str(school.student.id)
    event = Event(uuid4(), "user.access_ended", "user-service", student, 2, now(), None, {})
    for _ in range(2):
        with school.client.application.app_context():
            in_transaction(db.session, lambda: calendars.on_access_ended(event))
    assert [school.client.get(feed).status_code for feed in (students, davids)] == [404, 200]


def test_a_feed_shows_only_the_sessions_of_its_owner(school: Any) -> None:
    school.session(session_date=_soon())
    assert read_elsewhere(school, address(school, a_user("david"))) == []
