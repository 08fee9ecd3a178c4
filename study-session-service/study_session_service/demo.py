"""Sessions to look at: several cities, every state. `flask --app study_session_service.app demo`."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from chassis.clock import now
from study_session_service import reminders
from study_session_service.geometry import Point, approximate
from study_session_service.models import (
    ChatMessage,
    LocationVisibility,
    Mode,
    Participant,
    Role,
    Series,
    SessionType,
    Status,
    StudySession,
    Visibility,
    Waiting,
    db,
)
from study_session_service.repetition import at_wall_time
from study_session_service.series.next_session import renew_next

HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True)
class Planned:
    """One demo session: its people, the host first; times are minutes from the first load."""

    name: str
    title: str
    subject: str
    location: Point
    start: int
    people: tuple[str, ...]
    _: KW_ONLY
    duration: int = 90
    kind: SessionType = SessionType.DISCUSSION
    seats: int = 10
    waiting: tuple[str, ...] = ()
    chat: Sequence[tuple[str, str]] = ()
    cancelled: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    series: str | None = None
    week: int = 0  # of the series
    came: Mapping[str, bool] = field(default_factory=dict)  # as the host has marked


def every_week(planned: Planned, weeks: int) -> list[Planned]:
    """A series of so many sessions."""
    return [
        replace(
            planned,
            name=f"{planned.name}-{week}",
            people=planned.people if week else (*planned.people, "miriam"),
            series=planned.name,
            week=week,
        )
        for week in range(weeks)
    ]


WEEKS = 6
ZONE = "Asia/Jerusalem"
PLAN = (
    *every_week(
        Planned(
            "jerusalem-parashah",
            "The portion of the week, with Rashi",
            "Torah",
            Point(31.7741, 35.2257),
            2 * DAY + 2 * HOUR,
            ("yael", "naomi"),
            seats=8,
            details={"venue_name": "Community centre, second floor"},
        ),
        WEEKS,
    ),
    Planned(
        "jerusalem-berakhot",
        "Tractate Berakhot, first chapter",
        "Talmud",
        Point(31.778, 35.235),
        -30,
        ("ruth", "boaz", "naomi", "david"),
        chat=(
            ("ruth", "Welcome! We begin with the first Mishnah."),
            ("boaz", "From what time may one recite the Shema?"),
            ("david", "Until the end of the first watch, says Rabbi Eliezer."),
        ),
        details={
            "venue_name": "National Library",
            "description": "Reading together, one page at a time.",
        },
    ),
    Planned(
        "jerusalem-genesis",
        "Genesis with Rashi",
        "Tanakh",
        Point(31.7683, 35.2137),
        2 * HOUR,
        ("boaz", "miriam"),
        seats=4,
        details={
            "location_visibility": LocationVisibility.APPROXIMATE,
            "venue_name": "At Boaz's home",
        },
    ),
    Planned(
        "jerusalem-anatomy",
        "Anatomy: the last week before the exam",
        "Medicine",
        Point(31.7767, 35.1975),
        5 * HOUR,
        ("esther", "yael", "tamar"),
        duration=180,
        kind=SessionType.EXAM_PREP,
        seats=3,
        waiting=("david", "hillel"),
        details={"venue_name": "Faculty library"},
    ),
    Planned(
        "tel-aviv-silence",
        "Two hours of silence",
        "Any",
        Point(32.0853, 34.7818),
        -45,
        ("miriam", "hillel", "esther"),
        duration=120,
        kind=SessionType.SILENT,
        chat=(("miriam", "Phones off, see you at the break."),),
    ),
    Planned(
        "tel-aviv-algorithms",
        "Algorithms, exercise 7",
        "Computer science",
        Point(32.1133, 34.8044),
        DAY,
        ("yael", "tamar", "boaz"),
        kind=SessionType.EXAM_PREP,
        details={"mode": Mode.HYBRID, "meeting_url": "https://meet.example.org/algorithms-7"},
    ),
    Planned(
        "haifa-philosophy",
        "Maimonides, Guide I:1",
        "Philosophy",
        Point(32.794, 34.9896),
        -2 * DAY,
        ("hillel", "ruth", "naomi"),
        chat=(
            ("hillel", "Image and likeness: where do we start?"),
            ("naomi", "With the Hebrew next to it."),
        ),
        came={"ruth": True, "naomi": True},
    ),
    Planned(
        "haifa-private",
        "Our own circle",
        "Mussar",
        Point(32.8007, 34.983),
        3 * HOUR,
        ("naomi", "ruth"),
        details={"visibility": Visibility.PRIVATE, "join_code": "HAVRUTA2"},
    ),
    Planned(
        "new-york-hebrew",
        "Hebrew reading circle",
        "Hebrew",
        Point(40.7536, -73.9832),
        6 * HOUR,
        ("tamar", "yael"),
        details={"venue_name": "Public Library, main reading room"},
    ),
    Planned(
        "london-law",
        "Contract law revision",
        "Law",
        Point(51.5299, -0.127),
        DAY + 3 * HOUR,
        ("david", "esther"),
        kind=SessionType.EXAM_PREP,
        cancelled="The library is closed that day.",
    ),
    Planned(
        "london-online",
        "Mishnah every morning",
        "Mishnah",
        Point(51.5194, -0.127),
        18 * HOUR,
        ("hillel", "boaz", "miriam", "tamar"),
        duration=45,
        seats=50,
        details={"mode": Mode.ONLINE, "meeting_url": "https://meet.example.org/mishnah"},
    ),
    Planned(
        "berlin-silent",
        "Thesis writing, side by side",
        "Any",
        Point(52.5186, 13.4083),
        30,
        ("esther", "naomi"),
        duration=240,
        kind=SessionType.SILENT,
        seats=6,
    ),
    Planned(
        "suva-marine",
        "Marine biology, reef ecology",
        "Biology",
        Point(-18.1416, 178.4419),
        4 * HOUR,
        ("david", "miriam"),
    ),
    Planned(
        "taveuni-navigation",
        "Navigation by the stars",
        "Astronomy",
        Point(-16.8, -179.98),
        7 * HOUR,
        ("yael", "david"),
    ),
)

# A person who wants to be reminded at other times than all, and one who does not want it.
OWN_REMINDERS: Sequence[tuple[str, str, Sequence[int]]] = (
    ("london-online", "boaz", (120, 10)),
    ("suva-marine", "miriam", ()),
)


def person(username: str) -> UUID:
    """The id of a demo account, the same in every service."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:{username}")


