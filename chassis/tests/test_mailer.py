"""Each e-mail is sent once, and waits while the SMTP server does not take it."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage, Message
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import Connection, event, func, select

from chassis.clock import now
from chassis.config import InvalidSettings
from chassis.data.db import in_transaction, transaction
from chassis.messaging.mailer import DIALOGUE, LATE, TRIES, Mailer
from chassis.testing.keys import pem

from .support.notes import Note, db, messages

NOWHERE = "smtp://127.0.0.1:1"
# Leads to this machine, and does not say so: for a program it is another one.
REMOTE = "0.0.0.0"  # noqa: S104  # nothing is bound to it


class Mailbox(Handler):  # type: ignore[misc]  # aiosmtpd comes without types
    """The mailbox of an SMTP server; it refuses addresses that begin with `unknown@`."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Message] = []
        self.encrypted: list[bool] = []
        self.pause = 0.0
        self.when_received: Callable[[], object] = lambda: None

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("unknown@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.pause)
        self.encrypted.append(session.ssl is not None)
        answer: str = await super().handle_DATA(server, session, envelope)
        return answer

    def handle_message(self, message: Message) -> None:
        self.when_received()
        self.taken.append(message)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server() -> Iterator[Controller]:
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mailbox(server: Controller) -> Mailbox:
    mailbox: Mailbox = server.handler
    mailbox.taken.clear()
    mailbox.encrypted.clear()
    mailbox.pause = 0.0
    mailbox.when_received = lambda: None
    return mailbox


@pytest.fixture
def mailer(in_app: Flask, server: Controller) -> Mailer:
    return Mailer(
        messages, {"greeting": greeting}, f"smtp://127.0.0.1:{server.port}", "lyceum@example.org"
    )


class Guarded:
    """An SMTP server with TLS, which takes any password; its certificate is not trusted yet.

    It offers STARTTLS, unless it is `implicit`: then it speaks TLS alone.
    """

    def __init__(self, folder: Path, *, implicit: bool = False) -> None:
        self.mailbox = Mailbox()
        self.passwords: list[bytes] = []
        self.certificate = folder / "certificate.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smtp")])
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now() - timedelta(hours=1))
            .not_valid_after(now() + timedelta(hours=1))
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.IPAddress(ip_address(host)) for host in ("127.0.0.1", REMOTE)]
                ),
                critical=False,
            )
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / "key.pem").write_bytes(pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "key.pem")
        self.controller = Controller(
            self.mailbox,
            hostname="127.0.0.1",
            port=free_port(),
            tls_context=None if implicit else context,
            ssl_context=context if implicit else None,
            auth_require_tls=not implicit,  # it knows of STARTTLS alone
            authenticator=self._admit,
        )

    def _admit(
        self, server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        self.passwords.append(login.password)
        return AuthResult(success=True)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    guarded = Guarded(tmp_path)
    guarded.controller.start()
    yield guarded
    guarded.controller.stop()


@pytest.fixture
def implicit(tmp_path: Path) -> Iterator[Guarded]:
    implicit = Guarded(tmp_path, implicit=True)
    implicit.controller.start()
    yield implicit
    implicit.controller.stop()


def greeting(data: dict[str, Any]) -> EmailMessage | None:
    if "to" not in data:
        return None
    message = EmailMessage()
    message["To"], message["Subject"] = data["to"], "Shalom"
    message.set_content("Shalom!")
    return message


def queue(kind: str = "greeting", /, **data: Any) -> None:
    with transaction(db.session):
        messages.queue_email(kind, data)


def waiting() -> list[Any]:
    with transaction(db.session):
        return list(db.session.execute(select(messages.mails)).all())


def test_an_email_is_sent_once(mailer: Mailer, mailbox: Mailbox) -> None:
    queue(to="ruth@example.org")
    assert (mailer.send_due(), mailer.send_due()) == (1, 0)
    [mail] = mailbox.taken
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "ruth@example.org",
        "lyceum@example.org",
        "Shalom",
    )
    assert mail["Message-ID"]
    assert waiting() == []


def test_an_email_that_is_no_longer_wanted_is_dropped(mailer: Mailer, mailbox: Mailbox) -> None:
    queue()
    assert mailer.send_due() == 1
    assert (mailbox.taken, waiting()) == ([], [])


