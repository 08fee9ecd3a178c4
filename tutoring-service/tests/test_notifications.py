"""Which people are notified of what happens to enrolments and sessions, by whom, and each of them once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from chassis import testing
from chassis.clock import rfc3339
from chassis.data.db import in_transaction
from chassis.testing import User, a_user, race
from chassis.testing.calendars import (
    Diary,
    Program,
    read_by_ical_js,
    read_by_icalendar,
    read_by_vobject,
)
from tutoring_service import calendars
from tutoring_service.erasure import erase
from tutoring_service.models import db, messages

from .support.booking import Booker

Requests = Callable[[], list[dict[str, Any]]]
News = Callable[[], list[tuple[str, list[str], str | None]]]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("tutoring_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def requests(app: Flask) -> Requests:
    """The events that asked for notifications since this was called the last time, in order."""
    return lambda: testing.requested_notifications(app, messages)


@pytest.fixture
def news(requests: Requests) -> News:
    """The same, as (kind, who is told, who did it)."""
    return lambda: [
        (event["data"]["kind"], sorted(event["data"]["user_ids"]), event["actor"])
        for event in requests()
    ]


@pytest.fixture
def naomi() -> User:
    return a_user("naomi")


def ids(*people: User) -> list[str]:
    return sorted(str(person.id) for person in people)


def facts_of(event: dict[str, Any]) -> Any:
    return event["data"]["data"]


def follow(school: Any, parent: User) -> Any:
    codes = f"/api/enrollments/{school.enrollment_id}/parent-codes"
    code = school.post(codes, school.student).json["code"]
    joined = school.post("/api/enrollments/join", parent, {"code": code})
    assert joined.status_code == 200
    return joined


def test_the_tutor_is_told_of_a_new_student(school: Any, requests: Requests, naomi: User) -> None:
    course = school.post("/api/courses", None, {"title": "Mishnah"}).json
    requests()
    enrolled = school.post("/api/enrollments", naomi, {"course_id": course["id"]}).json
    assert school.post("/api/enrollments", naomi, {"course_id": course["id"]}).status_code == 409
    [event] = requests()
    assert (event["data"]["kind"], event["data"]["user_ids"]) == (
        "student_enrolled",
        ids(school.tutor),
    )
    # Of the one course, so that one unread notification tells of all who enrol.
    assert (event["actor"], event["aggregate_id"]) == (str(naomi.id), f"course:{course['id']}")
    assert facts_of(event) == {
        "title": "Mishnah",
        "course_id": course["id"],
        "enrollment_id": enrolled["id"],
        "path": f"/api/enrollments/{enrolled['id']}",
    }


@pytest.mark.usefixtures("race_round")
def test_enrolling_twice_at_once_is_told_once(
    app: Flask, school: Any, news: News, naomi: User
) -> None:
    course = school.post("/api/courses", None, {"title": "Mishnah"}).json
    news()
    body = {"course_id": course["id"]}
    race([lambda: app.test_client().post("/api/enrollments", json=body, user=naomi)] * 4)
    assert news() == [("student_enrolled", ids(school.tutor), str(naomi.id))]


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["pause"], "paused"),
        (["pause", "resume"], "active"),
        (["complete"], "completed"),
        (["cancel"], "cancelled"),
    ],
)
def test_the_others_are_told_how_an_enrolment_goes_on(
    school: Any, requests: Requests, naomi: User, steps: list[str], status: str
) -> None:
    follow(school, naomi)
    *before, last = steps
    for step in before:
        school.post(f"/api/enrollments/{school.enrollment_id}/{step}")
    requests()
    for _ in range(2):
        school.post(f"/api/enrollments/{school.enrollment_id}/{last}")
    [event] = requests()
    assert (event["data"]["kind"], event["actor"]) == ("enrollment_changed", str(school.tutor.id))
    assert sorted(event["data"]["user_ids"]) == ids(school.student, naomi)
    assert event["aggregate_id"] == f"enrollment:{school.enrollment_id}"
    assert facts_of(event)["status"] == status


@time_machine.travel("2030-01-01T12:00:00Z", tick=False)
def test_the_tutor_and_the_parents_are_told_what_a_student_books_moves_and_cancels(
    school: Any, requests: Requests, naomi: User
) -> None:
    booker = Booker(school)
    booker.works()
    follow(replace(school, enrollment_id=booker.enrollment_id), naomi)
    requests()
    session = booker.booked("2030-01-08T08:00:00Z")
    booker.move(session, "2030-01-08T09:00:00Z")
    assert booker.move(session, "2030-01-08T10:00:00Z").status_code == 412
    school.act(session, "cancel", {"reason": "I am ill."}, school.student)
    events = requests()
    kinds = [event["data"]["kind"] for event in events]
    assert kinds == ["session_booked", "session_moved", "session_cancelled"]
    told = {tuple(sorted(event["data"]["user_ids"])) for event in events}
    assert told == {tuple(ids(school.tutor, naomi))}
    assert {event["actor"] for event in events} == {str(school.student.id)}
    told_to_calendars = [event["data"]["calendar"][0] for event in events]
    assert {each["uid"] for each in told_to_calendars} == {f"session-{session['id']}@lyceum"}
    assert [each["sequence"] for each in told_to_calendars] == [0, 1, 2]
    moved = facts_of(events[1])
    assert (moved["previous_starts_at"], moved["starts_at"]) == (
        "2030-01-08T08:00:00Z",
        "2030-01-08T09:00:00Z",
    )


@pytest.mark.usefixtures("race_round")
def test_pausing_twice_at_once_is_told_once(app: Flask, school: Any, news: News) -> None:
    news()
    path, student = f"/api/enrollments/{school.enrollment_id}/pause", school.student
    race([lambda: app.test_client().post(path, user=student)] * 4)
    assert news() == [("enrollment_changed", ids(school.tutor), str(student.id))]


def test_the_student_is_told_that_an_enrolment_is_deleted(school: Any, requests: Requests) -> None:
    path = f"/api/enrollments/{school.enrollment_id}"
    requests()
    assert school.client.delete(path, user=school.tutor).status_code == 204
    [event] = requests()
    assert event["data"]["user_ids"] == ids(school.student)
    facts = facts_of(event)
    assert (facts["status"], facts["path"]) == ("deleted", "/api/enrollments")


def test_the_student_and_the_tutor_are_told_of_a_parent(
    school: Any, requests: Requests, naomi: User
) -> None:
    requests()
    for _ in range(2):
        follow(school, naomi)
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    answers = [school.client.delete(path, user=naomi).status_code for _ in range(2)]
    assert answers == [204, 404]
    joined, left = requests()
    for event, kind in ((joined, "parent_joined"), (left, "parent_left")):
        assert (event["data"]["kind"], event["actor"]) == (kind, str(naomi.id))
        assert sorted(event["data"]["user_ids"]) == ids(school.student, school.tutor)
    assert facts_of(left)["removed"] is False


def test_a_parent_who_is_removed_is_told_by_whom(
    school: Any, requests: Requests, naomi: User
) -> None:
    follow(school, naomi)
    school.session()
    school.session(session_date="2030-05-07", rrule="FREQ=WEEKLY;COUNT=4")
    requests()
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    body = {"reason": "I am of age now."}
    for _ in range(2):
        assert school.client.delete(path, json=body, user=school.student).status_code == 204
    left, removed = requests()
    assert (left["data"]["kind"], left["data"]["user_ids"]) == ("parent_left", ids(school.tutor))
    assert facts_of(left)["removed"] is True
    assert (removed["data"]["kind"], removed["data"]["user_ids"]) == ("removed", ids(naomi))
    assert removed["actor"] == str(school.student.id)
    assert facts_of(removed)["reason"] == body["reason"]
    assert facts_of(removed)["path"] == "/api/enrollments"
    # Of each lesson and series one event, which takes it out of their calendar.
    over = removed["data"]["calendar"]
    assert {(each["status"], each["sequence"]) for each in over} == {("CANCELLED", 1)}
    assert len(over) == 2


def a_request(school: Any) -> str:
    """The address of a student's request for a session."""
    path = f"/api/enrollments/{school.enrollment_id}/requests"
    body = {"session_date": "2030-01-08", "start_time": "10:00", "end_time": "11:00"}
    return f"{path}/{school.post(path, school.student, body).json['id']}"


