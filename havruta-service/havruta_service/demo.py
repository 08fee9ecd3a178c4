"""The havrutas of the demo: both kinds of sessions, invitations in every state, progress over several
meetings, messages and notes; and a book that can be read in two versions.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.clock import now
from havruta_service import completion, reminders, text_import
from havruta_service.models import (
    EndReason,
    Havruta,
    HavrutaMessage,
    HavrutaSession,
    Invitation,
    InvitationStatus,
    Member,
    Move,
    PassageNote,
    Presence,
    Series,
    SessionStatus,
    SessionType,
    TextVersion,
    db,
)
from havruta_service.reference_reader import parse
from havruta_service.repetition import repeated
from havruta_service.text_formats import read_file
from havruta_service.text_import import Description

WEEKLY, ZONE = "FREQ=WEEKLY;COUNT=4", "Asia/Jerusalem"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JONAH = Description(
    id="demo-jonah",
    title="Jonah in plain English",
    language="en",
    direction="ltr",
    licence="Apache-2.0",
    attribution="Translated for the demo of Lyceum",
    source="",
)
UNANSWERED = {InvitationStatus.PENDING, InvitationStatus.EXPIRED}


def load() -> int:
    """Add the havrutas of the demo that are not there; how many they were."""
    _jonah()
    return sum((_genesis(), _berakhot(), _ruth()))


def demo_id(name: str) -> UUID:
    """The id of something in the demo; a person has the same in every service."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:{name}")


def _jonah() -> None:
    """A translation, to be read next to the Hebrew."""
    if db.session.get(TextVersion, JONAH.id) is None:
        with resources.as_file(resources.files("havruta_service") / "data" / "jonah.tsv") as file:
            passages = text_import.collect(read_file(Path(file)).passages)
        for _ in text_import.store(JONAH, passages, replace=False):
            pass


def _genesis() -> int:
    """Three friends on their way through Genesis, with invitations in every state."""
    havruta = _havruta(
        "havruta-genesis", "Genesis on Tuesdays", "Genesis", ["ruth", "boaz", "miriam"]
    )
    if havruta is None:
        return 0
    two, three = ["ruth", "boaz"], ["ruth", "boaz", "miriam"]
    _studied(
        havruta, SessionType.INSTANT, 21 * DAY, two, ["Genesis 1:1", "Genesis 1:14", "Genesis 2:1"]
    )
    _studied(
        havruta,
        SessionType.SCHEDULED,
        14 * DAY,
        three,
        ["Genesis 2:1", "Genesis 2:25", "Genesis 3:24"],
    )
    _studied(havruta, SessionType.SCHEDULED, 7 * DAY, three, ["Genesis 3:24", "Genesis 4:16"])
    _said(havruta, "ruth", "Shall we stay with Noah for another evening?", 2 * DAY)
    _said(havruta, "boaz", "Yes. I want to come back to the raven.", 2 * DAY - HOUR)
    _said(havruta, "miriam", "בשמחה. אביא את רש״י.", DAY)  # noqa: RUF001  # Hebrew
    _noted("ruth", "Genesis 1:3-5", "Light before the sun: what gives it?", havruta)
    _noted(
        "boaz", "Genesis 2:4", "A second beginning, with the names the other way round.", havruta
    )
    _noted("ruth", "Genesis 4:9", "Ask Naomi about this verse.")
    _planned(havruta, now() + 2 * DAY)
    _cancelled(havruta, now() + 3 * DAY)
    _invited(havruta, "david", InvitationStatus.PENDING)
    _invited(havruta, "miriam", InvitationStatus.ACCEPTED, accepted_by=demo_id("miriam"))
    _invited(havruta, "yael", InvitationStatus.DECLINED)
    _invited(havruta, "tamar", InvitationStatus.EXPIRED, age=30 * DAY)
    _invited(havruta, "esther", InvitationStatus.REVOKED)
    return 1


def _berakhot() -> int:
    """Two who begin the Talmud."""
    havruta = _havruta("havruta-berakhot", "A page of Berakhot", "Berakhot", ["hillel", "david"])
    if havruta is None:
        return 0
    _studied(
        havruta, SessionType.INSTANT, 5 * DAY, ["hillel", "david"], ["Berakhot 2a", "Berakhot 2b"]
    )
    _studied(
        havruta,
        SessionType.INSTANT,
        4 * DAY,
        ["hillel", "david"],
        ["Berakhot 2b", "Berakhot 3a", "Berakhot 3b"],
    )
    _invited(havruta, "naomi", InvitationStatus.PENDING)
    return 1


