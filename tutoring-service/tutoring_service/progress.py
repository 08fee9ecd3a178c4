"""RULES: how far an enrolment has come."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from chassis.auth.tokens import Caller
from chassis.normalization import search_key
from tutoring_service.models import Review, TutoringSession, db
from tutoring_service.roles import enrollment_of
from tutoring_service.states import Attendance, AuthorRole, SessionStatus


@dataclass(frozen=True)
class AttendanceCount:
    """How often each mark was given, and how many of those marked were there, late ones among them.

    `attended_percent` is None if no one was marked.
    """

    present: int
    absent: int
    late: int
    attended_percent: float | None


@dataclass(frozen=True)
class Progress:
    """Topics planned and covered, what the completed sessions come to, and the mean ratings by author."""

    enrolled_courses_id: int
    planned_topics: Sequence[str]
    covered_topics: Sequence[str]
    coverage_percent: float | None
    completed_sessions: int
    completed_minutes: int
    tutor_attendance: AttendanceCount
    student_attendance: AttendanceCount
    ratings: Mapping[str, float | None]


def of_enrollment(caller: Caller, enrollment_id: int) -> Progress:
    """How far the enrolment has come, for its participants."""
    enrollment_of(caller, enrollment_id)
    session = TutoringSession
    query = select(
        session.status,
        session.topics,
        session.topics_covered,
        session.duration,
        session.tutor_attendance_status,
        session.student_attendance_status,
    ).filter_by(enrolled_courses_id=enrollment_id)
    # All sessions of the enrolment at once: their topics are compared in Python, and they are hundreds
    # at most.
    rows = db.session.execute(query).all()
    completed = [row for row in rows if row.status == SessionStatus.COMPLETED]
    planned = distinct(row.topics for row in rows if row.status != SessionStatus.CANCELLED)
    covered = distinct(row.topics_covered for row in completed)
    return Progress(
        enrolled_courses_id=enrollment_id,
        planned_topics=sorted(planned.values()),
        covered_topics=sorted(covered.values()),
        coverage_percent=percent(len(planned.keys() & covered.keys()), len(planned)),
        completed_sessions=len(completed),
        completed_minutes=sum(row.duration or 0 for row in completed),
        tutor_attendance=attendance(row.tutor_attendance_status for row in completed),
        student_attendance=attendance(row.student_attendance_status for row in completed),
        ratings=_ratings(enrollment_id),
    )


def distinct(lists: Iterable[list[str] | None]) -> dict[str, str]:
    """The topics, each once however it is written, by how they compare."""
    found: dict[str, str] = {}
    for topics in lists:
        for topic in topics or []:
            # A tutor who types a topic again, months later, types its spaces and capitals otherwise.
            found.setdefault(search_key(topic).strip(), topic)
    return found


def attendance(marks: Iterable[str | None]) -> AttendanceCount:
    """What these marks come to; None is unmarked, and does not count."""
    counted = Counter(mark for mark in marks if mark)
    present, late = counted[Attendance.PRESENT], counted[Attendance.LATE]
    attended = percent(present + late, counted.total())
    return AttendanceCount(present, counted[Attendance.ABSENT], late, attended)


def percent(part: int, whole: int) -> float | None:
    """0 to 100, to one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def _ratings(enrollment_id: int) -> dict[str, Any]:
    """The mean rating by each kind of author; None where no one rated."""
    query = (
        select(Review.author_role, func.avg(Review.rating))
        .join(TutoringSession, TutoringSession.id == Review.session_id)
        .where(TutoringSession.enrolled_courses_id == enrollment_id)
        .group_by(Review.author_role)
    )
    means = {role: round(float(mean), 2) for role, mean in db.session.execute(query)}
    return {role: means.get(role) for role in AuthorRole}
