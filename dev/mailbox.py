"""The e-mails of a platform under test, wherever it sends them."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dev.mail import text_of
from dev.ports import free_port
from dev.processes import wait_until

TIMEOUT = 60  # seconds: the machine is busy with other tests
TOKEN = re.compile(r"#token=([A-Za-z0-9_-]+)")


class Mailbox(ABC):
    """Every e-mail that was sent, to any address."""

    def to(self, address: str, subject: str) -> EmailMessage:
        """The newest e-mail to this address whose subject begins with `subject`, once there is one."""
        found: list[EmailMessage] = []

        def look() -> bool:
            found[:] = self.sent(address, subject)
            return bool(found)

        wait_until(look, lambda: None, f"an e-mail {subject!r} to {address}", TIMEOUT)
        return found[-1]

    def sent(self, address: str, subject: str) -> list[EmailMessage]:
        """All e-mails to this address so far whose subject begins with `subject`, earliest first."""
        return [
            mail
            for mail in self._to(address)
            if mail["To"] == address and mail["Subject"].startswith(subject)
        ]

    @abstractmethod
    def _to(self, address: str) -> Sequence[EmailMessage]:
        """At least the e-mails to this address, earliest first."""


class Receiver(Mailbox):
    """Takes e-mails by SMTP, at its address."""

    def __init__(self) -> None:
        self.url = f"smtp://127.0.0.1:{free_port()}"
        self._mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self._mails.append(parsed(envelope.content))
        return "250 OK"

    def _to(self, address: str) -> Sequence[EmailMessage]:
        return self._mails


class MailFolder(Mailbox):
    """The folder into which `make run` writes e-mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mails: dict[str, EmailMessage] = {}  # by the name of the file, which is the time

    def _to(self, address: str) -> Sequence[EmailMessage]:
        for path in self._folder.glob("*.eml"):
            if path.name not in self._mails:
                self._mails[path.name] = parsed(path.read_bytes())
        return [mail for _, mail in sorted(self._mails.items())]


class Mailpit(Mailbox):
    """The e-mail catcher of docker-compose.yml, by its REST API."""

    def __init__(self, url: str) -> None:
        self._api = f"{url.rstrip('/')}/api/v1"

    def _to(self, address: str) -> Sequence[EmailMessage]:
        found = self._get("search", query=f"to:{address}").json()["messages"]  # newest first
        return [parsed(self._get(f"message/{mail['ID']}/raw").content) for mail in reversed(found)]

    def _get(self, path: str, **query: str) -> requests.Response:
        answer = requests.get(f"{self._api}/{path}", params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A mailbox that takes e-mails at its address."""
    mailbox = Receiver()
    host, _, port = mailbox.url.removeprefix("smtp://").partition(":")
    controller = Controller(mailbox, hostname=host, port=int(port))
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def parsed(mail: bytes) -> EmailMessage:
    message = message_from_bytes(mail, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def token_in(mail: EmailMessage) -> str:
    """The token of the link in an e-mail's plain text."""
    found = TOKEN.search(text_of(mail))
    assert found, mail
    return found[1]
