"""When a person is reminded, on the wire. A service names the schemas after what it reminds of."""

from marshmallow import fields

from chassis.messaging.reminders import LONGEST, MOST
from chassis.web.fields import Answer, Body, Integer, List

EXAMPLE = [60, 10]


class ReminderTimes(Body):
    minutes_before = List(
        Integer(0, LONGEST),
        MOST,
        required=True,
        allow_none=True,
        metadata={
            "example": EXAMPLE,
            "description": "An empty list for no reminder; null for the default.",
        },
    )


class ChosenReminders(Answer):
    minutes_before = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"example": EXAMPLE, "description": "Your own choice; null for the default."},
    )
    default_minutes_before = fields.List(
        fields.Integer(), required=True, metadata={"example": [1440, 15]}
    )
