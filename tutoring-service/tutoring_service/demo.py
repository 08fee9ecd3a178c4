"""RULES: a few tutors and students to look at. Loading them twice changes nothing."""

from datetime import time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from chassis.auth.tokens import Caller
from chassis.clock import now
from tutoring_service import (
    attendance,
    availability,
    courses,
    enrollments,
    parents,
    reviews,
    tutor_pages,
    whiteboards,
)
from tutoring_service.models import Course, Enrollment, TutoringSession, db
from tutoring_service.scheduling import booking, lifecycle, self_booking
from tutoring_service.states import Attendance, CourseBooking, Frequency, Priority, SessionMode

ZONE = "Asia/Jerusalem"
ABOUT = "I teach Mishnah in the evenings, slowly, with every word explained."
PLAIN: dict[str, Any] = {
    "topics": [],
    "session_mode": SessionMode.ONLINE,
    "location": None,
    "whiteboard_id": None,
    "priority_level": Priority.MEDIUM,
    "notification_enabled": True,
    "alarm_enabled": True,
    "alarm_before_minutes": 30,
    "is_featured": False,
    "is_recurring": None,
    "session_frequency": None,
    "recurring_pattern": None,
    "rrule": None,
    "recurrence_count": None,
    "recurrence_until": None,
    "on_conflict": "skip",
    "force": True,
}


def load() -> bool:
    """Load the demo data; False if it is there."""
    if db.session.scalar(select(exists().where(Course.tutor_id == person_id("ruth")))):
        return False
    mishnah = _course(
        "ruth", "Mishnah for beginners", "Mishnah", "Berakhot, slowly, with every word explained."
    )
    talmud = _course(
        "hillel",
        "Reading a page of Talmud",
        "Talmud",
        "From the first Rashi to a whole page.",
        booking=CourseBooking.BOOK,
        session_minutes=45,
        buffer_after_minutes=15,
        most_per_week=3,
    )
    boaz = enrollments.enroll(person("boaz"), mishnah.id)
    david = enrollments.enroll(person("david"), mishnah.id)
    miriam = enrollments.enroll(person("miriam"), talmud.id)
    parents.join(person("naomi"), parents.issue(person("david"), david.id).code)
    _declare_hours("ruth")
    _declare_hours("hillel")
    tutor_pages.describe(person("ruth"), ABOUT, ["he", "en"])
    _given(boaz, days_ago=7)
    _given(david, days_ago=5)
    _coming(david, in_days=2, hour="17:00", topics=["Berakhot, chapter 2"], is_featured=True)
    _coming(
        boaz, in_days=1, hour="18:00", topics=["Berakhot, chapter 3"], rrule="FREQ=WEEKLY;COUNT=8"
    )
    _coming(
        miriam,
        in_days=3,
        hour="19:30",
        topics=["Bava Metzia 2a"],
        session_frequency=Frequency.BI_WEEKLY,
        recurring_pattern={"days": ["Tuesday", "Thursday"], "months": None, "specific_dates": None},
        recurrence_count=6,
        session_mode=SessionMode.IN_PERSON,
        location="The reading room",
    )
    _booked_by_student(miriam)
    return True


def person(username: str) -> Caller:
    """A demo person, as a token would name them."""
    return Caller(
        person_id(username), "demo", username, username.title(), "", True, frozenset(), 0, ""
    )


def person_id(username: str) -> UUID:
    """The id that a demo person has in every service."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:{username}")


def _course(tutor: str, title: str, subject: str, description: str, **terms: Any) -> Course:
    wanted = {"title": title, "subject": subject, "description": description, "timezone": ZONE}
    return courses.publish(person(tutor), {**wanted, **terms})


def _declare_hours(tutor: str) -> None:
    days = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday")
    weekly = [{"weekday": day, "start_time": time(15), "end_time": time(21)} for day in days]
    availability.declare(person(tutor), ZONE, weekly, [])


def _given(enrollment: Enrollment, days_ago: int) -> None:
    """A completed session with a whiteboard, marks and reviews."""
    tutor, student = _as_caller(enrollment.tutor_id), _as_caller(enrollment.student_id)
    board = whiteboards.create(tutor, enrollment.id, "First words")
    line = {"tool": "pen", "points": [[10, 10], [40, 10], [40, 30]]}
    whiteboards.draw(tutor, board.id, [{"client_id": "demo-1", "operation": line}])
    session = _coming(
        enrollment,
        -days_ago,
        "16:00",
        topics=["The alphabet", "Berakhot 1:1"],
        whiteboard_id=board.id,
    )
    lifecycle.start(tutor, session.id)
    held = lifecycle.complete(tutor, session.id, ["Berakhot 1:1"]).booking
    # As if the tutor had done so then: a review of a session that took no time does not count.
    held.started_at, held.completed_at = held.starts_at, held.ends_at
    attendance.mark(tutor, session.id, Attendance.PRESENT, Attendance.LATE)
    reviews.write(student, session.id, 5, "Patient and clear.", public=True, is_named=True)
    reviews.write(tutor, session.id, 4, "Well prepared.", public=False, is_named=False)


def _coming(enrollment: Enrollment, in_days: int, hour: str, **details: Any) -> TutoringSession:
    day = now().astimezone(ZoneInfo(ZONE)).date() + timedelta(days=in_days)
    start = time.fromisoformat(hour)
    end = start.replace(hour=start.hour + 1)
    wanted = {
        "enrolled_courses_id": enrollment.id,
        "session_date": day,
        "start_time": start,
        "end_time": end,
    }
    return booking.schedule(_as_caller(enrollment.tutor_id), {**PLAIN, **wanted, **details}).first


def _booked_by_student(enrollment: Enrollment) -> None:
    """The first free time from next week on, booked by the student."""
    student, since = _as_caller(enrollment.student_id), now() + timedelta(days=7)
    until = since + timedelta(days=14)
    first, *_ = self_booking.times(student, enrollment.id, since, until, None)
    wanted = {"starts_at": first.starts_at, "topics": [], "note": "Could we begin with Rashi?"}
    self_booking.book(student, enrollment.id, wanted)


def _as_caller(user_id: UUID) -> Caller:
    return Caller(user_id, "demo", "", "", "", True, frozenset(), 0, "")
