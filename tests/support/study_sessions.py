"""What people do with study sessions, in few words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from .people import Person, agreed

BASE = "/api/study-sessions"


def host_session(host: Person, **details: Any) -> str:
    """Open a session that begins in an hour; its address."""
    start = datetime.now(UTC) + timedelta(hours=1)
    session = {
        "title": "Tractate Berakhot",
        "subject": "Talmud",
        "session_type": "discussion",
        "latitude": 31.778,
        "longitude": 35.235,
        "start_time": start.isoformat().replace("+00:00", "Z"),
        "duration_minutes": 90,
        "max_participants": 10,
        **details,
    }
    return f"{BASE}/{host.api.create_study_session(session)['id']}"


def join(person: Person, session: str, **how: Any) -> Any:
    return agreed(person.post(f"{session}/join", how))


def leave(person: Person, session: str) -> None:
    agreed(person.post(f"{session}/leave"))


def say(person: Person, session: str, content: str) -> Any:
    return agreed(person.post(f"{session}/messages", {"content": content}))


def heard(person: Person, session: str) -> list[tuple[str, str]]:
    """The last messages of the conversation as (username, words), earliest first."""
    messages = person.read(f"{session}/messages")["items"]
    return [(message["username"], message["content"]) for message in reversed(messages)]


def news(person: Person, session: str) -> list[str]:
    """The kinds of the person's notifications about the session."""
    notifications = person.read("/api/notifications")["items"]
    return [
        notification["kind"]
        for notification in notifications
        if notification["data"].get("path") == session
    ]