@pytest.mark.parametrize("body", [{"reason": "I teach another class then."}, {}])
def test_a_declined_request_tells_the_reason(
    school: Any, requests: Requests, body: dict[str, str]
) -> None:
    path = a_request(school)
    requests()
    for _ in range(2):
        assert school.post(f"{path}/decline", None, body).status_code == 200
    [event] = requests()
    asked = event["data"]
    assert (asked["kind"], asked["user_ids"]) == ("session_request_declined", ids(school.student))
    assert (event["actor"], facts_of(event)["reason"]) == (
        str(school.tutor.id),
        body.get("reason"),
    )
    assert (asked["author"], asked["words"]) == (str(school.tutor.id), ["reason"])


@pytest.mark.parametrize("reason", ["", "x" * 501, 7, "a\u0000b"])
def test_a_bad_reason_is_named(school: Any, reason: object) -> None:
    refused = school.post(f"{a_request(school)}/decline", None, {"reason": reason})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/reason")


def test_the_tutor_is_told_of_a_request_that_is_withdrawn(school: Any, news: News) -> None:
    path = a_request(school)
    news()
    for _ in range(2):
        school.post(f"{path}/withdraw", school.student)
    withdrawn = ("session_request_withdrawn", ids(school.tutor), str(school.student.id))
    assert news() == [withdrawn]


