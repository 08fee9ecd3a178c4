"""RULES: how far an enrolment has come."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from chassis.auth.tokens import Caller
from tutoring_service.models import Review, TutoringSession, db
from tutoring_service.roles import enrollment_of
from tutoring_service.states import Attendance, SessionStatus


def of_enrollment(caller: Caller, enrollment_id: int) -> dict[str, Any]:
    """Topics planned and covered, what the completed sessions come to, attendance, and the mean of
    the ratings.
    """
    enrollment_of(caller, enrollment_id)
    session = TutoringSession
    rows = db.session.execute(
        select(
            session.status,
            session.topics,
            session.topics_covered,
            session.duration,
            session.tutor_attendance_status,
            session.student_attendance_status,
        ).filter_by(enrolled_courses_id=enrollment_id)
    ).all()
    completed = [row for row in rows if row.status == SessionStatus.COMPLETED]
    planned = _distinct(row.topics for row in rows if row.status != SessionStatus.CANCELLED)
    covered = _distinct(row.topics_covered for row in completed)
    return {
        "enrolled_courses_id": enrollment_id,
        "planned_topics": sorted(planned.values()),
        "covered_topics": sorted(covered.values()),
        "coverage_percent": round(100 * len(planned.keys() & covered.keys()) / len(planned), 1)
        if planned
        else None,
        "completed_sessions": len(completed),
        "completed_minutes": sum(row.duration or 0 for row in completed),
        "tutor_attendance": _attendance(row.tutor_attendance_status for row in completed),
        "student_attendance": _attendance(row.student_attendance_status for row in completed),
        "ratings": _ratings(enrollment_id),
    }


def _distinct(lists: Iterable[list[str] | None]) -> dict[str, str]:
    """The topics, one of each whatever its case, by how they compare."""
    found: dict[str, str] = {}
    for topics in lists:
        for topic in topics or []:
            # Whoever types a topic anew, months later, types its spaces and capitals otherwise.
            found.setdefault(" ".join(topic.split()).casefold(), topic)
    return found


def _attendance(marks: Iterable[str | None]) -> dict[str, Any]:
    """How often each mark was given. The share of those marked that were there, late ones
    among them; None if no one was marked.
    """
    counted = Counter(mark for mark in marks if mark)
    marked = counted.total()
    there = counted[Attendance.PRESENT] + counted[Attendance.LATE]
    return {
        **{str(mark): counted[mark] for mark in Attendance},
        "attended_percent": round(100 * there / marked, 1) if marked else None,
    }


def _ratings(enrollment_id: int) -> dict[str, float | None]:
    """The mean rating by each kind of author; None where nobody rated."""
    query = (
        select(Review.author_role, func.avg(Review.rating))
        .join(TutoringSession, TutoringSession.id == Review.session_id)
        .where(TutoringSession.enrolled_courses_id == enrollment_id)
        .group_by(Review.author_role)
    )
    means = {role: round(float(mean), 2) for role, mean in db.session.execute(query)}
    return {role: means.get(role) for role in ("tutor", "student", "parent")}
