"""What this service says and hears over HTTP."""

from study_session_service.api import (
    agenda,
    attendance,
    chat,
    export,
    participation,
    places,
    reminders,
    reported,
    search,
    series,
    sessions,
)

BLUEPRINTS = [
    search.blueprint,
    places.blueprint,
    sessions.blueprint,
    series.blueprint,
    participation.blueprint,
    reminders.blueprint,
    attendance.blueprint,
    chat.blueprint,
    export.blueprint,
    reported.blueprint,
    agenda.blueprint,
]
