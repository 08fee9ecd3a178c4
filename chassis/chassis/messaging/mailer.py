"""Sends the mails that a service asked for.

A mail is composed at the moment it is sent, so that secrets and addresses are nowhere before. A
crash between sending and noting it sends it again, under the same Message-ID.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from prometheus_client import Counter
from sqlalchemy import Row, select, text
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Messages
from chassis.telemetry import request_context, tracing
from chassis.telemetry.request_context import Trace

TRIES = 24  # over some twelve hours
LONGEST_PAUSE = 3600
TIMEOUT = 10  # seconds for each answer of the mail server
DIALOGUE = "2min"  # for all of them: a dozen, if each comes at the last moment

SENT = Counter("mails_sent_total", "Mails handed to the mail server.", ["kind"])
PARKED = Counter("mails_parked_total", "Mails put aside after too many failures.", ["kind"])

log = structlog.get_logger(__name__)

Compose = Callable[[dict[str, Any]], EmailMessage | None]
"""Makes the mail of a kind out of its data; None if it is no longer wanted. Runs in a transaction,
may write.
"""


class Mailer:
    """Sends due mails by SMTP, each by one worker."""

    def __init__(
        self, messages: Messages, composers: Mapping[str, Compose], smtp_url: str, sender: str
    ) -> None:
        self._messages = messages
        self._session = messages.db.session
        self._composers = composers
        address = urlsplit(smtp_url)
        self._host, self._port = address.hostname or "localhost", address.port or 25
        self._user, self._password = (
            unquote(address.username or ""),
            unquote(address.password or ""),
        )
        self._sender = sender

    def send_due(self) -> int:
        """Send what is due; how many mails were dealt with. Needs an application context."""
        done = 0
        while in_transaction(self._session, self._send_next):
            done += 1
        return done

    def _send_next(self) -> bool:
        table = self._messages.mails
        due = (table.c.due_at <= now()) & table.c.parked_at.is_(None)
        row = self._session.execute(
            select(table)
            .where(due)
            .order_by(table.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return False
        # PostgreSQL would take a transaction that waits for a slow mail server for a forgotten one.
        # Ended after the mail is out and before that is noted, it would send the mail again and
        # again.
        self._session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{DIALOGUE}'"))
        origin = row.data.pop("origin", {})
        with (
            request_context.continued(Trace.read(origin)),
            tracing.span(f"mail {row.kind}", "CONSUMER"),
        ):
            self._deal_with(row)
        return True

    def _deal_with(self, row: "Row[Any]") -> None:
        table = self._messages.mails
        this = table.c.id == row.id
        try:
            # What was written while composing is undone if the mail does not go out; the note of
            # the failure is not.
            with self._session.begin_nested():
                if message := self._composers[row.kind](row.data):
                    self._send(message, f"<{row.id}@{self._sender.rpartition('@')[2]}>")
                    SENT.labels(row.kind).inc()
                    log.info("mail_sent", kind=row.kind, mail=str(row.id))
                self._session.execute(table.delete().where(this))
        except (OperationalError, InterfaceError):
            raise  # it is the database that is in trouble, and the mail has not failed
        except Exception as error:  # whatever is wrong with this mail, those behind it go out
            self._session.execute(
                table.update().where(this).values(self._postponed(row.kind, row.tries, error))
            )

    def _postponed(self, kind: str, tries: int, error: Exception) -> dict[str, Any]:
        # Only the kind of the error: its words may hold an address.
        log.warning("mail_failed", kind=kind, tries=tries + 1, reason=type(error).__name__)
        if tries + 1 < TRIES:
            return {
                "tries": tries + 1,
                "due_at": now() + timedelta(seconds=min(2**tries, LONGEST_PAUSE)),
            }
        PARKED.labels(kind).inc()
        return {"tries": tries + 1, "parked_at": now()}

    def _send(self, message: EmailMessage, message_id: str) -> None:
        message["From"] = self._sender
        message["Date"] = formatdate()
        message["Message-ID"] = message_id
        message["X-Request-ID"] = request_context.current().request_id
        with smtplib.SMTP(self._host, self._port, timeout=TIMEOUT) as server:
            if self._user and self._password:
                # Without a context of ours smtplib checks no certificate, and anybody on the way
                # gets the password.
                server.starttls(context=ssl.create_default_context())
                server.login(self._user, self._password)
            server.send_message(message)
