"""A service is replaced under load, from the code before its newest migration to that of today.

`LYCEUM_SOAK=1` does it with each service, back and forth again, and with 5,000 requests or more for each.
`LYCEUM_BEFORE` names another commit or tag to begin with.
"""

import os
from collections.abc import Iterator

import pytest

from dev.mailbox import Receiver
from dev.platform import SERVICE_NAMES
from dev.services import SERVICES, Service, named

from .support import versions
from .support.effects import rows
from .support.everyday import MARKS
from .support.rolling_story import Story
from .support.rollout import RollingEphemeralPlatform

pytestmark = pytest.mark.needs("processes to replace, and the databases")

LONG = os.environ.get("LYCEUM_SOAK") == "1"
# In short the one whose newest migrations make a table and fill it.
ROLLED = SERVICES if LONG else (named("study-session"),)
PEOPLE, SHARE, AT_LEAST = (10, 720, 5000) if LONG else (6, 60, 300)
# A person with a second factor is asked for it.
EXPECTED = {("POST", "/api/auth/login", "401")}
LAST = "SELECT last_seq FROM study_sessions WHERE id = %s"
# Boaz is told of each lesson that Ruth books.
LESSONS = "SELECT id FROM sessions WHERE topics->>0 = ANY(%s)"
TOLD = """
    SELECT about, times FROM notifications JOIN users ON users.id = user_id
    WHERE kind = 'session_booked' AND username = 'boaz' AND about = ANY(%s)
"""


@pytest.fixture(scope="module", params=ROLLED, ids=lambda service: service.name)
def story(
    request: pytest.FixtureRequest,
    postgres_url: str,
    receiver: Receiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    service: Service = request.param
    try:
        version = versions.before(service)
        code = versions.unpack(version, service, tmp_path_factory.mktemp("old"))
    except versions.NoHistory as reason:
        if "LYCEUM_BEFORE" in os.environ:
            raise
        pytest.skip(str(reason))
    with RollingEphemeralPlatform(postgres_url, receiver.url, service, code) as platform:
        told = Story(platform, receiver, PEOPLE, SHARE)
        told.tell(and_back=LONG)
        report(told, version)
        yield told


def report(story: Story, version: str) -> None:
    """Print what each step was asked."""
    revisions = " to ".join(story.revisions)
    lines = [f"{story.platform.service.name} from {version}, revision {revisions}"]
    for step in story.steps:
        shares = ", ".join(f"{count} by the {code}" for code, count in step.answered_by.items())
        lines.append(f"  {step.name}: {step.asked} requests, {shares}")
    lines.append(f"  all: {story.asked()} requests, {len(story.crowd.failures)} failed")
    print("", *lines, sep="\n")  # noqa: T201  # for the maintainer


def test_the_old_code_is_that_of_the_history(story: Story) -> None:
    old, new = (story.platform.files(code) for code in (story.platform.old, story.platform.new))
    assert [file.startswith(str(versions.ROOT)) for file in (*old, *new)] == [False] * 2 + [
        True
    ] * 2
    assert story.revisions[0] != story.revisions[1]


def test_new_code_waits_for_its_migration(story: Story) -> None:
    before, after = story.revisions
    assert story.early == {200 if before == after else 503}


def test_no_request_fails(story: Story) -> None:
    assert story.crowd.failures == []
    assert story.refused().keys() <= EXPECTED
    assert story.asked() >= AT_LEAST


def test_each_acknowledged_change_is_there_once(story: Story) -> None:
    for service, query in MARKS.items():
        marks = [mark for name, mark in story.everyday.done if name == service]
        there = [str(mark) for (mark,) in rows(story.platform, service, query)]
        assert marks
        assert [there.count(mark) for mark in marks] == [1] * len(marks)


def test_what_one_code_tells_the_other_acts_on_once(story: Story) -> None:
    booked = [mark for name, mark in story.everyday.done if name == "tutoring-service"]
    lessons = [
        f"tutoring_session:{number}"
        for (number,) in rows(story.platform, "tutoring-service", LESSONS, booked)
    ]
    told = rows(story.platform, "user-service", TOLD, lessons)
    assert len(lessons) == len(booked)
    assert sorted(told) == sorted((lesson, 1) for lesson in lessons)
    for service in SERVICE_NAMES:
        assert rows(story.platform, service, "SELECT * FROM failed_events") == []


def test_a_reader_of_a_live_stream_sees_each_event_once_and_in_order(story: Story) -> None:
    session = story.everyday.session.rpartition("/")[2]
    [(last,)] = rows(story.platform, "study-session-service", LAST, session)
    assert story.reader.read_to(last) == list(range(1, last + 1))