def session_id(name: str) -> UUID:
    """The id of a demo session."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:study-session:{name}")


def series_id(name: str) -> UUID:
    """The id of a demo series."""
    return uuid5(NAMESPACE_URL, f"lyceum:demo:study-session-series:{name}")


def load() -> int:
    """Add what is missing of the plan; how many sessions that was."""
    at = now().replace(second=0, microsecond=0)
    added = []
    names = {planned.series for planned in PLAN if planned.series}
    for name in names:
        if db.session.get(Series, series_id(name)) is None:
            rule = f"FREQ=WEEKLY;COUNT={WEEKS}"
            db.session.add(Series(id=series_id(name), rrule=rule, timezone=ZONE))
            db.session.flush()
    for planned in PLAN:
        if db.session.get(StudySession, session_id(planned.name)) is None:
            _add(planned, at)
            added.append(session_id(planned.name))
    reminders.plan(added)
    for name, username, minutes in OWN_REMINDERS:
        if session_id(name) in added:
            reminders.choose(session_id(name), person(username), minutes)
    for name in names:
        renew_next(series_id(name))
    return len(added)


def _add(planned: Planned, at: datetime) -> None:
    session = _session(planned, at)
    db.session.add(session)
    db.session.flush()
    opened = at - timedelta(days=3)
    for number, username in enumerate(planned.people):
        participant = Participant(session_id=session.id, user_id=person(username))
        participant.role = Role.PARTICIPANT if number else Role.HOST
        participant.attended = planned.came.get(username)
        participant.joined_at = opened + timedelta(minutes=10 * number)
        db.session.add(participant)
    for username in planned.waiting:
        db.session.add(Waiting(session_id=session.id, user_id=person(username)))
        db.session.flush()  # one by one: the order of numbers is the order of waiting
    for seq, (username, content) in enumerate(planned.chat, start=1):
        said = session.start_time + timedelta(minutes=5 * seq)
        message = ChatMessage(session_id=session.id, user_id=person(username), content=content)
        message.seq, message.created_at = seq, said
        db.session.add(message)


def _session(planned: Planned, at: datetime) -> StudySession:
    first = at + timedelta(minutes=planned.start)
    hour = first.astimezone(ZoneInfo(ZONE)).time()
    start = at_wall_time(first + timedelta(weeks=planned.week), hour, ZONE)
    session = StudySession(
        id=session_id(planned.name),
        host_id=person(planned.people[0]),
        title=planned.title,
        subject=planned.subject,
        session_type=planned.kind,
        latitude=planned.location.latitude,
        longitude=planned.location.longitude,
        start_time=start,
        duration_minutes=planned.duration,
        max_participants=planned.seats,
        current_participants=len(planned.people),
        created_at=at - timedelta(days=3),
        last_seq=len(planned.chat),
        series_id=series_id(planned.series) if planned.series else None,
        **planned.details,
    )
    if session.location_visibility == LocationVisibility.APPROXIMATE:
        shown = approximate(planned.location)
        session.approximate_latitude = shown.latitude
        session.approximate_longitude = shown.longitude
    _set_state(session, planned, at)
    return session


def _set_state(session: StudySession, planned: Planned, at: datetime) -> None:
    end = session.start_time + timedelta(minutes=planned.duration)
    if planned.cancelled:
        session.status, session.cancelled_at = Status.CANCELLED, at
        session.cancellation_reason = planned.cancelled
    elif session.start_time <= at:
        session.status, session.started_at = Status.LIVE, session.start_time
        if end <= at:
            session.status, session.ended_at = Status.FINISHED, end
