"""Study sessions made through the API, so that each test has its own."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

from lyceum_client import Lyceum

from .browsers import PASSWORD


@functools.cache
def api_of(gateway: str, username: str) -> Lyceum:
    """The API as one of the demo's people may use it."""
    return Lyceum(gateway).sign_in(username, PASSWORD)


def in_hours(hours: float) -> str:
    """So many hours from now, as the API takes it."""
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def hosted(gateway: str, *joined: str, host: str = "ruth", **details: Any) -> str:
    """The id of a new session of the host, which these people have joined."""
    body: Any = {
        "title": "Evening reading",
        "subject": "Hebrew",
        "session_type": "discussion",
        "latitude": 31.78,
        "longitude": 35.22,
        "start_time": in_hours(26),
        "duration_minutes": 60,
        "max_participants": 5,
        **details,
    }
    made = api_of(gateway, host).create_study_session(body)
    for username in joined:
        api_of(gateway, username).join_study_session(made["id"], {"join_code": made["join_code"]})
    return made["id"]


def said(gateway: str, session_id: str, username: str, *contents: str) -> None:
    """Someone says these things."""
    for content in contents:
        api_of(gateway, username).send_message(session_id, {"content": content})


def conversation(gateway: str, session_id: str, username: str = "ruth") -> list[str | None]:
    """What was said, the oldest first."""
    page = api_of(gateway, username).list_messages(session_id, limit=100)
    return [message["content"] for message in reversed(page["items"])]
