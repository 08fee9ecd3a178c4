"""What people of a city do in a day: the assumptions that loads are made of and needs are reckoned from.

Nothing here was measured, because no city uses the platform yet. An operator who knows better changes these
figures, and every table follows.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

VISITS = 1.5  # of each person who comes on that day
THINKING = 20.0  # seconds between two things that a person does, the mean
STAYS = 1200.0  # seconds that a page is left open
# How many of the visits begin in each hour. One in eleven begins in the busiest.
BY_HOUR = (6, 3, 2, 1, 1, 3, 10, 22, 34, 40, 42, 44, 46, 44, 42, 44, 48, 54, 64, 78, 84, 74, 48, 22)
# What a person asks for when a visit begins, how often in the mean.
ARRIVAL: Mapping[str, float] = {
    "get_page": 1.0,
    "log_in": 0.05,
    "register_account": 0.01,
    "refresh_tokens": 0.9,
    "stream_user_events": 1.0,
    "get_dashboard": 1.0,
    "list_notifications": 0.5,
}


@dataclass(frozen=True)
class Purpose:
    """Why a person comes, for what part of the visits; and how often they ask for what, in the mean."""

    name: str
    share: float
    operations: Mapping[str, float]


PURPOSES = (
    Purpose(
        "to find a session",
        0.30,
        {
            "search_places": 0.5,
            "search_study_sessions": 4.0,
            "cluster_study_sessions": 6.0,
            "get_study_session": 3.0,
            "list_participants": 1.5,
            "join_study_session": 0.4,
            "leave_study_session": 0.1,
            "create_study_session": 0.06,
        },
    ),
    Purpose(
        "to talk before, in and after a session",
        0.25,
        {
            "list_own_study_sessions": 1.0,
            "get_study_session": 2.0,
            "list_messages": 3.0,
            "send_message": 5.0,
        },
    ),
    Purpose(
        "to study a text",
        0.22,
        {
            "list_havrutas": 1.0,
            "get_havruta": 1.0,
            "list_havruta_messages": 1.5,
            "send_havruta_message": 3.0,
            "get_section_text": 6.0,
            "search_texts": 1.0,
            "list_notes": 2.0,
            "create_note": 0.5,
        },
    ),
    Purpose(
        "to be taught",
        0.15,
        {
            "list_courses": 1.0,
            "get_course": 1.0,
            "list_enrollments": 1.0,
            "list_tutoring_sessions": 1.5,
            "list_bookable_times": 0.4,
            "create_booking": 0.1,
            "get_calendar": 1.0,
        },
    ),
    Purpose(
        "to take an assessment",
        0.08,
        {
            "list_assessments": 1.0,
            "start_assessment_session": 0.7,
            "submit_answer": 15.0,
            "get_assessment_session": 3.0,
        },
    ),
)
SIGN_INS = ("log_in", "register_account")  # which hash a password
MESSAGES = ("send_message", "send_havruta_message")
WATCHING = 3.0  # people with an open page of a room, for each message written there


@dataclass(frozen=True)
class Step:
    """An operation, so many seconds after the visit began."""

    after: float
    operation: str


@dataclass(frozen=True)
class Visit:
    """What a person does in one go. `begins` is in seconds since midnight."""

    person: int
    begins: float
    steps: tuple[Step, ...]


def a_day(people: int, seed: int) -> Iterator[Visit]:
    """The visits of so many people, earliest first. The same seed gives the same day."""
    chance = random.Random(seed)
    count = _about(people * VISITS, chance)
    begins = sorted(_moment(chance) for _ in range(count))
    for moment in begins:
        yield Visit(chance.randrange(people), moment, tuple(_steps(chance)))


def calls() -> dict[str, float]:
    """How often a person asks for each operation in a day, the mean."""
    found: dict[str, float] = {name: VISITS * often for name, often in ARRIVAL.items()}
    for purpose in PURPOSES:
        for name, often in purpose.operations.items():
            found[name] = found.get(name, 0) + VISITS * purpose.share * often
    return found


def busiest() -> float:
    """The share of a day's visits that begins in the busiest hour."""
    return max(BY_HOUR) / sum(BY_HOUR)


def _moment(chance: random.Random) -> float:
    [hour] = chance.choices(range(24), cum_weights=list(accumulate(BY_HOUR)))
    return 3600 * (hour + chance.random())


def _steps(chance: random.Random) -> Iterator[Step]:
    [purpose] = chance.choices(PURPOSES, [each.share for each in PURPOSES])
    after = 0.0
    for name, often in (*ARRIVAL.items(), *purpose.operations.items()):
        for _ in range(_about(often, chance)):
            yield Step(after, name)
            after += chance.expovariate(1 / THINKING)


def _about(mean: float, chance: random.Random) -> int:
    """A whole number next to the mean, which it is on average."""
    return int(mean) + (chance.random() < mean % 1)
