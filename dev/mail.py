"""Receives the e-mails of a platform in development: each is a file, and its links are printed."""

import re
import time
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler

from dev.processes import say

LINK = re.compile(r"https?://\S+")


class Catcher(Handler):
    """Writes each e-mail to a file of its own, and prints its links if it is to announce it."""

    def __init__(self, folder: Path, announce: bool) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._announce = announce

    def handle_message(self, message: Message) -> None:
        path = self._folder / f"{time.time_ns()}.eml"
        unfinished = path.with_suffix(".part")  # *.eml are complete
        unfinished.write_bytes(message.as_bytes())
        unfinished.rename(path)
        if not self._announce:
            return
        links = " ".join(LINK.findall(text_of(message)))
        subject = make_header(decode_header(message["Subject"]))
        say(f"E-mail to {message['To']}: {subject} {links} ({path})")


class MailCatcher:
    """An SMTP server in a thread of the launcher."""

    def __init__(self, folder: Path, port: int, *, announce: bool = True) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self._controller = Controller(Catcher(folder, announce), hostname="127.0.0.1", port=port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop(no_assert=True)


def text_of(message: Message) -> str:
    """The plain text of an e-mail."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content.decode()
    return ""
