"""Everything is destroyed under load, and restored to one moment by the commands of docs/backup.md.

It runs by `make restore-rehearsal`, which prints what was lost and how long each step took.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import LiteralString

import pytest

from dev.mailbox import Receiver
from dev.platform import SERVICE_NAMES

from .support.everyday import MARKS
from .support.people import DEMO_PASSWORD, PASSWORD, Visitor, agreed, eventually, sign_in
from .support.rehearsal import STUDY, WITHIN, Rehearsal
from .support.restore_story import PATIENCE, PEOPLE, Story
from .support.streams import Stream
from .support.study_sessions import say

pytestmark = [
    pytest.mark.needs("servers of its own"),
    pytest.mark.skipif(
        os.environ.get("LYCEUM_SOAK") != "1", reason="takes minutes: make restore-rehearsal"
    ),
]

RAISED = 1000  # by which the guide raises the numbers of rooms

COUNTED = """
    SELECT current_participants, (SELECT count(*) FROM session_participants AS seat
        WHERE seat.session_id = study_sessions.id AND seat.is_active)
    FROM study_sessions WHERE id = %s
"""
LAST = "SELECT last_seq FROM study_sessions WHERE id = %s"
SAID = "SELECT client_message_id FROM chat_messages WHERE client_message_id IS NOT NULL"
CANCELLATIONS = """
    SELECT about, times FROM notifications WHERE user_id = %s AND kind = 'session_cancelled'
