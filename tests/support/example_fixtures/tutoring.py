"""Tutoring: a tutor teaches a student, and Naomi may follow as the parent."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from ..people import Person, agreed
from .callers import Call, Callers, Fixtures, account, reader, token_of_feed

DAY_OF_THE_EXAMPLES = "2030-03-05"
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ALWAYS = [{"weekday": day, "start_time": "00:00", "end_time": "00:00"} for day in WEEKDAYS]
# In days from today: each session has a day of its own, after those that a student is offered to book.
DISTANCES = count(30)


def tutor(callers: Callers) -> Call:
    return Call(_tutor(callers), _enrolled(callers))


def student(callers: Callers) -> Call:
    return Call(_student(callers), _enrolled(callers))


def tutor_with_a_free_day(callers: Callers) -> Call:
    return _day_of_the_examples_is_free(callers, tutor(callers))


def student_with_a_free_day(callers: Callers) -> Call:
    return _day_of_the_examples_is_free(callers, student(callers))


def admin(callers: Callers) -> Call:
    return Call(callers["admin"], {})


def colleague(callers: Callers) -> Call:
    """A tutor whose working hours no other test relies on."""
    return Call(callers.author, {})


def student_of_a_new_course(callers: Callers) -> Call:
    course = agreed(_tutor(callers).post("/api/courses", {"title": "Aramaic"}))
    return Call(_student(callers), {"course_id": course["id"]})


def tutor_of_a_course(callers: Callers) -> Call:
    values = student_of_a_new_course(callers).values
    return Call(_tutor(callers), {**values, "version": 1})


def student_of_a_tutor_with_hours(callers: Callers) -> Call:
    hours = {"timezone": "UTC", "weekly": ALWAYS}
    agreed(_tutor(callers).put("/api/tutors/me/availability", hours))
    return student(callers)


def student_who_books(callers: Callers) -> Call:
    """A student of a course that is booked by its students, whose tutor works then."""
    call = student_of_a_tutor_with_hours(callers)
    path = f"/api/courses/{call.values['course_id']}"
    booked_by_students = {"booking": "book", "most_per_week": None}
    agreed(_tutor(callers).patch(path, booked_by_students, headers={"If-Match": "*"}))
    return _day_of_the_examples_is_free(callers, call)


def student_who_has_booked(callers: Callers) -> Call:
    call = student_who_books(callers)
    times = call.caller.read(f"/api/enrollments/{call.values['enrollment_id']}/bookable-times")
    wanted = {"starts_at": times["items"][-1]["starts_at"]}
    path = f"/api/enrollments/{call.values['enrollment_id']}/bookings"
    booked = agreed(call.caller.post(path, wanted))
    return Call(
        call.caller, {**call.values, "session_id": booked["id"], "version": booked["version"]}
    )


def tutor_of_a_paused_enrollment(callers: Callers) -> Call:
    call = tutor(callers)
    agreed(call.caller.post(f"/api/enrollments/{call.values['enrollment_id']}/pause"))
    return call


def parent_with_a_code(callers: Callers) -> Call:
    call = student(callers)
    path = f"/api/enrollments/{call.values['enrollment_id']}/parent-codes"
    code = agreed(call.caller.post(path))["code"]
    return Call(callers["naomi"], {**call.values, "code": code})


def student_with_a_parent(callers: Callers) -> Call:
    call = parent_with_a_code(callers)
    agreed(call.caller.post("/api/enrollments/join", {"code": call.values["code"]}))
    return Call(_student(callers), {**call.values, "parent_id": callers["naomi"].id})


def student_with_a_request(callers: Callers) -> Call:
    call = student(callers)
    wanted = {"session_date": _free_day(1), "start_time": "10:00", "end_time": "11:00"}
    path = f"/api/enrollments/{call.values['enrollment_id']}/requests"
    request = agreed(call.caller.post(path, wanted))
    return Call(call.caller, {**call.values, "request_id": request["id"]})


def tutor_with_a_request(callers: Callers) -> Call:
    return Call(_tutor(callers), student_with_a_request(callers).values)


def tutor_before_a_session(callers: Callers) -> Call:
    return _booked(callers, _free_day(1))


def tutor_before_a_session_with_a_free_day(callers: Callers) -> Call:
    return _day_of_the_examples_is_free(callers, tutor_before_a_session(callers))


def student_before_a_session(callers: Callers) -> Call:
    return Call(_student(callers), tutor_before_a_session(callers).values)


def student_of_a_cancelled_session(callers: Callers) -> Call:
    return Call(_student(callers), _after(tutor_before_a_session(callers), "cancel").values)


def tutor_at_the_hour(callers: Callers) -> Call:
    return _booked(callers, _free_day(-1))


def tutor_in_a_session(callers: Callers) -> Call:
    return _after(tutor_at_the_hour(callers), "start")


def student_after_a_session(callers: Callers) -> Call:
    return Call(_student(callers), _after(tutor_in_a_session(callers), "complete").values)


def student_with_a_review(callers: Callers) -> Call:
    call = student_after_a_session(callers)
    path = f"/api/sessions/{call.values['session_id']}/reviews"
    review = agreed(call.caller.post(path, {"rating": 5}))
    return Call(call.caller, {**call.values, "review_id": review["id"]})


def tutor_at_a_whiteboard(callers: Callers) -> Call:
    call = tutor(callers)
    of = {"enrolled_courses_id": call.values["enrollment_id"]}
    board = agreed(call.caller.post("/api/whiteboards", of))["id"]
    return Call(call.caller, {**call.values, "whiteboard_id": board, "room_id": board})


def student_at_a_whiteboard(callers: Callers) -> Call:
    return Call(_student(callers), tutor_at_a_whiteboard(callers).values)


def calendar_feed(callers: Callers) -> Call:
    url = agreed(callers.newcomer.post("/api/sessions/calendar"))["url"]
    return Call(callers.visitor, {"token": token_of_feed(url)})


@cache
def _tutor(callers: Callers) -> Person:
    return callers.register("rabbi", "tutor")


@cache
def _student(callers: Callers) -> Person:
    return callers.register("pupil")


def _enrolled(callers: Callers) -> dict[str, Any]:
    tutor, student = _tutor(callers), _student(callers)
    mishnah = {"title": "Mishnah", "timezone": "Asia/Jerusalem"}
    course = agreed(tutor.post("/api/courses", mishnah))["id"]
    enrollment = agreed(student.post("/api/enrollments", {"course_id": course}))["id"]
    return {
        "tutor_id": tutor.id,
        "student_id": student.id,
        "user_id": student.id,
        "course_id": course,
        "enrollment_id": enrollment,
        "enrolled_courses_id": enrollment,
    }


def _day_of_the_examples_is_free(callers: Callers, call: Call) -> Call:
    day = f"from={DAY_OF_THE_EXAMPLES}&to={DAY_OF_THE_EXAMPLES}&tz=Asia/Jerusalem"
    for booked in call.caller.read(f"/api/sessions?{day}")["items"]:
        agreed(_tutor(callers).delete(f"/api/sessions/{booked['id']}"))
    return call


def _booked(callers: Callers, day: str) -> Call:
    tutor, values = _tutor(callers), _enrolled(callers)
    session = {
        "enrolled_courses_id": values["enrollment_id"],
        "session_date": day,
        "start_time": "10:00",
        "end_time": "11:00",
        "force": True,
    }
    booked = agreed(tutor.post("/api/sessions", session))
    return Call(tutor, {**values, "session_id": booked["id"], "version": booked["version"]})


def _after(call: Call, step: str) -> Call:
    agreed(call.caller.post(f"/api/sessions/{call.values['session_id']}/{step}"))
    return call


def _free_day(direction: int) -> str:
    """A day in the future (1) or in the past (-1) with no other session."""
    today: date = datetime.now(UTC).date()
    return (today + direction * timedelta(days=next(DISTANCES))).isoformat()


FIXTURES: Fixtures = {
    reader: "list_courses list_tutors list_enrollments list_tutoring_sessions get_tutor_rating",
    admin: "list_quarantined_tutoring_sessions",
    account: "create_tutoring_calendar_feed delete_tutoring_calendar_feed",
    tutor: """
        get_course create_course delete_enrollment pause_enrollment complete_enrollment
        cancel_enrollment
    """,
    colleague: "set_availability set_tutor_profile",
    tutor_of_a_course: "update_course",
    student_of_a_new_course: "create_enrollment",
    student: """
        get_enrollment get_enrollment_progress create_parent_code list_session_requests
        create_whiteboard
    """,
    tutor_of_a_paused_enrollment: "resume_enrollment",
    parent_with_a_code: "join_enrollment",
    student_with_a_parent: "list_parents remove_parent",
    student_with_a_request: "withdraw_session_request list_own_session_requests",
    tutor_with_a_request: "accept_session_request decline_session_request",
    student_with_a_free_day: "create_session_request",
    student_who_books: "create_booking",
    student_who_has_booked: "list_bookable_times move_tutoring_session",
    tutor_with_a_free_day: "book_tutoring_session preview_tutoring_session",
    tutor_before_a_session: """
        delete_tutoring_session update_tutoring_session cancel_tutoring_session
    """,
    tutor_before_a_session_with_a_free_day: "replace_tutoring_session",
    student_before_a_session: """
        get_tutoring_session list_tutoring_session_changes get_reminder set_reminder
    """,
    tutor_at_the_hour: "start_tutoring_session",
    tutor_in_a_session: "complete_tutoring_session mark_attendance",
    student_after_a_session: "create_review",
    student_with_a_review: "list_reviews update_review",
    student_at_a_whiteboard: """
        stream_whiteboard_events list_whiteboards get_whiteboard draw_strokes list_strokes
    """,
    tutor_at_a_whiteboard: "delete_whiteboard close_whiteboard",
    student_of_a_tutor_with_hours: """
        get_availability list_slots get_tutor_page list_tutor_reviews
    """,
    calendar_feed: "get_tutoring_calendar_feed",
}
