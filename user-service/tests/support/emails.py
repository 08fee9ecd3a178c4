"""The e-mails that wait to be sent."""

import re
from email.message import EmailMessage
from typing import Any

from flask import Flask

from chassis.data.db import in_transaction
from user_service import accounts, email_tokens, mails, verification
from user_service.models import Purpose, db, messages


def take_emails(app: Flask) -> list[EmailMessage]:
    """Compose and remove the e-mails that wait to be sent, as the worker does."""

    def compose() -> list[EmailMessage]:
        rows = db.session.execute(messages.mails.select().order_by(messages.mails.c.due_at)).all()
        db.session.execute(messages.mails.delete())
        composed = [mails.COMPOSERS[row.kind](row.data) for row in rows]
        return [message for message in composed if message]

    with app.app_context():
        return in_transaction(db.session, compose)


def reset_token(app: Flask) -> str:
    """The token of the newest e-mail that sets a new password."""
    emails = take_emails(app)
    return token_in(
        [email for email in emails if email["Subject"].startswith("Set a new password")][-1]
    )


def token_in(message: EmailMessage) -> str:
    found = re.search(
        r"#token=([\w-]{43})$", message.get_body(("plain",)).get_content(), re.MULTILINE
    )
    assert found
    return found[1]


def verify(app: Flask, person: Any) -> None:
    """Verify the address of the person as the link in the e-mail does."""
    with app.app_context():
        in_transaction(
            db.session,
            lambda: verification.verify(
                email_tokens.issue(accounts.own(person.id), Purpose.VERIFY)
            ),
        )


def subjects(app: Flask) -> list[str]:
    """What the e-mails that wait are about; they are removed."""
    return [str(email["Subject"]).removesuffix(" · Lyceum") for email in take_emails(app)]
