"""Fills the older application's tables, as they are at the first migration, to rehearse the
migrations with data.
"""

import json
import random
from datetime import date, time, timedelta
from itertools import islice, product
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

TUTORS, STUDENTS, COURSES_EACH = 3, 8, 2
SUBJECTS = (None, "", "Talmud", "Hebrew", "Physics")
TOPICS = (None, "Newton's laws", "Berakhot, the first chapter", "Verbs")
MODES = ("online", "in-person", "hybrid", None)
ATTENDED = (True, False, None)
STATUSES = ("completed", "scheduled", "cancelled", "in-progress")
FREQUENCIES = ("one-time", "weekly", "bi-weekly", "monthly")
START = date(2025, 1, 6)

INSERT = """
INSERT INTO tutor_sessions (
    enrollment_id, tutor_id, student_id, subject, topic, objectives, materials_used, homework_assigned,
    session_date, start_time, end_time, duration, mode, location, meeting_link, tutor_attended,
    student_attended, student_feedback, student_rating, payment_status, amount, is_recurring,
    session_frequency, recurring_pattern, notification_enabled, alarm_enabled, alarm_before_minutes,
    is_featured, status
) VALUES (
    :enrollment_id, :tutor_id, :student_id, :subject, :topic, :objectives, :materials_used,
    :homework_assigned, :session_date, :start_time, :end_time, :duration, :mode, :location,
    :meeting_link, :tutor_attended,
    :student_attended, :student_feedback, :student_rating, :payment_status, :amount, :is_recurring,
    :session_frequency, :recurring_pattern, :notification_enabled, :alarm_enabled, :alarm_before_minutes,
    :is_featured, :status
)
"""


def load(connection: Connection, count: int, orphans: int = 0) -> None:
    """Insert `count` sessions of every kind, the last `orphans` of them in an enrolment without
    `enrolled_courses`.
    """
    chance = random.Random(count)  # noqa: S311  # the same data every time
    enrollments = _enroll(connection, chance)
    first = enrollments[0]
    stranger = _insert_enrollment(
        connection, "enrolled_students", first["tutor_id"], _person(chance), first["course_id"]
    )
    sessions = []
    for number, kind in enumerate(islice(_kinds(), count)):
        enrollment = chance.choice(enrollments)
        if number >= count - orphans:
            enrollment = stranger
        sessions.append(_session(number, kind, enrollment, chance))
    connection.execute(text(INSERT), sessions)


def _kinds() -> Any:
    """Every combination of the fields that the migration translates, over and over."""
    while True:
        yield from product(ATTENDED, ATTENDED, SUBJECTS, MODES, TOPICS, STATUSES, FREQUENCIES)


def _enroll(connection: Connection, chance: random.Random) -> list[dict[str, Any]]:
    students = [_person(chance) for _ in range(STUDENTS)]
    enrollments = []
    for tutor in [_person(chance) for _ in range(TUTORS)]:
        for number in range(COURSES_EACH):
            course = _insert_course(connection, tutor, f"Course {number}")
            for student in students:
                row = _insert_enrollment(connection, "enrolled_students", tutor, student, course)
                enrollments.append(row)
    # In another order, so that the new numbers differ from the old ones.
    for row in chance.sample(enrollments, len(enrollments)):
        people = row["tutor_id"], row["student_id"], row["course_id"]
        _insert_enrollment(connection, "enrolled_courses", *people)
    return enrollments


def _insert_course(connection: Connection, tutor: UUID, title: str) -> int:
    statement = (
        "INSERT INTO courses (tutor_id, title, subject) VALUES (:tutor, :title, 'Talmud') "
        "RETURNING id"
    )
    row = {"tutor": tutor, "title": title}
    return int(connection.execute(text(statement), row).scalar_one())


def _person(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _insert_enrollment(
    connection: Connection, table: str, tutor: UUID, student: UUID, course: int
) -> dict[str, Any]:
    row = {"tutor_id": tutor, "student_id": student, "course_id": course}
    statement = (
        f"INSERT INTO {table} (tutor_id, student_id, course_id) "  # noqa: S608  # one of two names in this file
        "VALUES (:tutor_id, :student_id, :course_id) RETURNING id"
    )
    return {"enrollment_id": connection.execute(text(statement), row).scalar_one(), **row}


def _session(
    number: int, kind: Any, enrollment: dict[str, Any], chance: random.Random
) -> dict[str, Any]:
    tutor_attended, student_attended, subject, mode, topic, status, frequency = kind
    return {
        "enrollment_id": enrollment["enrollment_id"],
        "tutor_id": enrollment["tutor_id"],
        "student_id": enrollment["student_id"],
        "subject": subject,
        "topic": topic,
        "mode": mode,
        "location": "Room 2" if mode in ("in-person", "hybrid") else None,
        "tutor_attended": tutor_attended,
        "student_attended": student_attended,
        "session_date": START + timedelta(days=number % 700),
        "status": status,
        **_every_so_often(number),
        **_times(chance),
        **_outcome(status, chance),
        **_recurrence(frequency, chance),
        "alarm_before_minutes": chance.choice((5, 15, 60)),
    }


def _every_so_often(number: int) -> dict[str, Any]:
    """Fields that only some sessions have, each in a rhythm of its own."""
    return {
        "objectives": "Read on" if number % 3 else None,
        "materials_used": "Board" if number % 4 else None,
        "homework_assigned": "Page 3" if number % 5 else None,
        "meeting_link": None if number % 2 else f"https://meet.example/{number}",
        "notification_enabled": number % 2 == 0,
        "alarm_enabled": number % 3 == 0,
        "is_featured": number % 7 == 0,
    }


def _times(chance: random.Random) -> dict[str, Any]:
    hour, minutes = chance.randrange(8, 20), chance.choice((30, 60, 90))
    ends = hour * 60 + minutes
    end_time = time(ends // 60, ends % 60)
    return {"start_time": time(hour), "end_time": end_time, "duration": minutes}


def _outcome(status: str, chance: random.Random) -> dict[str, Any]:
    """How it was rated and paid for: about half of the completed ones were."""
    nothing = dict.fromkeys(("student_feedback", "student_rating", "payment_status", "amount"))
    if status != "completed" or chance.random() >= 0.5:
        return nothing
    return {
        "student_feedback": "Clear and kind",
        "student_rating": chance.randint(1, 5),
        "payment_status": "paid",
        "amount": 25,
    }


def _recurrence(frequency: str, chance: random.Random) -> dict[str, Any]:
    days = [chance.choice(("Monday", "Thursday"))]
    pattern = json.dumps({"days": days, "months": None, "specific_dates": None})
    recurring = frequency != "one-time"
    return {
        "is_recurring": recurring,
        "session_frequency": frequency,
        "recurring_pattern": pattern if recurring else None,
    }