def test_an_email_waits_until_it_is_due(mailer: Mailer, mailbox: Mailbox) -> None:
    with transaction(db.session):
        messages.queue_email(
            "greeting", {"to": "ruth@example.org"}, due_at=now() + timedelta(hours=1)
        )
    assert mailer.send_due() == 0
    with time_machine.travel(now() + timedelta(hours=1)):
        assert mailer.send_due() == 1


def test_an_email_waits_while_the_server_is_down(
    in_app: Flask, mailer: Mailer, mailbox: Mailbox
) -> None:
    queue(to="ruth@example.org")
    unreachable = Mailer(messages, {"greeting": greeting}, NOWHERE, "lyceum@example.org")
    assert unreachable.send_due() == 1
    [mail] = waiting()
    assert (mail.tries, mail.parked_at) == (1, None)
    with time_machine.travel(mail.due_at):
        assert mailer.send_due() == 1
    assert len(mailbox.taken) == 1


def test_a_refused_email_is_parked_and_holds_up_no_other(mailer: Mailer, mailbox: Mailbox) -> None:
    queue(to="unknown@example.org")
    queue("unknown")
    queue(to="ruth@example.org")
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(TRIES):
            mailer.send_due()
            clock.shift(timedelta(days=1))
        assert mailer.send_due() == 0
    assert [mail["To"] for mail in mailbox.taken] == ["ruth@example.org"]
    assert [(mail.tries, mail.parked_at is None) for mail in waiting()] == [(TRIES, False)] * 2


def test_emails_that_ought_to_have_been_handed_over_are_counted(
    mailer: Mailer, in_app: Flask
) -> None:
    queue()
    with transaction(db.session):
        messages.queue_email("greeting", {}, due_at=now() + timedelta(hours=9))
    assert measured(mailer) == 0
    with time_machine.travel(now() + LATE + timedelta(seconds=1)):
        assert measured(mailer) == 1
    queue(to="unknown@example.org")
    mailer.send_due()
    assert measured(mailer) == 1
    with transaction(db.session):
        db.session.execute(messages.mails.update().values(parked_at=now()))
    assert measured(mailer) == 0


def measured(mailer: Mailer) -> float | None:
    """How many e-mails are shown as delayed."""
    mailer.measure()
    return REGISTRY.get_sample_value("mails_delayed")


def test_an_email_that_cannot_be_composed_holds_up_no_other(
    in_app: Flask, server: Controller, mailbox: Mailbox
) -> None:
    def broken(_: dict[str, Any]) -> EmailMessage:
        raise TypeError("a defect")

    composers = {"greeting": greeting, "broken": broken}
    mailer = Mailer(messages, composers, f"smtp://127.0.0.1:{server.port}", "lyceum@example.org")
    queue("broken")
    queue(to="ruth@example.org")
    assert mailer.send_due() == 2
    assert len(mailbox.taken) == 1
    assert [(mail.kind, mail.tries) for mail in waiting()] == [("broken", 1)]


def test_what_was_written_for_an_email_is_there_before_it_arrives(
    in_app: Flask, server: Controller, mailbox: Mailbox
) -> None:
    def linking(data: dict[str, Any]) -> EmailMessage | None:
        db.session.add(Note(owner_id=uuid4(), title="the token of the link"))
        return greeting(data)

    found: list[int] = []
    engine = db.engine

    def look() -> None:
        with engine.connect() as connection:
            found.append(connection.execute(select(func.count(Note.id))).scalar_one())

    mailbox.when_received = look
    mailer = Mailer(
        messages, {"linking": linking}, f"smtp://127.0.0.1:{server.port}", "lyceum@example.org"
    )
    queue("linking", to="ruth@example.org")
    assert mailer.send_due() == 1
    assert found == [1]


def test_an_email_whose_worker_died_is_sent_by_another(mailer: Mailer, mailbox: Mailbox) -> None:
    queue(to="ruth@example.org")
    taken = in_transaction(db.session, mailer._take_next)
    assert taken
    assert (mailer.send_due(), mailbox.taken) == (0, [])
    with time_machine.travel(now() + DIALOGUE):
        assert mailer.send_due() == 1
    [mail] = mailbox.taken
    assert mail["Message-ID"] == f"<{taken.id}@example.org>"


