"""What this service says and hears over HTTP."""

from study_session_service.api import (
    agenda,
    chat,
    export,
    participation,
    places,
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
    chat.blueprint,
    export.blueprint,
    reported.blueprint,
    agenda.blueprint,
]
