"""Takes the mails of a platform under test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler

from dev.mail import text_of
from dev.ports import free_port
from tests.client import eventually

TOKEN = re.compile(r"#token=([A-Za-z0-9_-]+)")


class Mailbox(Handler):  # type: ignore[misc]  # aiosmtpd comes without types
    """Every mail that was sent, whoever it is for."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.url = f"smtp://127.0.0.1:{free_port()}"

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)

    def to(self, address: str, subject: str) -> Message:
        """The newest mail to somebody, once there is one whose subject begins so."""
        return eventually(lambda: self._sent(address, subject))[-1]

    def _sent(self, address: str, subject: str) -> list[Message]:
        return [mail for mail in self.mails if mail["To"] == address and mail["Subject"].startswith(subject)]


@contextmanager
def receiving() -> Iterator[Mailbox]:
    """A mailbox that takes mails at its address."""
    mailbox = Mailbox()
    host, _, port = mailbox.url.removeprefix("smtp://").partition(":")
    controller = Controller(mailbox, hostname=host, port=int(port))
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def token_in(mail: Message) -> str:
    """The token of the link in a mail's plain text."""
    found = TOKEN.search(text_of(mail))
    assert found, mail
    return found[1]
