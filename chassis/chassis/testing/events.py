"""Events as another service sends them, and as a service sends its own."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select

from chassis.auth.service_tokens import ServiceIdentity
from chassis.messaging import signatures
from chassis.messaging.messages import Messages
from chassis.testing.keys import key_files


def signed(event: Mapping[str, Any] | str, by: str = "user-service") -> dict[str, str]:
    """The fields of the event's entry in the stream of the service that signs it."""
    text = event if isinstance(event, str) else json.dumps(event)
    identity = ServiceIdentity(by, key_files().service_keys[by], by)
    return {"event": text, "signature": signatures.sign(text, identity)}


def requested_notifications(app: Flask, messages: Messages) -> list[dict[str, Any]]:
    """The events that asked for notifications since this was called the last time, in order.

    It empties the outbox, of a service that has nowhere to publish.
    """
    outbox, session = messages.outbox, messages.db.session
    with app.app_context():
        bodies = session.scalars(select(outbox.c.body).order_by(outbox.c.position)).all()
        session.execute(outbox.delete())
        session.commit()
    return [body for body in bodies if body.get("type") == "notification.requested"]