"""
PARKED = "SELECT * FROM failed_events"


@dataclass(frozen=True)
class Aftermath:
    """The state after the restore, once people have gone on for a while."""

    story: Story
    before: tuple[int, int]  # what was acknowledged before the moment,
    lost: tuple[int, int]  # and what by the time of the disaster
    seconds_lost: float

    @property
    def rehearsal(self) -> Rehearsal:
        return self.story.rehearsal

    def present(self, service: str, query: LiteralString) -> Sequence[str]:
        return [text for (text,) in self.rehearsal.rows(service, query)]


@pytest.fixture(scope="module")
def aftermath(receiver: Receiver, request: pytest.FixtureRequest) -> Iterator[Aftermath]:
    with ExitStack() as running:
        rehearsal = Rehearsal(running, receiver.url)
        story = Story(rehearsal)
        with story.traffic.flowing(), story.everyday.flowing():
            eventually(lambda: story.has_gone_on_since((0, 0)), PATIENCE)
            rehearsal.take_backup()
            with_backup = story.acknowledged()
            eventually(lambda: story.has_gone_on_since(with_backup), PATIENCE)
            story.before()
            before = story.acknowledged()
            piece = rehearsal.name_the_moment()
            moment = time.monotonic()
            story.after()
            eventually(lambda: story.has_gone_on_since(before), PATIENCE)
            eventually(lambda: rehearsal.is_archived(piece), WITHIN)
            seconds_lost = time.monotonic() - moment
            rehearsal.destroy()
            disaster = time.monotonic()
            rehearsal.restore_server()
            rehearsal.restore_the_rest()
            # Only now: what was answered before the disaster may be noted a moment later.
            lost = story.acknowledged()
            rehearsal.start_programs()
            # Of each person one action may have been acknowledged before.
            eventually(lambda: story.acknowledged()[0] > lost[0] + PEOPLE, WITHIN)
            rehearsal.took["all, until people went on"] = time.monotonic() - disaster
            eventually(lambda: story.has_gone_on_since(lost), PATIENCE)
        rehearsal.wait_until_settled()
        aftermath = Aftermath(story, before, lost, seconds_lost)
        yield aftermath
        report = request.config.pluginmanager.get_plugin("terminalreporter")
        report.write_line("")
        for line in described(aftermath):
            report.write_line(line)


def described(aftermath: Aftermath) -> Iterator[str]:
    """What was lost, how long each step took, and of what size all was."""
    rehearsal = aftermath.rehearsal
    lost = sum(aftermath.lost) - sum(aftermath.before)
    yield f"lost: {aftermath.seconds_lost:.1f} s, in which {lost} changes were acknowledged"
    yield f"archive at the disaster: {rehearsal.behind:.1f} s behind"
    for step, seconds in rehearsal.took.items():
        yield f"{seconds:6.1f} s  {step}"
    for part in ("base", "wal"):
        yield f"{rehearsal.backup.size(part) / 2**20:6.0f} MB {part}"


def test_what_was_acknowledged_before_the_moment_is_there_once(aftermath: Aftermath) -> None:
    sent, done = aftermath.before
    messages = list(aftermath.story.traffic.sent)
    written = aftermath.present(STUDY, SAID)
    assert sent > 20
    assert done > 20
    assert set(messages[:sent]) <= set(written)
    assert len(written) == len(set(written))
    for service, query in MARKS.items():
        marks = [mark for name, mark in aftermath.story.everyday.done[:done] if name == service]
        there = aftermath.present(service, query)
        assert [there.count(mark) for mark in marks] == [1] * len(marks)


def test_what_was_acknowledged_after_the_moment_is_gone(aftermath: Aftermath) -> None:
    (sent, _), (lost, _) = aftermath.before, aftermath.lost
    messages = list(aftermath.story.traffic.sent)[sent:lost]
    assert len(messages) > 20
    # Of each person one request was under way at the moment.
    assert len(set(messages) & set(aftermath.present(STUDY, SAID))) <= PEOPLE
    late = {"login": aftermath.story.late.username, "password": PASSWORD}
    assert Visitor(aftermath.story.gateway).post("/api/auth/login", late).status_code == 401


def test_all_databases_are_of_the_same_moment(aftermath: Aftermath) -> None:
    """Of what was done in turn in all services, the beginning is there, and nothing after a gap."""
    _, before = aftermath.before
    _, lost = aftermath.lost
    there = {service: set(aftermath.present(service, query)) for service, query in MARKS.items()}
    done = aftermath.story.everyday.done[:lost]
    kept = [mark in there[service] for service, mark in done]
    assert lost > before + len(MARKS)
    assert kept == sorted(kept, reverse=True)
    assert before <= sum(kept) <= before + 1


def test_what_people_did_after_the_restore_is_there_once(aftermath: Aftermath) -> None:
    sent, done = aftermath.lost
    written = aftermath.present(STUDY, SAID)
    assert set(list(aftermath.story.traffic.sent)[sent:]) <= set(written)
    for service, query in MARKS.items():
        marks = [mark for name, mark in aftermath.story.everyday.done[done:] if name == service]
        there = aftermath.present(service, query)
        assert marks
        assert [there.count(mark) for mark in marks] == [1] * len(marks)


def test_the_seats_counted_are_the_seats_taken(aftermath: Aftermath) -> None:
    for session in aftermath.story.sessions:
        [(counted, taken)] = aftermath.rehearsal.rows(STUDY, COUNTED, session.rpartition("/")[2])
        assert counted == taken


def test_a_room_goes_on_above_the_numbers_that_were_given(aftermath: Aftermath) -> None:
    for session in aftermath.story.sessions:
        session_id = session.rpartition("/")[2]
        [(last,)] = aftermath.rehearsal.rows(STUDY, LAST, session_id)
        numbers = aftermath.rehearsal.numbers(f"study-session:{session_id}")
        jumps = [after - before for before, after in pairwise(numbers) if after != before + 1]
        assert numbers[-1] == last
        assert jumps in ([], [RAISED + 1])


def test_a_reader_who_comes_back_to_a_busy_room_is_reset_and_misses_nothing_else(
    aftermath: Aftermath,
) -> None:
    story = aftermath.story
    [(last,)] = aftermath.rehearsal.rows(STUDY, LAST, story.sessions[0].rpartition("/")[2])
    seen = story.reader.read_to(last)
    missing = {after for before, after in pairwise(seen) if after > before + 1}
    assert seen == sorted(set(seen))
    assert seen[-1] == last
    assert missing
    assert missing <= story.reader.resets


def test_a_reader_who_saw_what_is_gone_is_reset_however_late_they_come_back(
    aftermath: Aftermath,
) -> None:
    story = aftermath.story
    path, after = f"{story.quiet}/events", story.seen_after
    with Stream(story.guest, path, last_event_id=after) as stream:
        assert stream.next().type == "reset"
        said = say(story.host, story.quiet, "Again")
        assert stream.next().data["id"] == said["id"]
    with Stream(story.guest, path, last_event_id=after) as stream:
        assert stream.next().type == "reset"
    words = [message["content"] for message in story.guest.read(f"{story.quiet}/messages")["items"]]
    assert words == ["Again", "Before"]


def test_each_service_acts_once_on_what_was_told_before_the_moment(aftermath: Aftermath) -> None:
    story = aftermath.story
    acted_on, told, gone = story.cancelled
    cancellations = aftermath.rehearsal.rows("user-service", CANCELLATIONS, story.guest.id)
    about = [f"study_session:{session.rpartition('/')[2]}" for session in (acted_on, told)]
    assert sorted(cancellations) == sorted((each, 1) for each in about)
    assert story.guest.read(told)["status"] == "cancelled"
    assert story.guest.read(gone)["status"] != "cancelled"
    assert [len(story.blocks(person)) for person in story.blockers] == [1, 1, 0]


def test_no_event_is_parked(aftermath: Aftermath) -> None:
    for service in SERVICE_NAMES:
        assert aftermath.rehearsal.rows(service, PARKED) == []


def test_sign_ins_from_before_go_on(aftermath: Aftermath) -> None:
    story = aftermath.story
    person, _, exchanged = story.blockers
    # By the token that was signed before the disaster, with a key that was restored.
    assert person.read("/api/users/me")["username"] == person.username
    visitor = Visitor(story.gateway)
    agreed(visitor.post("/api/auth/refresh", {"refresh_token": person.refresh_token}))
    refused = visitor.post("/api/auth/refresh", {"refresh_token": exchanged.refresh_token})
    assert refused.status_code == 401
    assert sign_in(story.gateway, exchanged.username, PASSWORD)


def test_a_second_factor_is_opened_by_the_sealing_key_of_the_backup(aftermath: Aftermath) -> None:
    visitor = Visitor(aftermath.story.gateway)
    credentials = {"login": "tamar", "password": DEMO_PASSWORD}
    asked = visitor.post("/api/auth/login", credentials).json()
    code = {"ticket": asked["ticket"], "code": aftermath.story.app.code()}
    assert agreed(visitor.post("/api/auth/login/code", code))["user"]["username"] == "tamar"
