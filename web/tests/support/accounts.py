"""People who come to the platform for a test, and what they do without a browser."""

import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from dev.mail import text_of
from dev.mailbox import Mailbox
from lyceum_client import Lyceum
from lyceum_client.models import NewStudySession

from .browsers import PASSWORD


def newcomer(gateway: str, name: str) -> Lyceum:
    """A client of someone who has just registered, with the password that `as_person` signs in with."""
    username = f"{name.lower()}-{secrets.token_hex(4)}"
    lyceum = Lyceum(gateway)
    lyceum.adopt(
        lyceum.register_account(
            {
                "username": username,
                "email": f"{username}@lyceum.example",
                "display_name": name,
                "password": PASSWORD,
            }
        )
    )
    return lyceum


def signed_in(gateway: str, username: str) -> Lyceum:
    """A client of one of the demo's people."""
    return Lyceum(gateway).sign_in(username, PASSWORD)


def study_session(title: str, start: datetime | None = None) -> NewStudySession:
    """An hour's session; it begins in three hours if no time is given."""
    start = start or datetime.now(UTC) + timedelta(hours=3)
    return {
        "title": title,
        "subject": "Mishnah",
        "session_type": "silent",
        "latitude": 31.778,
        "longitude": 35.235,
        "start_time": start.isoformat(),
        "duration_minutes": 60,
    }


def link_in(mailbox: Mailbox, address: str, subject: str, page: str = "") -> str:
    """Where the link of an e-mail leads that has a token, without the name of the server."""
    lines = text_of(mailbox.to(address, subject)).splitlines()
    [line] = [line for line in lines if f"{page}#token=" in line]
    parts = urlsplit(line.split()[-1])
    return f"{parts.path}#{parts.fragment}"