def _ruth() -> int:
    """A book that was finished."""
    havruta = _havruta("havruta-ruth", "Ruth for Shavuot", "Ruth", ["naomi", "esther"])
    if havruta is None:
        return 0
    _studied(
        havruta, SessionType.SCHEDULED, 170 * DAY, ["naomi", "esther"], ["Ruth 1:1", "Ruth 2:23"]
    )
    _studied(
        havruta, SessionType.SCHEDULED, 169 * DAY, ["naomi", "esther"], ["Ruth 2:23", "Ruth 4:22"]
    )
    havruta.archived_at = now() - 168 * DAY
    return 1


def _havruta(key: str, name: str, book: str, people: Sequence[str]) -> Havruta | None:
    """A new havruta, owned by the first of its people; None if it is there already."""
    if db.session.get(Havruta, demo_id(key)):
        return None
    havruta = Havruta(
        id=demo_id(key), name=name, book=book, owner_id=demo_id(people[0]), member_count=len(people)
    )
    db.session.add(havruta)
    db.session.flush()
    began = now() - 180 * DAY
    for order, person in enumerate(people):
        db.session.add(
            Member(havruta_id=havruta.id, user_id=demo_id(person), joined_at=began + order * DAY)
        )
    db.session.flush()
    return havruta


def _studied(
    havruta: Havruta, kind: SessionType, age: timedelta, people: Sequence[str], refs: Sequence[str]
) -> None:
    """A session of an hour, in which the pages were turned every ten minutes."""
    begin = now() - age
    end = begin + timedelta(hours=1)
    session = HavrutaSession(
        havruta_id=havruta.id,
        type=kind,
        status=SessionStatus.ACTIVE,
        start_time=begin,
        planned_start=begin if kind == SessionType.SCHEDULED else None,
        created_by=havruta.owner_id,
        navigator_id=havruta.owner_id,
        starting_section=refs[0],
        position=refs[-1],
        seq=len(refs),
        position_seq=len(refs),
    )
    db.session.add(session)
    db.session.flush()
    for number, ref in enumerate(refs):
        at = begin + number * timedelta(minutes=10)
        db.session.add(
            Move(
                session_id=session.id,
                seq=number + 1,
                user_id=havruta.owner_id,
                ref=ref,
                moved_at=at,
            )
        )
    for number, person in enumerate(people):
        came = begin + number * timedelta(minutes=5)
        db.session.add(
            Presence(
                session_id=session.id, user_id=demo_id(person), joined_at=came, last_seen_at=end
            )
        )
    db.session.flush()
    completion.complete(havruta, session, end, EndReason.OWNER)
    db.session.flush()


def _said(havruta: Havruta, person: str, words: str, age: timedelta) -> None:
    havruta.seq += 1
    db.session.add(
        HavrutaMessage(
            havruta_id=havruta.id,
            user_id=demo_id(person),
            content=words,
            seq=havruta.seq,
            created_at=now() - age,
        )
    )


def _noted(person: str, ref: str, words: str, havruta: Havruta | None = None) -> None:
    """Note something for oneself, or for the havruta."""
    reference = parse(ref)
    note = PassageNote(user_id=demo_id(person), havruta_id=havruta and havruta.id, words=words)
    note.book, note.first, note.last = reference.book.slug, reference.first, reference.last
    db.session.add(note)


def _planned(havruta: Havruta, start: datetime) -> None:
    series = Series(havruta_id=havruta.id, rrule=WEEKLY, timezone=ZONE)
    db.session.add(series)
    db.session.flush()
    planned = [
        _scheduled(havruta, time, series_id=series.id) for time in repeated(WEEKLY, ZONE, start)
    ]
    db.session.add_all(planned)
    db.session.flush()
    reminders.plan([session.id for session in planned])
    reminders.choose(planned[0].id, demo_id("miriam"), [120, 30])


def _cancelled(havruta: Havruta, start: datetime) -> None:
    session = _scheduled(havruta, start)
    session.status, session.end_reason = SessionStatus.CANCELLED, EndReason.CANCELLED
    db.session.add(session)


def _scheduled(havruta: Havruta, start: datetime, series_id: UUID | None = None) -> HavrutaSession:
    return HavrutaSession(
        havruta_id=havruta.id,
        type=SessionType.SCHEDULED,
        status=SessionStatus.SCHEDULED,
        start_time=start,
        planned_start=start,
        planned_minutes=60,
        series_id=series_id,
        created_by=havruta.owner_id,
    )


def _invited(
    havruta: Havruta,
    username: str,
    status: InvitationStatus,
    *,
    age: timedelta = DAY,
    accepted_by: UUID | None = None,
) -> None:
    sent = now() - age
    db.session.add(
        Invitation(
            havruta_id=havruta.id,
            inviter_id=havruta.owner_id,
            inviter_name="Ruth Adler",
            inviter_username="ruth",
            invitee_email=f"{username}@lyceum.example",
            status=status,
            created_at=sent,
            last_sent_at=sent,
            expires_at=sent + timedelta(days=7),
            responded_at=None if status in UNANSWERED else sent,
            accepted_by=accepted_by,
        )
    )
