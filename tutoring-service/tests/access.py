"""The status that each operation answers to each kind of caller.

Read by test_access.py, which asks this service alone, and by the suite that asks through the gateway.
"""

from typing import Any

from chassis.testing.matrix import AtGateway, Matrix, Row, World

# They call in this order: a refused caller changes nothing for the callers after it. The deleted caller
# followed the enrolment as a parent, and remains a tutor as long as their token lasts.
CALLERS = (
    "anonymous",
    "deleted",
    "other student",
    "other tutor",
    "admin",
    "parent",
    "student",
    "tutor",
)

ANYONE = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"
INSIDE = "401 404 404 404 200 200 200 200"
TUTOR = "401 404 404 404 403 403 403 200"
STUDENT = "401 404 404 404 403 403 200 403"
BOTH = "401 404 404 404 403 403 200 200"

TIME = {"session_date": "2030-06-04", "start_time": "10:00", "end_time": "11:00"}
HOURS = {
    "timezone": "UTC",
    "weekly": [{"weekday": "Tuesday", "start_time": "00:00", "end_time": "00:00"}],
}
BOOKED_TIME, OTHER_TIME = ({"starts_at": f"2030-06-04T{hour}:00:00Z"} for hour in (12, 14))
ATTENDANCE = {"tutor_attendance_status": "present", "student_attendance_status": "late"}
STROKES = {"strokes": [{"client_id": "a", "operation": {}}]}

PLANNED, PAST, COMPLETED = ({"session_id": session} for session in ("planned", "past", "completed"))
BOOKABLE = {"enrollment_id": "bookable"}
REVIEW = {**COMPLETED, "review_id": "review_id"}
OTHER_STUDENT = AtGateway(callers=("anonymous", "deleted", "other student"))


def course(world: World) -> dict[str, Any]:
    return {"course_id": world["course_id"]}


def code(world: World) -> dict[str, Any]:
    return {"code": world["code"]}


def enrolled(world: World) -> dict[str, Any]:
    return {"enrolled_courses_id": world["enrollment_id"]}


def session(world: World) -> dict[str, Any]:
    return {**TIME, **enrolled(world)}


ACCESS = Matrix(
    CALLERS,
    [
        Row("create_course", "401 201 403 201 403 403 403 201", {"title": "x"}),
        Row("list_courses", ANYONE),
        Row("get_course", ANYONE),
        Row("update_course", "401 404 404 404 404 404 404 200", {"title": "x"}),
        Row(
            "create_enrollment",
            "401 201 201 201 201 201 409 409",
            course,
            gateway=AtGateway({201: 404, 409: 404}, {"course_id": 2147483647}),
        ),
        Row("list_enrollments", SIGNED_IN),
        Row("get_enrollment", INSIDE),
        Row(
            "delete_enrollment",
            "401 404 404 404 204 403 403 204",
            about={"enrollment_id": "empty_enrollment"},
        ),
        Row("pause_enrollment", BOTH),
        Row("resume_enrollment", BOTH),
        Row("complete_enrollment", TUTOR),
        Row("cancel_enrollment", BOTH),
        Row("create_parent_code", "401 404 404 404 403 403 201 403"),
        Row(
            "join_enrollment",
            "401 200 200 200 200 200 409 409",
            code,
            gateway=AtGateway({200: 404, 409: 404}, {"code": "A" * 12}),
        ),
        Row("list_parents", "401 404 404 404 200 403 200 200"),
        Row("remove_parent", "401 404 404 404 403 204 204 403"),
        Row("get_enrollment_progress", INSIDE),
        Row("create_session_request", "401 404 404 404 403 403 201 403", TIME),
        Row("list_session_requests", INSIDE),
        Row("list_own_session_requests", SIGNED_IN),
        Row("accept_session_request", TUTOR),
        Row("decline_session_request", TUTOR),
        Row("withdraw_session_request", STUDENT),
        Row("list_bookable_times", STUDENT, about=BOOKABLE),
        Row("create_booking", "401 404 404 404 403 403 201 403", BOOKED_TIME, BOOKABLE),
        Row("move_tutoring_session", STUDENT, OTHER_TIME, {"session_id": "booked"}),
        Row("book_tutoring_session", "401 404 404 404 403 403 403 201", session),
        Row("preview_tutoring_session", TUTOR, session),
        Row("list_tutoring_sessions", SIGNED_IN),
        Row("list_quarantined_tutoring_sessions", "401 403 403 403 200 403 403 403"),
        Row("get_tutoring_session", INSIDE, about=PLANNED),
        Row("delete_tutoring_session", "401 404 404 404 204 403 403 204", about=PLANNED),
        Row("replace_tutoring_session", TUTOR, TIME, PLANNED),
        Row("update_tutoring_session", TUTOR, {"topics": ["x"]}, PLANNED),
        Row("list_tutoring_session_changes", INSIDE, about=PLANNED),
        Row("start_tutoring_session", TUTOR, about=PAST),
        Row("complete_tutoring_session", TUTOR, about=COMPLETED),
        Row("cancel_tutoring_session", BOTH, about=PLANNED),
        Row("mark_attendance", TUTOR, ATTENDANCE, COMPLETED),
        Row("get_reminder", "401 404 404 404 403 200 200 200", about=PLANNED),
        Row("set_reminder", "401 404 404 404 403 200 200 200", {"alarm_enabled": True}, PLANNED),
        Row("create_review", "401 404 404 404 403 201 201 201", {"rating": 5}, COMPLETED),
        Row("list_reviews", INSIDE, about=COMPLETED),
        Row("update_review", "401 404 404 404 404 404 404 200", {"rating": 1}, REVIEW),
        # Through the gateway only a stranger calls: the others are demo people, whose feeds stay as they are.
        Row(
            "create_tutoring_calendar_feed",
            "401 201 201 201 201 201 201 201",
            gateway=OTHER_STUDENT,
        ),
        Row(
            "delete_tutoring_calendar_feed",
            "401 204 204 204 204 204 204 204",
            gateway=OTHER_STUDENT,
        ),
        # The token in its address is the only key to a feed.
        Row("get_tutoring_calendar_feed", ANYONE, gateway=AtGateway({200: 404})),
        Row("set_availability", "401 200 403 200 403 403 403 200", HOURS),
        Row("get_availability", SIGNED_IN),
        Row("list_slots", SIGNED_IN),
        Row("get_tutor_rating", ANYONE),
        Row("set_tutor_profile", "401 200 403 200 403 403 403 200", {"about": "I teach."}),
        Row("get_tutor_page", ANYONE),
        Row("list_tutors", ANYONE),
        Row("list_tutor_reviews", ANYONE),
        Row("create_whiteboard", "401 404 404 404 403 403 201 201", enrolled),
        Row("list_whiteboards", INSIDE, about={"enrolled_courses_id": "enrollment_id"}),
        Row("get_whiteboard", INSIDE),
        Row("delete_whiteboard", "401 404 404 404 403 403 403 204"),
        Row("close_whiteboard", TUTOR),
        Row("draw_strokes", "401 404 404 404 403 403 201 201", STROKES),
        Row("list_strokes", INSIDE),
    ],
)
# Streams belong to the gateway, which asks this service whether the caller may watch the room.
STREAMS = Matrix(
    CALLERS, [Row("stream_whiteboard_events", INSIDE, about={"room_id": "whiteboard_id"})]
)
