"""The operations of this service."""

from havruta_service.api import (
    agenda,
    export,
    havrutas,
    invitation_responses,
    invitations,
    navigation,
    notes,
    passages,
    plans,
    reminders,
    reported,
    sessions,
    statistics,
    talk,
    texts,
)

BLUEPRINTS = (
    texts.blueprint,
    passages.blueprint,
    havrutas.blueprint,
    talk.blueprint,
    notes.blueprint,
    sessions.blueprint,
    plans.blueprint,
    reminders.blueprint,
    navigation.blueprint,
    invitations.blueprint,
    invitation_responses.blueprint,
    export.blueprint,
    reported.blueprint,
    agenda.blueprint,
    statistics.blueprint,
)
