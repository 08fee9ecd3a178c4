"""The client for Python."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests

from client.generate import PACKAGE, modules
from lyceum_client import Lyceum, Refused

from .support.people import Person, Visitor, register


@pytest.fixture(scope="module")
def hillel(gateway: str) -> Person:
    return register(gateway, "hillel")


@pytest.fixture(scope="module")
def session_id(hillel: Person) -> str:
    start = datetime.now(UTC) + timedelta(days=1)
    opened = hillel.api.create_study_session(
        {
            "title": "Mishnah by heart",
            "subject": "Mishnah",
            "session_type": "silent",
            "latitude": 31.7,
            "longitude": 35.1,
            "start_time": start.isoformat(),
            "duration_minutes": 30,
            "max_participants": 2,
        },
        idempotency_key="mishnah-by-heart",
    )
    return opened["id"]


def test_the_client_is_what_the_reference_says(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    for name, source in modules(document).items():
        assert (PACKAGE / name).read_text() == source, (
            f"{name} is out of date: run `make client` while `make run` runs"
        )


def test_parameters_go_where_they_belong(hillel: Person, session_id: str) -> None:
    mine = hillel.api.list_own_study_sessions(role="host", when="upcoming", limit=100)["items"]
    assert session_id in [session["id"] for session in mine]
    assert len(hillel.api.list_own_study_sessions(limit=1)["items"]) == 1
    assert hillel.api.list_own_havruta_sessions(from_="2030-01-01T00:00:00Z")["items"] == []
    with pytest.raises(Refused, match="ambiguous_address"):
        hillel.api.get_text("../refs/Genesis")


def test_a_refusal_says_why(gateway: str, hillel: Person, session_id: str) -> None:
    with pytest.raises(Refused, match="unauthorized") as refusal:
        Visitor(gateway).api.cancel_study_session(session_id, {"reason": None})
    assert (refusal.value.status, refusal.value.code) == (401, "unauthorized")
    hillel.api.update_study_session(session_id, {"title": "Mishnah aloud"}, if_match='"1"')
    with pytest.raises(Refused) as stale:
        hillel.api.update_study_session(session_id, {"title": "Too late"}, if_match='"1"')
    assert stale.value.status == 412


def test_an_empty_answer_gives_none_and_a_calendar_gives_text(hillel: Person) -> None:
    assert hillel.api.mark_all_notifications_read() is None
    token = (
        hillel.api.create_tutoring_calendar_feed()["url"].rpartition("/")[2].removesuffix(".ics")
    )
    assert hillel.api.get_tutoring_calendar_feed(token).startswith("BEGIN:VCALENDAR")


def test_a_stream_gives_events(hillel: Person, session_id: str) -> None:
    hillel.api.send_message(session_id, {"content": "Who is there?"})
    events = hillel.api.stream_study_session_events(session_id, last_event_id="0")
    message = next(event for event in events if event.type == "message")
    assert message.data["data"]["content"] == "Who is there?"
    events.close()


def test_an_event_is_given_as_soon_as_it_is_there() -> None:
    """A stream that goes on says nothing more until its event was read."""
    event = b'id: 1\nevent: message\ndata: {"content": "%s"}\n\n' % "שלום".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1000\n\n"
    was_read, in_time = threading.Event(), []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            # Cut within a letter.
            connection.sendall(head + event[:50])
            connection.sendall(event[50:])
            in_time.append(was_read.wait(10))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=[listener])
        server.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        events = Lyceum(address).stream_user_events()
        read = next(events)
        was_read.set()
        server.join()
    assert (read.type, read.id, read.data) == ("message", "1", {"content": "שלום"})
    assert in_time == [True]
    assert list(events) == []
