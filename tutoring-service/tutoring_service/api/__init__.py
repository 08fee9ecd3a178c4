"""The wire: one module for each part of the rules, with the shapes it takes and gives."""

from tutoring_service.api import (
    agenda,
    attendance,
    calendars,
    changes,
    courses,
    enrollments,
    export,
    lifecycle,
    reminders,
    reviews,
    scheduling,
    session_requests,
    sessions,
    tutor_pages,
    tutors,
    whiteboards,
)

BLUEPRINTS = [
    courses.blueprint,
    enrollments.blueprint,
    session_requests.blueprint,
    scheduling.blueprint,
    sessions.blueprint,
    changes.blueprint,
    lifecycle.blueprint,
    attendance.blueprint,
    reviews.blueprint,
    reminders.blueprint,
    calendars.blueprint,
    whiteboards.blueprint,
    tutors.blueprint,
    tutor_pages.blueprint,
    export.blueprint,
    agenda.blueprint,
]
