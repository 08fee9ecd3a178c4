"""Who was there."""

from typing import Any

from chassis.auth.authorization import caller, signed_in
from chassis.errors import TooEarly
from chassis.web.fields import Body, Choice
from chassis.web.rest import Blueprint
from tutoring_service import attendance
from tutoring_service.api.sessions import PATH, TutoringSession, versioned
from tutoring_service.attendance import SessionCancelled
from tutoring_service.states import Attendance

blueprint = Blueprint("attendance")


class AttendanceMarks(Body):
    tutor_attendance_status = Choice(Attendance, required=True, allow_none=True)
    student_attendance_status = Choice(Attendance, required=True, allow_none=True)


@blueprint.put(f"{PATH}/attendance", "mark_attendance")
@signed_in
@blueprint.arguments(AttendanceMarks)
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(SessionCancelled, TooEarly)
def mark_attendance(body: dict[str, Any], session_id: int) -> Any:
    """Mark who attended; null is unmarked."""
    tutor, student = body["tutor_attendance_status"], body["student_attendance_status"]
    return versioned(attendance.mark(caller(), session_id, tutor, student))
