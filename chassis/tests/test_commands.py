"""What the operators of a service can do from a shell."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from chassis.clock import now
from chassis.data.db import transaction

from .support.notes import db, messages


def test_events_are_published_again(in_app: Flask) -> None:
    in_app.extensions["publishing"].stop()
    with transaction(db.session):
        messages.publish_event("note.written", "a", 1)
    in_app.extensions["worker"].publisher.publish_pending()
    result = in_app.test_cli_runner().invoke(args=["events", "replay", "--days", "1"])
    assert result.output == "1 events will be published again\n"
    assert in_app.extensions["worker"].publisher.publish_pending() == 1


def test_parked_emails_are_sent_again(in_app: Flask) -> None:
    with transaction(db.session):
        messages.queue_email("greeting", {})
        db.session.execute(
            messages.mails.update().values(parked_at=now() - timedelta(days=1), tries=8)
        )
    result = in_app.test_cli_runner().invoke(args=["mails", "retry"])
    assert result.output == "1 e-mails will be sent again\n"
    [mail] = db.session.execute(select(messages.mails)).all()
    assert (mail.parked_at, mail.tries) == (None, 0)