def test_a_slow_server_receives_an_email_once(mailer: Mailer, mailbox: Mailbox) -> None:
    def impatient(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '200ms'")

    mailbox.pause = 0.6
    queue(to="ruth@example.org")
    event.listen(db.engine, "begin", impatient)
    try:
        assert mailer.send_due() == 1
    finally:
        event.remove(db.engine, "begin", impatient)
    assert (len(mailbox.taken), waiting()) == (1, [])


def test_the_password_is_sent_only_to_a_server_that_proves_its_name(
    in_app: Flask, guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"smtp://lyceum:fig%2Fdate@127.0.0.1:{guarded.controller.port}"
    mailer = Mailer(messages, {"greeting": greeting}, url, "lyceum@example.org")
    queue(to="ruth@example.org")
    mailer.send_due()
    assert (guarded.passwords, guarded.mailbox.taken) == ([], [])
    monkeypatch.setenv("SSL_CERT_FILE", str(guarded.certificate))
    [mail] = waiting()
    with time_machine.travel(mail.due_at):
        mailer.send_due()
    assert (guarded.passwords, len(guarded.mailbox.taken)) == ([b"fig/date"], 1)


def sends(url: str) -> bool:
    """Whether an e-mail goes out to the server at the address. If not, it waits for the next try."""
    queue(to="ruth@example.org")
    Mailer(messages, {"greeting": greeting}, url, "lyceum@example.org").send_due()
    left = waiting()
    with transaction(db.session):
        db.session.execute(messages.mails.delete())
    assert [mail.tries for mail in left] in ([], [1])
    return not left


def test_an_email_to_another_machine_is_encrypted_without_a_password_too(
    in_app: Flask, guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"smtp://{REMOTE}:{guarded.controller.port}"
    assert not sends(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(guarded.certificate))
    assert sends(url)
    assert (guarded.mailbox.encrypted, guarded.passwords) == ([True], [])


def test_an_email_to_another_machine_is_encrypted_from_the_first_byte(
    in_app: Flask, implicit: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"smtps://lyceum:fig@{REMOTE}:{implicit.controller.port}"
    assert not sends(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(implicit.certificate))
    assert sends(url)
    assert (len(implicit.mailbox.taken), implicit.passwords) == (1, [b"fig"])


def test_a_password_in_a_file_is_read_for_each_connection(
    in_app: Flask, implicit: Guarded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(implicit.certificate))
    file = tmp_path / "smtp"
    url = f"smtps://lyceum@{REMOTE}:{implicit.controller.port}?passfile={file}"
    assert not sends(url)
    for password in ("fig", "date"):
        file.write_text(f"{password}\n")
        assert sends(url)
    assert implicit.passwords == [b"fig", b"date"]


def test_an_email_goes_to_another_machine_in_plain_text_only_if_the_address_says_so(
    in_app: Flask, server: Controller, mailbox: Mailbox
) -> None:
    assert not sends(f"smtp://{REMOTE}:{server.port}")
    assert mailbox.taken == []
    assert sends(f"smtp+insecure://{REMOTE}:{server.port}")
    assert mailbox.encrypted == [False]


def test_an_email_within_this_machine_needs_no_certificate(in_app: Flask, guarded: Guarded) -> None:
    assert sends(f"smtp://localhost:{guarded.controller.port}")
    assert guarded.mailbox.encrypted == [False]


@pytest.mark.parametrize(
    "url",
    [
        "mailpit:1025",
        "//mailpit:1025",
        "http://mailpit:1025",
        "smtp://mailpit:x",
        "smtp://[mailpit",
        "smtp+insecure://lyceum:fig@mailpit:1025",
        "smtp+insecure://lyceum:fig@127.0.0.1:1025",
        "smtp+insecure://lyceum@mailpit:1025?passfile=/secrets/fig",
    ],
)
def test_a_program_does_not_start_with_an_address_that_is_not_safe_to_use(url: str) -> None:
    with pytest.raises(InvalidSettings, match="SMTP_URL") as refused:
        Mailer(messages, {}, url, "lyceum@example.org")
    assert "fig" not in str(refused.value)
