"""Sends the e-mails that a service asked for.

An e-mail is composed when it is sent, so that its secrets and addresses are stored nowhere. What that writes,
such as the hash of a token, is committed before the e-mail goes out. After a crash between sending it and
noting that, it is sent again under the same Message-ID.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.clock import now
from chassis.config import InvalidSettings
from chassis.data.db import in_transaction
from chassis.messaging.messages import Messages
from chassis.telemetry import request_context, tracing
from chassis.telemetry.request_context import Trace

TRIES = 24  # over some twelve hours
LONGEST_PAUSE = 3600
TIMEOUT = 10  # seconds for each answer of the SMTP server
DIALOGUE = timedelta(minutes=3)  # more than for all its answers: a dozen, each at the last moment
LATE = timedelta(minutes=1)  # after which an e-mail that nobody has tried to send counts as delayed

SENT = Counter("mails_sent_total", "E-mails handed to the SMTP server.", ["kind"])
PARKED = Counter("mails_parked_total", "E-mails put aside after too many failures.", ["kind"])
DELAYED = Gauge("mails_delayed", "E-mails that have failed and will be tried again, or are late.")

log = structlog.get_logger(__name__)

Compose = Callable[[dict[str, Any]], EmailMessage | None]
"""Makes the e-mail of a kind out of its data; None if it is no longer wanted.

`is_repeated` in the data says that it was tried before. Runs in a transaction, and may write.
"""


class Tls(Enum):
    """How the connection to an SMTP server is encrypted."""

    NONE = "not at all"
    STARTTLS = "from the command STARTTLS on"
    IMPLICIT = "from the first byte on"


# Of each scheme: how the connection is encrypted, and the port.
SCHEMES = {
    "smtp": (Tls.STARTTLS, 25),
    "smtps": (Tls.IMPLICIT, 465),
    "smtp+insecure": (Tls.NONE, 25),
}


class TlsNotOffered(Exception):
    """The SMTP server does not offer STARTTLS, or a machine on the way hides that it does."""


@dataclass(frozen=True)
class SmtpServer:
    """Where e-mails are handed over, and how."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    passfile: Path | None = None

    @classmethod
    def at(cls, url: str) -> "SmtpServer":
        """The server at the address; `InvalidSettings` if it has no scheme of ours, or shows a password."""
        try:
            address = urlsplit(url)
            tls, port = SCHEMES[address.scheme]
            port = address.port or port
        except (KeyError, ValueError):
            known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
            raise InvalidSettings(
                f"cannot start: SMTP_URL is not an address with one of {known}"
            ) from None
        host = address.hostname or "localhost"
        user, password = unquote(address.username or ""), unquote(address.password or "")
        passfile = next(iter(parse_qs(address.query).get("passfile", [])), None)
        if tls is Tls.STARTTLS and not (user and (password or passfile)) and _is_loopback(host):
            tls = Tls.NONE
        if tls is Tls.NONE and (password or passfile):
            raise InvalidSettings("cannot start: SMTP_URL would send its password in plain text")
        return cls(host, port, tls, user, password, Path(passfile) if passfile else None)

    def connected(self) -> smtplib.SMTP:
        """A connection, encrypted and signed in as the address says."""
        if self.tls is Tls.IMPLICIT:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if self.tls is Tls.STARTTLS:
                self._encrypt(server)
            # A file is read each time: it may change while the program runs.
            password = self.passfile.read_text().strip() if self.passfile else self.password
            if self.user and password:
                server.login(self.user, password)
        except BaseException:
            server.close()
            raise
        return server

    def _encrypt(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        # What stands between us and the server could take the offer away, to read what follows.
        if not server.has_extn("starttls"):
            raise TlsNotOffered
        # smtplib checks no certificate without a context of ours: any machine on the way could take the
        # e-mails and the password.
        server.starttls(context=ssl.create_default_context())


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass
class Taken:
    """An e-mail that this worker deals with; None instead of the message if there is nothing to send."""

    id: UUID
    kind: str
    tries: int
    trace: Trace
    message: EmailMessage | None = None


class Mailer:
    """Sends due e-mails by SMTP, each by one worker."""

    def __init__(
        self, messages: Messages, composers: Mapping[str, Compose], smtp_url: str, sender: str
    ) -> None:
        self._messages = messages
        self._session = messages.db.session
        self._composers = composers
        self._server = SmtpServer.at(smtp_url)
        self._sender = sender

    def send_due(self) -> int:
        """Send what is due, and return how many e-mails were dealt with. Needs an application context."""
        done = 0
        while taken := in_transaction(self._session, self._take_next):
            with request_context.continued(taken.trace):
                self._hand_over(taken)
            done += 1
        return done

    def measure(self) -> None:
        """Set the gauge of the e-mails that ought to have been handed over. Needs an application context."""
        table = self._messages.mails
        is_late = (table.c.tries > 0) | (table.c.due_at < now() - LATE)
        delayed = select(func.count()).where(table.c.parked_at.is_(None), is_late)
        DELAYED.set(in_transaction(self._session, lambda: self._session.scalars(delayed).one()))

    def _take_next(self) -> "Taken | None":
        """Compose the next e-mail, and keep other workers from it while it is handed over."""
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
            return None
        taken = Taken(row.id, row.kind, row.tries, Trace.read(row.data.pop("origin", {})))
        with request_context.continued(taken.trace):
            try:
                with self._session.begin_nested():
                    data = {**row.data, "is_repeated": row.tries > 0}
                    taken.message = self._composers[row.kind](data)
            except (OperationalError, InterfaceError):
                raise  # the database is in trouble, and the e-mail has not failed
            except Exception as error:  # whatever is wrong with this e-mail, those behind it go out
                self._postpone(taken, error)
                return taken
        if taken.message:
            # Should this worker die, another one sends the e-mail then.
            self._change(taken, due_at=now() + DIALOGUE)
        else:
            self._forget(taken)
        return taken

    def _hand_over(self, taken: "Taken") -> None:
        """Hand an e-mail to the SMTP server.

        What was written while composing it is committed: its link is good when it arrives.
        """
        if taken.message is None:
            return
        with tracing.span(f"mail {taken.kind}", "CONSUMER"):
            try:
                domain = self._sender.rpartition("@")[2]
                self._send(taken.message, f"<{taken.id}@{domain}>")
            except Exception as error:  # whatever is wrong with this e-mail, those behind it go out
                failure = error
                in_transaction(self._session, lambda: self._postpone(taken, failure))
            else:
                SENT.labels(taken.kind).inc()
                log.info("mail_sent", kind=taken.kind, mail=str(taken.id))
                in_transaction(self._session, lambda: self._forget(taken))

    def _postpone(self, taken: "Taken", error: Exception) -> None:
        self._change(taken, **self._postponed(taken.kind, taken.tries, error))

    def _change(self, taken: "Taken", **values: Any) -> None:
        table = self._messages.mails
        self._session.execute(table.update().where(table.c.id == taken.id).values(values))

    def _forget(self, taken: "Taken") -> None:
        table = self._messages.mails
        self._session.execute(table.delete().where(table.c.id == taken.id))

    def _postponed(self, kind: str, tries: int, error: Exception) -> dict[str, Any]:
        # Only the type of the error is logged: its message may hold an address.
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
        with self._server.connected() as server:
            server.send_message(message)
