"""Students book free times themselves, and move and cancel what they booked."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from chassis.data.db import in_transaction
from chassis.testing import HeardOf, a_user, count_queries, overtaken, race
from tutoring_service import erasure
from tutoring_service.models import db
from tutoring_service.scheduling.self_booking import BookingLimitReached

from .support.booking import Booker
from .support.school import CANARY

TUESDAY = "2030-01-08T08:00:00Z"
"""09:00 in Berlin, where the tutor begins to work."""
NEXT, LAST = "2030-01-08T09:00:00Z", "2030-01-08T10:00:00Z"
THE_DAY = "from=2030-01-08&to=2030-01-08&tz=Europe/Berlin"
WEEK = "from=2030-01-07&to=2030-01-13&tz=Europe/Berlin"


@pytest.fixture(autouse=True)
def _new_year() -> Iterator[None]:
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def booker(school: Any) -> Booker:
    booker = Booker(school)
    booker.works()
    return booker


def refused_with(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


def test_a_student_books_a_free_time(school: Any, booker: Booker) -> None:
    assert booker.times(THE_DAY) == [TUESDAY, NEXT, LAST]
    booked = booker.book(NEXT, topics=["Verbs"], note="The third chapter, please.")
    assert booked.status_code == 201
    session = booked.json
    assert booked.headers["Location"] == f"/api/sessions/{session['id']}"
    assert booked.headers["ETag"] == '"1"'
    assert (session["starts_at"], session["ends_at"]) == (NEXT, LAST)
    assert (session["session_date"], session["start_time"]) == ("2030-01-08", "10:00:00")
    assert (session["topics"], session["note"]) == (["Verbs"], "The third chapter, please.")
    assert (session["status"], session["session_mode"]) == ("scheduled", "online")
    assert school.read(session["id"]) == session
    [listed] = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert listed["note"] == "The third chapter, please."
    assert booker.times(THE_DAY) == [TUESDAY, LAST]


def test_a_booking_that_is_sent_again_books_once(school: Any, booker: Booker) -> None:
    path, key = f"{booker.path}/bookings", {"Idempotency-Key": "once"}
    first, second = (
        school.post(path, school.student, {"starts_at": TUESDAY}, **key) for _ in range(2)
    )
    assert first.json == second.json
    assert len(school.client.get("/api/sessions", user=school.tutor).json["items"]) == 1


def test_in_a_course_where_one_asks_nothing_can_be_booked(school: Any, booker: Booker) -> None:
    session = booker.booked(TUESDAY)
    assert booker.change(booking="ask").status_code == 200
    assert booker.times(THE_DAY) == []
    assert refused_with(booker.book(NEXT)) == (409, "only_on_request")
    assert refused_with(booker.move(session, NEXT)) == (409, "only_on_request")
    asked = {"session_date": "2030-01-08", "start_time": "10:00", "end_time": "11:00"}
    assert school.post(f"{booker.path}/requests", school.student, asked).status_code == 201


def test_a_course_is_asked_for_unless_the_tutor_says_otherwise(school: Any) -> None:
    course = school.post("/api/courses", None, {"title": "Mishnah"}).json
    assert (course["booking"], course["session_minutes"]) == ("ask", 60)
    assert course["minimum_notice_minutes"] == 24 * 60
    assert (course["buffer_before_minutes"], course["buffer_after_minutes"]) == (0, 0)
    assert course["most_per_week"] is None
    enrollment = school.client.get(f"/api/enrollments/{school.enrollment_id}", user=school.tutor)
    assert enrollment.json["course_booking"] == "ask"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("booking", ["other", None]),
        ("session_minutes", [4, 721, None]),
        ("minimum_notice_minutes", [-1, 43201, None]),
        ("buffer_before_minutes", [-1, 241, None]),
        ("buffer_after_minutes", [-1, 241, None]),
        ("most_per_week", [0, 51]),
    ],
)
def test_what_a_course_says_of_booking_has_bounds(
    booker: Booker, name: str, values: list[Any]
) -> None:
    for value in values:
        refused = booker.change(**{name: value})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, f"/{name}")


@pytest.mark.parametrize(
    "starts_at",
    [
        "2030-01-08T08:30:00Z",
        "2030-01-08T08:00:01Z",
        "2030-01-08T11:00:00Z",
        "2030-01-08T07:00:00Z",
        "2199-12-31T23:59:59Z",
    ],
)
def test_a_time_off_the_grid_is_not_booked(booker: Booker, starts_at: str) -> None:
    assert refused_with(booker.book(starts_at)) == (409, "not_bookable")


def test_a_tutor_without_hours_has_no_bookable_times(school: Any) -> None:
    booker = Booker(school)
    assert booker.times(THE_DAY) == []
    assert refused_with(booker.book(TUESDAY)) == (409, "not_bookable")


def test_a_session_begins_after_the_notice_of_the_course(booker: Booker) -> None:
    booker.change(minimum_notice_minutes=90)
    with time_machine.travel("2030-01-08T07:30:00Z", tick=False):
        assert booker.times(THE_DAY) == [NEXT, LAST]
        refused = booker.book(TUESDAY)
        assert refused_with(refused) == (409, "notice_too_short")
        assert refused.json["earliest"] == NEXT
        assert booker.book(NEXT).status_code == 201
    with time_machine.travel("2030-01-08T08:30:00.000001Z", tick=False):
        assert booker.times(THE_DAY) == []
        assert refused_with(booker.book(LAST)) == (409, "notice_too_short")


def test_what_has_begun_is_not_booked_without_a_notice_either(booker: Booker) -> None:
    with time_machine.travel("2030-01-08T09:00:00.000001Z", tick=False):
        assert booker.times(THE_DAY) == [LAST]
        assert refused_with(booker.book(NEXT)) == (409, "notice_too_short")


@pytest.mark.parametrize(
    ("buffers", "left"),
    [
        ({"buffer_before_minutes": 1}, [TUESDAY]),
        ({"buffer_after_minutes": 1}, [LAST]),
        ({"buffer_before_minutes": 60, "buffer_after_minutes": 60}, []),
        ({}, [TUESDAY, LAST]),
    ],
)
def test_time_around_the_tutors_other_sessions_is_kept_free(
    school: Any, booker: Booker, buffers: dict[str, int], left: list[str]
) -> None:
    school.session(start_time="10:00", end_time="11:00")
    booker.change(**buffers)
    assert booker.times(THE_DAY) == left
    for starts_at in (TUESDAY, LAST):
        answer = booker.book(starts_at)
        if starts_at in left:
            assert answer.status_code == 201
        else:
            assert refused_with(answer) == (409, "time_conflict")
            assert (answer.json["who"], answer.json["session_id"]) == ("tutor", None)


def test_another_course_keeps_the_time_around_its_sessions(school: Any, booker: Booker) -> None:
    """Of the two times between two sessions the longer one counts, and not both together."""
    other = Booker(school, buffer_after_minutes=60, session_minutes=30)
    other.booked(TUESDAY)
    booker.change(buffer_before_minutes=30)
    assert booker.times(THE_DAY) == [LAST]
    assert refused_with(booker.book(NEXT)) == (409, "time_conflict")
    assert booker.book(LAST).status_code == 201


def test_a_tutor_who_learns_has_no_time_of_the_other_tutor_around_it(
    school: Any, booker: Booker
) -> None:
    hillel = a_user("hillel", "tutor")
    taken = school.enroll(school.tutor, hillel, buffer_after_minutes=240)
    lesson = {"enrolled_courses_id": taken, "start_time": "08:00", "end_time": "09:00"}
    assert school.book(hillel, **lesson).status_code == 201
    assert booker.times(THE_DAY) == [TUESDAY, NEXT, LAST]
    assert booker.book(TUESDAY).status_code == 201


def test_the_students_other_sessions_are_in_the_way_without_time_around_them(
    school: Any, booker: Booker
) -> None:
    booker.change(buffer_before_minutes=60, buffer_after_minutes=60)
    hillel = a_user("hillel", "tutor")
    elsewhere = school.enroll(school.student, hillel, buffer_after_minutes=60)
    lesson = {"enrolled_courses_id": elsewhere, "start_time": "10:00", "end_time": "11:00"}
    assert school.book(hillel, **lesson).status_code == 201
    assert booker.times(THE_DAY) == [TUESDAY, LAST]
    refused = booker.book(NEXT)
    assert refused_with(refused) == (409, "time_conflict")
    assert refused.json["who"] == "student"
    assert booker.book(LAST).status_code == 201


def test_a_week_has_so_many_sessions_of_an_enrolment(school: Any, booker: Booker) -> None:
    booker.change(most_per_week=2)
    sunday, monday = "2030-01-13T08:00:00Z", "2030-01-14T08:00:00Z"
    school.session(enrolled_courses_id=booker.enrollment_id, start_time="10:00", end_time="11:00")
    cancelled = booker.booked(TUESDAY)
    assert booker.times(WEEK) == []
    refused = booker.book(sunday)
    assert refused_with(refused) == (409, "week_full")
    assert refused.json["most"] == 2
    assert booker.times("from=2030-01-14&to=2030-01-14&tz=Europe/Berlin")[0] == monday
    assert booker.book(monday).status_code == 201
    school.act(cancelled, "cancel", user=school.student)
    assert sunday in booker.times(WEEK)
    assert booker.book(sunday).status_code == 201


def test_the_week_ends_with_sunday_in_the_zone_of_the_enrolment(school: Any) -> None:
    booker = Booker(school, timezone="Pacific/Auckland", most_per_week=1)
    booker.works("00:00", "02:00")
    sunday, monday = "2030-01-12T11:00:00Z", "2030-01-13T11:00:00Z"
    assert booker.book(sunday).status_code == 201
    assert refused_with(booker.book("2030-01-12T12:00:00Z")) == (409, "week_full")
    assert booker.book(monday).status_code == 201


def test_only_the_student_of_an_active_enrolment_books(
    school: Any, booker: Booker, heard: HeardOf
) -> None:
    for stranger, status in ((school.tutor, 403), (a_user("stranger"), 404)):
        assert booker.book(TUESDAY, stranger).status_code == status
        listed = school.client.get(f"{booker.path}/bookable-times", user=stranger)
        assert listed.status_code == status
    session = booker.booked(TUESDAY)
    assert booker.move(session, NEXT, school.tutor).status_code == 403
    heard.block(school.tutor, school.student)
    assert booker.times(THE_DAY) == []
    assert refused_with(booker.book(NEXT)) == (409, "kept_apart")
    assert refused_with(booker.move(session, NEXT)) == (409, "kept_apart")
    heard.unblock(school.tutor, school.student)
    school.post(f"{booker.path}/pause", school.student)
    assert booker.times(THE_DAY) == []
    assert refused_with(booker.book(NEXT)) == (409, "enrollment_not_active")
    assert refused_with(booker.move(session, NEXT)) == (409, "enrollment_not_active")


def test_the_tutor_books_as_before(school: Any, booker: Booker) -> None:
    booker.change(most_per_week=1, buffer_after_minutes=240, minimum_notice_minutes=43200)
    for start, end in (("09:10", "09:50"), ("10:05", "10:45")):
        school.session(enrolled_courses_id=booker.enrollment_id, start_time=start, end_time=end)


def test_a_student_moves_a_session_to_another_bookable_time(school: Any, booker: Booker) -> None:
    session = booker.booked(TUESDAY, topics=["Verbs"], note="Please")
    moving = f"{THE_DAY}&session_id={session['id']}"
    assert booker.times(moving) == [NEXT, LAST]
    moved = booker.move(session, LAST)
    assert (moved.status_code, moved.headers["ETag"]) == (200, '"2"')
    kept = {name: session[name] for name in ("id", "topics", "note", "duration", "status")}
    assert {name: moved.json[name] for name in kept} == kept
    assert (moved.json["starts_at"], moved.json["start_time"]) == (LAST, "11:00:00")
    path = f"/api/sessions/{session['id']}/history"
    [change] = school.client.get(path, user=school.tutor).json["items"]
    assert (change["kind"], change["changed_by"]) == ("rescheduled", str(school.student.id))
    assert (change["before"]["starts_at"], change["after"]["starts_at"]) == (TUESDAY, LAST)
    assert booker.move(session, NEXT).status_code == 412
    assert booker.move(moved.json, LAST).json == moved.json
    assert booker.times(THE_DAY) == [TUESDAY, NEXT]


def test_a_session_is_moved_only_to_where_it_could_be_booked(school: Any, booker: Booker) -> None:
    session = booker.booked(TUESDAY)
    school.session(start_time="10:00", end_time="11:00")
    assert refused_with(booker.move(session, NEXT)) == (409, "time_conflict")
    assert refused_with(booker.move(session, "2030-01-08T08:30:00Z")) == (409, "not_bookable")
    booker.change(minimum_notice_minutes=43200)
    assert refused_with(booker.move(session, LAST)) == (409, "notice_too_short")
    assert school.read(session["id"])["version"] == 1


def test_a_full_week_lets_its_own_sessions_move_within_it(booker: Booker) -> None:
    booker.change(most_per_week=1)
    session = booker.booked(TUESDAY)
    booker.booked("2030-01-15T08:00:00Z")
    refused = booker.move(session, "2030-01-15T10:00:00Z")
    assert refused_with(refused) == (409, "week_full")
    assert booker.move(session, LAST).status_code == 200


def test_a_session_that_moves_keeps_its_length(school: Any, booker: Booker) -> None:
    booker.works("09:00", "13:00")
    longer = school.session(
        enrolled_courses_id=booker.enrollment_id, start_time="09:00", end_time="11:00"
    )
    assert booker.times(f"{THE_DAY}&session_id={longer['id']}") == [LAST]
    assert booker.move(longer, LAST).json["duration"] == 120


def test_one_session_of_a_series_moves_alone(school: Any, booker: Booker) -> None:
    first, second = school.session(
        enrolled_courses_id=booker.enrollment_id,
        start_time="09:00",
        end_time="10:00",
        rrule="FREQ=WEEKLY;COUNT=2",
    )["occurrences"]
    assert booker.move(school.read(first["id"]), LAST).status_code == 200
    assert school.read(second["id"])["starts_at"] == "2030-01-15T08:00:00Z"
    later = {"start_time": "11:30", "end_time": "12:00"}
    assert school.patch(school.read(second["id"]), later, scope="all").status_code == 200
    assert school.read(first["id"])["starts_at"] == LAST


def test_after_the_notice_a_student_neither_moves_nor_cancels(school: Any, booker: Booker) -> None:
    booker.change(cancel_notice_hours=2)
    session = booker.booked(LAST)
    moving = f"{WEEK}&session_id={session['id']}"
    with time_machine.travel("2030-01-08T08:00:00Z", tick=False):
        assert "2030-01-09T08:00:00Z" in booker.times(moving)
    with time_machine.travel("2030-01-08T08:00:00.000001Z", tick=False):
        assert booker.times(moving) == []
        for refused in (
            booker.move(session, "2030-01-09T08:00:00Z"),
            school.act(session, "cancel", user=school.student),
        ):
            assert refused_with(refused) == (409, "deadline_passed")
            assert refused.json["deadline"] == "2030-01-08T08:00:00Z"
        assert school.read(session["id"])["status"] == "scheduled"
        assert school.act(session, "cancel").json["late_cancel"] is True
        assert refused_with(booker.move(session, NEXT)) == (412, "precondition_failed")
        again = school.act(session, "cancel", user=school.student)
        assert (again.status_code, again.json["status"]) == (200, "cancelled")


def test_a_student_who_is_kept_apart_from_the_tutor_is_not_held_to_the_notice(
    school: Any, booker: Booker, heard: HeardOf
) -> None:
    session = booker.booked(LAST)
    heard.block(school.student, school.tutor)
    with time_machine.travel("2030-01-08T09:00:00Z", tick=False):
        cancelled = school.act(session, "cancel", user=school.student)
    assert (cancelled.status_code, cancelled.json["late_cancel"]) == (200, True)


def test_within_the_notice_a_student_cancels(school: Any, booker: Booker) -> None:
    session = booker.booked(LAST)
    cancelled = school.act(session, "cancel", user=school.student).json
    assert (cancelled["status"], cancelled["late_cancel"]) == ("cancelled", False)
    assert booker.times(THE_DAY) == [TUESDAY, NEXT, LAST]
    assert refused_with(booker.move(cancelled, NEXT)) == (409, "not_changeable")


def test_a_series_is_cancelled_by_the_student_while_its_first_is_not_late(
    school: Any, booker: Booker
) -> None:
    first, second = school.session(
        enrolled_courses_id=booker.enrollment_id,
        start_time="09:00",
        end_time="10:00",
        rrule="FREQ=WEEKLY;COUNT=2",
    )["occurrences"]
    with time_machine.travel("2030-01-07T12:00:00Z", tick=False):
        refused = school.act(first, "cancel", {"scope": "all"}, school.student)
        assert refused_with(refused) == (409, "deadline_passed")
        assert {school.read(one["id"])["status"] for one in (first, second)} == {"scheduled"}
        following = school.act(second, "cancel", {"scope": "future"}, school.student)
        assert following.json["status"] == "cancelled"
        assert school.read(first["id"])["status"] == "scheduled"


def test_times_are_those_of_ones_own_session(school: Any, booker: Booker) -> None:
    elsewhere = school.session(start_time="10:00", end_time="11:00")
    for session_id in (elsewhere["id"], 2147483647):
        path = f"{booker.path}/bookable-times?session_id={session_id}"
        assert school.client.get(path, user=school.student).status_code == 404


def test_a_search_for_times_is_bounded(school: Any, booker: Booker) -> None:
    path = f"{booker.path}/bookable-times?from=2030-01-01&to=2031-01-01"
    assert school.client.get(path, user=school.student).status_code == 422
    booker.works("00:00", "00:00")
    booker.change(session_minutes=5)
    assert len(booker.times("from=2030-02-01&to=2030-04-30")) == 2000


def test_a_search_for_times_takes_as_many_queries_however_much_is_booked(
    app: Flask, school: Any, booker: Booker
) -> None:
    booker.change(most_per_week=3, buffer_after_minutes=10)

    def searched() -> int:
        with count_queries(app) as statements:
            booker.times("from=2030-01-01&to=2030-03-31")
        return len(statements)

    before = searched()
    school.session(
        enrolled_courses_id=booker.enrollment_id, rrule="FREQ=DAILY;COUNT=60", force=True
    )
    assert searched() == before <= 5


def test_a_student_who_books_has_so_many_sessions_to_come(
    school: Any, booker: Booker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BookingLimitReached, "most", 2)
    first = booker.booked(TUESDAY)
    booker.booked(NEXT)
    assert refused_with(booker.book(LAST)) == (409, "booking_limit_reached")
    # One that was cancelled makes room on the next day, so that the tutor is not told all day long.
    school.act(first, "cancel", user=school.student)
    assert refused_with(booker.book(LAST)) == (409, "booking_limit_reached")
    with time_machine.travel("2030-01-02T12:00:01Z", tick=False):
        assert booker.book(LAST).status_code == 201


@pytest.mark.usefixtures("race_round")
def test_sixteen_students_book_one_time_and_one_gets_it(booker: Booker) -> None:
    students = [booker.another(f"student{number}") for number in range(16)]
    answers = race([lambda s=s: s.book(TUESDAY) for s in students])
    refusals = [refused_with(answer) for answer in answers if answer.status_code != 201]
    assert refusals == [(409, "time_conflict")] * 15


@pytest.mark.usefixtures("race_round")
def test_of_two_times_that_only_a_buffer_parts_one_is_booked(booker: Booker) -> None:
    booker.change(buffer_after_minutes=5)
    first, second = booker.another("david"), booker.another("miriam")
    answers = race([lambda: first.book(TUESDAY), lambda: second.book(NEXT)] * 2)
    assert [answer.status_code for answer in answers].count(201) == 1
    codes = {answer.json["code"] for answer in answers if answer.status_code != 201}
    assert codes == {"time_conflict"}


@pytest.mark.usefixtures("race_round")
def test_the_last_session_of_a_week_is_booked_once(booker: Booker) -> None:
    booker.change(most_per_week=1)
    answers = race([lambda at=at: booker.book(at) for at in (TUESDAY, NEXT, LAST)])
    assert sorted(refused_with(answer)[1] or "" for answer in answers) == ["", *["week_full"] * 2]


@pytest.mark.usefixtures("race_round")
def test_a_session_moves_to_one_of_two_times_at_once(school: Any, booker: Booker) -> None:
    session, david = booker.booked(TUESDAY), booker.another("david")
    answers = race(
        [
            lambda: booker.move(session, NEXT),
            lambda: booker.move(session, LAST),
            lambda: david.book(NEXT),
            lambda: school.patch(session, {"start_time": "09:15", "end_time": "10:00"}),
        ]
    )
    assert all(answer.status_code in (200, 201, 409, 412) for answer in answers)
    moves = [answers[0], answers[1], answers[3]]
    assert [answer.status_code for answer in moves].count(200) == 1
    assert school.read(session["id"])["version"] == 2


@pytest.mark.usefixtures("race_round")
def test_bookings_while_the_tutor_changes_course_and_hours_are_made_or_refused(
    school: Any, booker: Booker
) -> None:
    students = [booker.another(f"student{number}") for number in range(4)]
    works = [lambda s=s, at=at: s.book(at) for s in students for at in (TUESDAY, NEXT)]
    works += [
        lambda: booker.change(booking="ask"),
        lambda: booker.works("10:00", "12:00"),
        lambda: school.post(f"{booker.path}/pause", school.student),
    ]
    answers = race(works)
    allowed = {None, "time_conflict", "only_on_request", "not_bookable"}
    assert {answer.json.get("code") for answer in answers} <= allowed
    assert [answer.status_code for answer in answers[:8]].count(201) <= 2


def test_a_booking_waits_for_a_change_of_the_course(app: Flask, booker: Booker) -> None:
    change = "UPDATE courses SET booking = 'ask'"
    refused = overtaken(app, change, lambda: booker.book(TUESDAY))
    assert refused_with(refused) == (409, "only_on_request")


def test_a_booking_waits_for_a_change_of_the_hours(app: Flask, booker: Booker) -> None:
    change = "UPDATE tutor_availability SET weekly = '[]'"
    refused = overtaken(app, change, lambda: booker.book(TUESDAY))
    assert refused_with(refused) == (409, "not_bookable")


def test_a_booking_waits_for_the_end_of_the_enrolment(app: Flask, booker: Booker) -> None:
    change = "UPDATE enrolled_courses SET status = 'paused'"
    refused = overtaken(app, change, lambda: booker.book(TUESDAY))
    assert refused_with(refused) == (409, "enrollment_not_active")


def test_a_move_waits_for_a_cancellation(app: Flask, school: Any, booker: Booker) -> None:
    session = booker.booked(TUESDAY)
    change = (
        "UPDATE sessions SET status = 'cancelled';"
        "UPDATE session_bookings SET held = false, version = 2"
    )
    refused = overtaken(app, change, lambda: booker.move(session, NEXT))
    assert refused.status_code == 412
    assert school.read(session["id"])["starts_at"] == TUESDAY


def test_a_move_is_a_revision_for_calendars_and_sets_reminders_again(
    school: Any, booker: Booker
) -> None:
    session = booker.booked(TUESDAY)
    reminder = f"/api/sessions/{session['id']}/reminder"
    choice = {"alarm_enabled": True, "alarm_before_minutes": 30}
    school.client.put(reminder, user=school.student, json=choice)
    url = school.post("/api/sessions/calendar", school.student).json["url"]
    feed = str(url).removeprefix("http://lyceum.test")
    assert "SEQUENCE:0" in school.client.get(feed).text
    assert booker.move(session, LAST).status_code == 200
    assert "SEQUENCE:1" in school.client.get(feed).text
    due_at = school.client.get(reminder, user=school.student).json["due_at"]
    assert due_at == "2030-01-08T09:30:00Z"


def test_what_a_student_wrote_to_a_booking_is_exported_and_erased(
    app: Flask, school: Any, booker: Booker
) -> None:
    session = booker.booked(TUESDAY, note=CANARY)
    exported = school.client.get("/internal/export", user=school.student, peer="gateway").json
    assert [row["note"] for row in exported["session_bookings"]] == [CANARY]
    with app.app_context():
        in_transaction(db.session, lambda: erasure.erase(school.student.id))
    assert school.read(session["id"])["note"] is None
