"""The client for Python."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mypy.api
import pytest
import requests

from client.generate import PACKAGE, modules
from dev.mailbox import Mailbox, token_in
from lyceum_client import Lyceum, Refused, SignInEnded, answer_of, etag
from lyceum_client.aio import AsyncLyceum
from lyceum_client.models import StudySessionChanges

from .support.people import PASSWORD, People, Person, Visitor, register
from .support.second_factor import protect

WRITTEN_FOR = "http://127.0.0.1:8080"
README = (PACKAGE.parent / "README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


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
    with hillel.api.stream_study_session_events(session_id, last_event_id="0") as events:
        message = next(event for event in events if event.type == "message")
    assert message.data["data"]["content"] == "Who is there?"


def test_a_version_that_was_read_can_be_changed(hillel: Person, session_id: str) -> None:
    session = hillel.api.get_study_session(session_id)
    changes: StudySessionChanges = {"description": "By heart."}
    changed = hillel.api.update_study_session(session_id, changes, if_match=etag(session))
    assert etag(changed) != etag(session)
    assert answer_of(changed).status == 200


def test_a_list_is_read_page_by_page(gateway: str) -> None:
    lyceum = Lyceum(gateway)
    first = lyceum.list_texts(limit=100)
    second = lyceum.list_texts(limit=100, cursor=first["next"])
    texts = [*first["items"], *second["items"]]
    assert list(lyceum.items(lyceum.list_texts, limit=30)) == texts
    sizes = [len(page["items"]) for page in lyceum.pages(lyceum.list_texts, limit=30)]
    assert (sum(sizes), set(sizes[:-1])) == (len(texts), {30})


def test_tokens_are_exchanged(gateway: str, hillel: Person) -> None:
    refresh_token = Visitor(gateway).api.log_in({"login": hillel.username, "password": PASSWORD})[
        "refresh_token"
    ]
    with Lyceum(gateway, "expired", refresh_token=refresh_token) as lyceum:
        assert lyceum.get_own_account()["username"] == hillel.username
        lyceum.log_out()
        lyceum.token = "expired"
        with pytest.raises(SignInEnded):
            lyceum.get_own_account()


def test_eight_threads_with_an_expired_token_keep_their_sign_in(
    gateway: str, hillel: Person
) -> None:
    with (
        Lyceum(gateway).sign_in(hillel.username, PASSWORD) as lyceum,
        ThreadPoolExecutor(8) as threads,
    ):
        for _ in range(3):
            lyceum.token = "expired"
            calls = [threads.submit(lyceum.get_own_account) for _ in range(8)]
            assert {call.result()["username"] for call in calls} == {hillel.username}


def test_a_second_factor_signs_in(gateway: str, mailbox: Mailbox) -> None:
    shammai = register(gateway, "shammai")
    email = mailbox.to(f"{shammai.username}@example.org", "Verify")
    shammai.api.verify_email({"token": token_in(email)})
    app = protect(shammai)
    with Lyceum(gateway) as lyceum:
        with pytest.raises(Refused, match="mfa_required"):
            lyceum.sign_in(shammai.username, PASSWORD)
        lyceum.sign_in(shammai.username, PASSWORD, code=app.code)
        assert lyceum.get_second_factor()["enabled"]


def test_the_same_is_answered_by_httpx(gateway: str, hillel: Person, session_id: str) -> None:
    async def read() -> tuple[object, object, object]:
        async with AsyncLyceum(gateway) as lyceum:
            await lyceum.sign_in(hillel.username, PASSWORD)
            session = await lyceum.get_study_session(session_id)
            with pytest.raises(Refused, match="ambiguous_address"):
                await lyceum.get_text("../refs/Genesis")
            async with lyceum.stream_study_session_events(session_id, last_event_id="0") as events:
                first = await anext(events)
            return session, etag(session), first

    session, version, first = asyncio.run(read())
    waited = hillel.api.get_study_session(session_id)
    with hillel.api.stream_study_session_events(session_id, last_event_id="0") as events:
        assert (session, version, first) == (waited, etag(waited), next(events))


def test_the_examples_run(people: People, gateway: str) -> None:
    """One after the other, as a reader would paste them."""
    assert len(EXAMPLES) > 4
    pasted: dict[str, Any] = {}
    for example in EXAMPLES:
        exec(example.replace(WRITTEN_FOR, gateway), pasted)  # noqa: S102  # from our own README
    assert pasted["near"]


def test_the_examples_are_typed(tmp_path: Path) -> None:
    """By the strictest rules, and a word that is misspelt is found."""
    program = "\n".join(EXAMPLES)
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(program)
    wrong.write_text(program.replace('notification["kind"]', 'notification["kin"]'))
    found, _, status = mypy.api.run(
        ["--strict", "--cache-dir", str(tmp_path), str(right), str(wrong)]
    )
    assert status == 1
    assert '"kin" is not a valid TypedDict key' in found
    assert "right.py" not in found
