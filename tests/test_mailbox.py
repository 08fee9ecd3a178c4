"""The e-mails of a platform are read in the same way wherever they go."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from smtplib import SMTP
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from dev.mail import MailCatcher, text_of
from dev.mailbox import Mailbox, MailFolder, Mailpit, receiving, token_in
from dev.ports import free_port

VERIFY, CANCELLED = "Verify your e-mail address · Lyceum", "Boaz cancelled Evening Hebrew · Lyceum"
LINK = "http://127.0.0.1:8080/verify-email#token="


def mail(address: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "lyceum@localhost", address, subject
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    return message


MAILS = (
    mail("ruth@example.org", VERIFY, f"{LINK}the-first"),
    mail("ruth@example.org", VERIFY, f"{LINK}the-second"),
    mail("boaz@example.org", VERIFY, f"{LINK}of-another-person"),
    mail("ruth@example.org", CANCELLED, "Snow in צפת"),
)


class MailpitStandIn(ThreadingHTTPServer):
    """Answers as the documentation of Mailpit's REST API says."""

    def __init__(self, mails: Sequence[EmailMessage]) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.mails = mails
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Request(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        match url.path.split("/"):
            case ["", "api", "v1", "search"]:
                found = self._search(parse_qs(url.query)["query"][0])
                self._answer("application/json", json.dumps(found).encode())
            case ["", "api", "v1", "message", number, "raw"]:
                self._answer("text/plain; charset=utf-8", self.server.mails[int(number)].as_bytes())
            case _:
                self.send_error(404)

    def _search(self, query: str) -> dict[str, object]:
        """The e-mails to the address that the query names, newest first."""
        messages = [
            {
                "ID": str(number),
                "Subject": mail["Subject"],
                "To": [{"Address": mail["To"], "Name": ""}],
                "Read": False,
            }
            for number, mail in enumerate(self.server.mails)
            if query == f"to:{mail['To']}"
        ]
        return {
            "messages": messages[::-1],
            "messages_count": len(messages),
            "start": 0,
            "total": len(MAILS),
        }

    def _answer(self, media_type: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: the test says what went wrong."""


def send(port: int) -> None:
    with SMTP("127.0.0.1", port) as server:
        for message in MAILS:
            server.send_message(message)


@contextmanager
def received(_folder: Path) -> Iterator[Mailbox]:
    with receiving() as receiver:
        send(int(receiver.url.rpartition(":")[2]))
        yield receiver


@contextmanager
def in_folder(folder: Path) -> Iterator[Mailbox]:
    """What the catcher of `make run` leaves."""
    port = free_port()
    catcher = MailCatcher(folder, port)
    catcher.start()
    send(port)
    catcher.stop()
    yield MailFolder(folder)


@contextmanager
def in_mailpit(_folder: Path) -> Iterator[Mailbox]:
    with MailpitStandIn(MAILS) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Mailpit(server.url)
        server.shutdown()
        thread.join()


@pytest.fixture(params=[received, in_folder, in_mailpit], ids=lambda kind: kind.__name__)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    with request.param(tmp_path) as mailbox:
        yield mailbox


def test_the_newest_matching_email_is_found(kept: Mailbox) -> None:
    assert token_in(kept.to("ruth@example.org", "Verify")) == "the-second"
    assert token_in(kept.to("boaz@example.org", "Verify")) == "of-another-person"


def test_subject_and_text_are_read_as_they_were_written(kept: Mailbox) -> None:
    cancelled = kept.to("ruth@example.org", "Boaz cancelled")
    assert cancelled["Subject"] == CANCELLED
    assert text_of(cancelled).strip() == "Snow in צפת"
