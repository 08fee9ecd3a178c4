"""An export that is larger than the memory that the platform takes for it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from dev.ephemeral import EphemeralPlatform

from .support.people import Person, agreed, register
from .support.study_sessions import host_session

pytestmark = pytest.mark.needs("a database to fill, and the memory of processes")

STUDY_SESSION = "study-session-service"
MB = 1024 * 1024
MESSAGES, LETTERS = 24_000, 2000
SIZE = MESSAGES * LETTERS  # some 46 MB, and more than a service once could hand out
IN_MEMORY = 24 * MB
LISTENS = "0A"  # the state in /proc/net/tcp
# 62 hashes of 32 letters, and 16 more.
FILL = """
INSERT INTO chat_messages (session_id, user_id, seq, content)
SELECT %(session)s, %(user)s, 1000000 + number, left(repeat(md5(number::text), 63), %(letters)s)
FROM generate_series(1, %(messages)s) AS number
"""
EMPTY = "DELETE FROM chat_messages WHERE session_id = %(session)s"


@pytest.fixture
def writer(platform: EphemeralPlatform, gateway: str) -> Iterator[Person]:
    """A person who has written more than many a book holds."""
    person = register(gateway, "writer")
    values = {
        "session": host_session(person).rpartition("/")[2],
        "user": person.id,
        "letters": LETTERS,
        "messages": MESSAGES,
    }
    with psycopg.connect(platform.database_url(STUDY_SESSION), autocommit=True) as connection:
        connection.execute(FILL, values)
        yield person
        connection.execute(EMPTY, values)


def processes(url: str) -> list[Path]:
    """What the system tells of the processes that listen at this address."""
    port = f":{urlsplit(url).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(port) and row[3] == LISTENS}
    found = [path for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [path for path in found if inodes & open_files(path)]


def open_files(process: Path) -> set[str]:
    found = set()
    with suppress(OSError):  # the process is another account's, or gone
        for file in (process / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                found.add(os.readlink(file))
    return found


def memory(process: Path, what: str) -> int:
    """Bytes of memory that the process has (`VmRSS`), or has had at most (`VmHWM`)."""
    lines = (process / "status").read_text().splitlines()
    [number] = [line.split()[1] for line in lines if line.startswith(f"{what}:")]
    return int(number) * 1024


def test_a_large_export_is_whole_and_takes_hardly_any_memory(
    platform: EphemeralPlatform, writer: Person
) -> None:
    urls = [platform.gateway_url, platform.internal_url(STUDY_SESSION)]
    watched = [process for url in urls for process in processes(url)]
    for process in watched:
        (process / "clear_refs").write_text("5")  # what it has had at most is what it has
    before = [memory(process, "VmRSS") for process in watched]
    document = agreed(writer.get("/api/me/export", timeout=60))
    peaks = [memory(process, "VmHWM") for process in watched]
    assert len(watched) >= len(urls)
    assert all(peak - had < IN_MEMORY for had, peak in zip(before, peaks, strict=True))
    messages = document["study_sessions"]["chat_messages"]
    assert len({message["content"] for message in messages}) == MESSAGES
    assert sum(len(message["content"]) for message in messages) == SIZE
    assert {message["user_id"] for message in messages} == {str(writer.id)}
    assert document["account"]["users"][0]["username"] == writer.username
    assert document["assessments"].keys() >= {"student_responses"}
