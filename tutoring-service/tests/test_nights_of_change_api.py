"""Sessions in the nights in which the clocks change: times, length and what is read back agree."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tutoring_service.models import SessionSeries, db
from tutoring_service.scheduling import series

SPRING, AUTUMN = "2027-03-28", "2027-10-31"
NUUK = "America/Nuuk"
"""Its clocks skip the last hour of 2027-03-27, and midnight with it."""


def shown(session: dict[str, Any], zone: str = "Europe/Berlin") -> tuple[str, str, str]:
    """The session's wall times, after a look at whether they are those of its instants."""
    start, end = (
        datetime.fromisoformat(session[name]).astimezone(ZoneInfo(zone))
        for name in ("starts_at", "ends_at")
    )
    assert (session["session_date"], session["start_time"]) == (f"{start:%F}", f"{start:%T}")
    assert session["end_time"] == f"{end:%T}"
    assert end.astimezone(ZoneInfo("UTC")) - start.astimezone(ZoneInfo("UTC")) == timedelta(
        minutes=session["duration"]
    )
    return f"{start:%F}", f"{start:%H:%M}", f"{end:%H:%M}"


@pytest.mark.parametrize(
    ("day", "asked", "expected"),
    [
        (SPRING, ("01:30", "03:30"), (SPRING, "01:30", "04:30")),
        (SPRING, ("01:00", "02:00"), (SPRING, "01:00", "03:00")),
        (SPRING, ("02:30", "03:30"), (SPRING, "03:30", "04:30")),
        (SPRING, ("03:00", "04:00"), (SPRING, "03:00", "04:00")),
        ("2027-03-27", ("23:30", "05:00"), ("2027-03-27", "23:30", "06:00")),
        (AUTUMN, ("01:30", "03:30"), (AUTUMN, "01:30", "02:30")),
        (AUTUMN, ("02:30", "03:30"), (AUTUMN, "02:30", "02:30")),
        (AUTUMN, ("02:00", "02:45"), (AUTUMN, "02:00", "02:45")),
        (AUTUMN, ("03:00", "04:00"), (AUTUMN, "03:00", "04:00")),
        ("2027-10-30", ("23:30", "05:00"), ("2027-10-30", "23:30", "04:00")),
    ],
)
def test_a_session_keeps_its_length_and_ends_when_the_clocks_say(
    school: Any, day: str, asked: tuple[str, str], expected: tuple[str, str, str]
) -> None:
    times = {"session_date": day, "start_time": asked[0], "end_time": asked[1]}
    plan = {"enrolled_courses_id": school.enrollment_id, **times}
    [previewed] = school.post("/api/sessions/preview", None, plan).json["occurrences"]
    session = school.session(**times)
    assert shown(previewed) == shown(session) == shown(school.read(session["id"])) == expected
    [listed] = school.client.get("/api/sessions", user=school.student).json["items"]
    assert shown(listed) == expected


def test_another_session_begins_when_the_first_says_that_it_ends(school: Any) -> None:
    first = school.session(session_date=SPRING, start_time="01:30", end_time="03:30")
    refused = school.book(session_date=SPRING, start_time="03:30", end_time="04:30")
    assert refused.json["code"] == "time_conflict"
    following = {"start_time": first["end_time"][:5], "end_time": "05:30"}
    assert school.book(session_date=SPRING, **following).status_code == 201


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("start", ["01:30", "02:30"])
def test_what_was_read_and_is_sent_back_changes_nothing(school: Any, day: str, start: str) -> None:
    session = school.session(session_date=day, start_time=start, end_time="04:10")
    sent = {name: session[name] for name in ("session_date", "start_time", "end_time")}
    replaced = school.client.put(
        f"/api/sessions/{session['id']}",
        user=school.tutor,
        json={**sent, "topics": ["Verbs"]},
        headers={"If-Match": f'"{session["version"]}"'},
    ).json
    assert shown(replaced) == shown(session)
    assert replaced["duration"] == session["duration"]
    assert shown(school.patch(replaced, sent).json) == shown(session)
    changes = school.client.get(f"/api/sessions/{session['id']}/history", user=school.tutor).json
    assert [change["kind"] for change in changes["items"]] == ["changed"]