def test_the_student_is_told_of_a_request_that_is_accepted(school: Any, news: News) -> None:
    path = a_request(school)
    news()
    for _ in range(2):
        school.post(f"{path}/accept")
    assert news() == [("session_booked", ids(school.student), str(school.tutor.id))]


def test_each_is_told_of_what_the_other_wrote(school: Any, requests: Requests, naomi: User) -> None:
    follow(school, naomi)
    session = school.completed()
    requests()
    for author in (school.student, naomi, school.tutor):
        assert school.act(session, "reviews", {"rating": 4}, author).status_code == 201
    assert school.act(session, "reviews", {"rating": 4}, naomi).status_code == 409
    events = requests()
    told = [sorted(event["data"]["user_ids"]) for event in events]
    assert told == [ids(school.tutor), ids(school.tutor), ids(school.student, naomi)]
    assert {event["data"]["kind"] for event in events} == {"review_received"}
    facts = facts_of(events[0])
    path = f"/api/sessions/{session['id']}/reviews"
    assert (facts["rating"], facts["path"]) == (4, path)


def test_a_move_tells_the_old_and_the_new_time(school: Any, requests: Requests) -> None:
    session = school.session()
    requests()
    moved = school.patch(session, {"start_time": "15:00", "end_time": "16:00"}).json
    school.patch(moved, {"topics": ["Verbs"]})
    [event] = requests()
    assert (event["data"]["kind"], event["data"]["user_ids"]) == (
        "session_moved",
        ids(school.student),
    )
    facts = facts_of(event)
    times = facts["previous_starts_at"], facts["starts_at"]
    assert times == (session["starts_at"], moved["starts_at"])
    later = datetime.fromisoformat(session["starts_at"]) + timedelta(hours=5)
    assert moved["starts_at"] == rfc3339(later)


def test_where_a_lesson_is_is_told_until_it_is_cancelled_and_goes_with_either_person(
    school: Any, requests: Requests
) -> None:
    requests()
    session = school.session(session_mode="in-person", location="12 Jaffa Road")
    moved = school.patch(session, {"start_time": "15:00", "end_time": "16:00"}).json
    school.act(moved, "cancel", {"reason": "A cold."}, school.student)
    booked, later, cancelled = (event["data"] for event in requests())
    for told in (booked, later):
        assert told["data"]["location"] == "12 Jaffa Road"
        people = (told["author"], told["coauthor"])
        assert (people, told["words"]) == (
            (str(school.tutor.id), str(school.student.id)),
            ["location"],
        )
    assert "location" not in cancelled["data"]
    assert (cancelled["author"], cancelled["words"]) == (str(school.student.id), ["reason"])


@pytest.mark.parametrize("reason", ["I have caught a cold.", None])
def test_a_cancellation_tells_the_reason(
    school: Any, requests: Requests, reason: str | None
) -> None:
    session = school.session()
    requests()
    for _ in range(2):
        school.act(session, "cancel", {"reason": reason}, school.student)
    [event] = requests()
    assert event["data"]["user_ids"] == ids(school.tutor)
    assert (event["actor"], facts_of(event)["reason"]) == (str(school.student.id), reason)


def test_a_deletion_of_a_session_tells_no_reason(school: Any, requests: Requests) -> None:
    session = school.session()
    requests()
    school.client.delete(f"/api/sessions/{session['id']}", user=school.tutor)
    [event] = requests()
    assert (event["data"]["kind"], facts_of(event)["reason"]) == ("session_cancelled", None)


def test_the_others_are_told_of_a_deleted_student_and_a_deleted_parent(
    app: Flask, school: Any, news: News, naomi: User
) -> None:
    follow(school, naomi)
    news()

    def erased(person: User) -> None:
        with app.app_context():
            in_transaction(db.session, lambda: erase(person.id))

    for _ in range(2):
        erased(naomi)
    both = ids(school.student, school.tutor)
    assert news() == [("parent_left", both, str(naomi.id))]
    with time_machine.travel("2030-01-01T00:00:00Z"):
        erased(school.student)
    assert news() == [("enrollment_changed", ids(school.tutor), str(school.student.id))]


def told_to_calendars(requests: Requests) -> list[dict[str, Any]]:
    [event] = requests()
    told: list[dict[str, Any]] = event["data"]["calendar"]
    return told


def of_feed(app: Flask, school: Any) -> list[tuple[str, int]]:
    """UID and SEQUENCE of what the student's feed has."""
    with app.app_context():
        period = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
        events = calendars.of_person(school.student.id, *period)
    return [(event.uid, event.sequence) for event in events if event.occurrence is None]


def test_calendars_are_told_of_a_series_by_its_rule(
    app: Flask, school: Any, requests: Requests
) -> None:
    requests()
    first = school.session(session_date="2030-05-07", rrule="FREQ=WEEKLY;COUNT=6")
    [booked] = told_to_calendars(requests)
    assert (booked["uid"], booked["sequence"]) in of_feed(app, school)
    assert (booked["rule"], booked["timezone"]) == ("FREQ=WEEKLY;COUNT=6", "Europe/Berlin")
    ids = [each["id"] for each in first["occurrences"]]
    school.act(school.read(ids[1]), "cancel")
    [without] = told_to_calendars(requests)
    assert without["left_out"] == ["2030-05-14"]
    later = {"start_time": "12:00", "end_time": "13:00"}
    school.patch(school.read(ids[3]), later, scope="future")
    left_behind, moved = sorted(told_to_calendars(requests), key=lambda each: each["starts_at"])
    assert [(each["uid"], each["sequence"]) for each in (left_behind, moved)] == of_feed(
        app, school
    )
    assert left_behind["last_starts_at"] == "2030-05-21T08:00:00Z"
    assert moved["starts_at"] == "2030-05-28T10:00:00Z"
    school.act(school.read(ids[3]), "cancel", {"scope": "future"})
    [over] = told_to_calendars(requests)
    assert (over["uid"], over["status"], "rule" in over) == (moved["uid"], "CANCELLED", False)


PROGRAMS = [read_by_icalendar, read_by_vobject, read_by_ical_js]