def test_a_session_that_is_sent_back_for_another_day_keeps_its_length(school: Any) -> None:
    session = school.session(session_date=SPRING, start_time="01:30", end_time="03:30")
    sent = {"start_time": session["start_time"], "end_time": session["end_time"]}
    moved = school.patch(session, {**sent, "session_date": "2027-03-30"}).json
    assert (shown(moved), moved["duration"]) == (("2027-03-30", "01:30", "03:30"), 120)
    [change] = school.client.get(f"/api/sessions/{session['id']}/history", user=school.tutor).json[
        "items"
    ]
    ends = [change[side]["end_time"] for side in ("before", "after")]
    assert ends == ["04:30:00", "03:30:00"]


def test_a_series_keeps_its_length_in_each_night(school: Any) -> None:
    times = {"session_date": "2027-03-27", "start_time": "01:30", "end_time": "03:30"}
    series = school.session(**times, rrule="FREQ=DAILY;COUNT=3")["occurrences"]
    assert [shown(one) for one in series] == [
        ("2027-03-27", "01:30", "03:30"),
        (SPRING, "01:30", "04:30"),
        ("2027-03-29", "01:30", "03:30"),
    ]
    of_the_night = school.read(series[1]["id"])
    sent = {name: of_the_night[name] for name in ("start_time", "end_time")}
    moved = {**sent, "session_date": "2027-03-29"}
    assert school.patch(of_the_night, moved, scope="all").status_code == 200
    ids = [one["id"] for one in series]
    assert [shown(school.read(each)) for each in ids] == [
        (SPRING, "01:30", "04:30"),
        ("2027-03-29", "01:30", "03:30"),
        ("2027-03-30", "01:30", "03:30"),
    ]


@pytest.fixture
def around_midnight(school: Any) -> list[int]:
    """Three sessions of a daily series, of which the second would begin in the hour that Nuuk skips."""
    series = school.session(
        enrolled_courses_id=school.enroll(school.student, timezone=NUUK),
        session_date="2027-03-26",
        start_time="23:30",
        end_time="00:15",
        rrule="FREQ=DAILY;COUNT=3",
    )["occurrences"]
    assert [shown(one, NUUK) for one in series] == [
        ("2027-03-26", "23:30", "00:15"),
        ("2027-03-28", "00:30", "01:15"),
        ("2027-03-28", "23:30", "00:15"),
    ]
    return [one["id"] for one in series]


@pytest.mark.parametrize("scope", ["all", "future"])
@pytest.mark.parametrize(("body", "hour"), [({"start_time": "10:00"}, "10:00"), ({}, "23:30")])
def test_a_series_whose_clocks_skip_midnight_is_moved_by_its_own_dates(
    school: Any, around_midnight: list[int], scope: str, body: dict[str, str], hour: str
) -> None:
    first = school.read(around_midnight[0])
    body = {"session_date": "2027-03-27", **body}
    assert school.patch(first, body, scope=scope).status_code == 200
    found = [shown(school.read(each), NUUK)[:2] for each in around_midnight]
    on_the_night = ("2027-03-27", hour) if hour == "10:00" else ("2027-03-28", "00:30")
    assert found == [on_the_night, ("2027-03-28", hour), ("2027-03-29", hour)]


def test_a_series_is_split_at_the_night_in_which_the_clocks_skip_midnight(
    school: Any, around_midnight: list[int]
) -> None:
    second = school.read(around_midnight[1])
    assert school.patch(second, {"end_time": "01:45"}, scope="future").status_code == 200
    found = [shown(school.read(each), NUUK) for each in around_midnight]
    assert found == [
        ("2027-03-26", "23:30", "00:15"),
        ("2027-03-28", "00:30", "01:45"),
        ("2027-03-28", "23:30", "00:45"),
    ]


def test_a_series_may_begin_in_a_night_that_skips_its_time_and_midnight(
    app: Flask, school: Any
) -> None:
    booked = school.session(
        enrolled_courses_id=school.enroll(school.student, timezone=NUUK),
        session_date="2027-03-27",
        start_time="23:30",
        end_time="00:15",
        rrule="FREQ=DAILY;COUNT=2",
    )
    with app.app_context():
        row = db.session.get_one(SessionSeries, booked["series_id"])
        assert row.starts_on == date(2027, 3, 27)
        assert series.rule_dates(row) == [date(2027, 3, 27), date(2027, 3, 28)]