def said_by_the_api(school: Any) -> list[tuple[datetime, datetime]]:
    items = school.client.get("/api/sessions?limit=100", user=school.student).json["items"]
    times = [
        (each["starts_at"], each["ends_at"]) for each in items if each["status"] != "cancelled"
    ]
    return sorted(
        (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in times
    )


def times_in(diary: Diary, read: Program) -> list[tuple[datetime, datetime]]:
    return [(one.starts_at, one.ends_at) for one in diary.shown_by(read)]


LATER, EVENING = ({"start_time": f"{hour}:00", "end_time": f"{hour}:30"} for hour in (12, 20))
# Of which occurrence, to what time or cancelled, and whether of those after it.
CHANGES = [
    (1, None, "this"),
    (2, LATER, "this"),
    (4, LATER, "future"),
    (0, None, "this"),
    (2, EVENING, "future"),
    (4, None, "future"),
    (2, None, "future"),
]


@pytest.mark.parametrize(
    "changes", [CHANGES, [(0, LATER, "future"), (0, None, "future")]], ids=["some", "all"]
)
@pytest.mark.parametrize("read", PROGRAMS)
def test_a_calendar_that_emails_keep_shows_what_the_api_says(
    school: Any,
    requests: Requests,
    read: Program,
    changes: Sequence[tuple[int, dict[str, str] | None, str]],
) -> None:
    requests()
    diary = Diary()
    first = school.session(session_date="2030-05-07", rrule="FREQ=WEEKLY;COUNT=6")
    ids = [each["id"] for each in first["occurrences"]]

    def shown() -> list[tuple[datetime, datetime]]:
        for event in requests():
            diary.hear(event["data"]["calendar"], "Hebrew")
        return times_in(diary, read)

    assert shown() == said_by_the_api(school)
    for number, change, scope in changes:
        session = school.read(ids[number])
        if change:
            assert school.patch(session, change, scope=scope).status_code == 200
        else:
            assert school.act(session, "cancel", {"scope": scope}).status_code == 200
        assert shown() == said_by_the_api(school), (number, change, scope)
    assert not diary.shown_by(read)


@pytest.mark.parametrize("read", PROGRAMS)
def test_a_calendar_that_emails_keep_lets_go_of_a_rule_that_is_given_up(
    school: Any, requests: Requests, read: Program
) -> None:
    requests()
    diary = Diary()
    # On the second Tuesday of each month; a week later, no rule says them.
    first = school.session(session_date="2030-05-14", rrule="FREQ=MONTHLY;BYDAY=2TU;COUNT=4")
    told = []
    for session_date, scope in (("2030-05-21", "all"), ("2030-05-22", "future")):
        change = {"session_date": session_date}
        assert school.patch(school.read(first["id"]), change, scope=scope).status_code == 200
        for event in requests():
            told += event["data"]["calendar"]
            diary.hear(event["data"]["calendar"], "Hebrew")
        assert times_in(diary, read) == said_by_the_api(school)
    assert {each["status"] for each in told if "series" in each["uid"]} == {
        "CONFIRMED",
        "CANCELLED",
    }


@pytest.mark.parametrize("read", PROGRAMS)
def test_a_calendar_that_emails_keep_has_a_series_of_which_some_are_deleted(
    school: Any, requests: Requests, read: Program
) -> None:
    requests()
    diary = Diary()
    first = school.session(session_date="2030-05-07", rrule="FREQ=WEEKLY;COUNT=4")
    ids = [each["id"] for each in first["occurrences"]]
    for number in (1, 2):
        for change in (LATER, EVENING):
            assert school.patch(school.read(ids[number]), change).status_code == 200
        school.client.delete(f"/api/sessions/{ids[number]}", user=school.tutor)
    assert school.patch(school.read(ids[3]), LATER).status_code == 200
    for event in requests():
        diary.hear(event["data"]["calendar"], "Hebrew")
    assert times_in(diary, read) == said_by_the_api(school)


def test_calendars_are_told_of_a_session_that_is_deleted(school: Any, requests: Requests) -> None:
    session = school.session()
    requests()
    school.client.delete(f"/api/sessions/{session['id']}", user=school.tutor)
    [over] = told_to_calendars(requests)
    assert (over["status"], over["sequence"]) == ("CANCELLED", 1)
