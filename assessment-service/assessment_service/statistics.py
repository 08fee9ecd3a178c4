"""RULES: what authors learn: counts, never people.

Sessions that are closed are counted once into `answer_tallies`; only those still open, or closed a
moment ago, are counted when an author asks. So figures stay quick with a million answers, and stay
when answers are erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Text,
    case,
    cast,
    extract,
    func,
    select,
    text,
    union_all,
)

from assessment_service import definitions, drafts, expiry, versions
from assessment_service.answers import ANSWERED
from assessment_service.models import AssessmentSession, SessionStatus, SessionTally, db
from assessment_service.sessions import SessionState
from assessment_service.versions import Pinned
from chassis.auth.tokens import Caller
from chassis.clock import now

BATCH = 500

# Tallies are locked in one order, so that two countings cannot wait for each other. A closed
# session takes no more answers, so that one statement sees all of them, whatever was committed
# after it began.
COUNT = """
WITH due AS (
    SELECT id FROM student_responses
    WHERE tallied_at IS NULL AND (status <> 'active' OR expired_at IS NOT NULL) AND {which}
    FOR UPDATE
), counted AS (
    INSERT INTO answer_tallies (question_id, choice, times)
    SELECT question_id, choice, count(*)
    FROM question_answers CROSS JOIN unnest(choices) AS choice
    WHERE response_id IN (SELECT id FROM due)
    GROUP BY question_id, choice
    ORDER BY question_id, choice
    ON CONFLICT (question_id, choice) DO UPDATE SET times = answer_tallies.times + excluded.times
)
UPDATE student_responses SET tallied_at = :now WHERE id IN (SELECT id FROM due)
"""
COUNT_SOME = text(
    COUNT.format(
        which="id IN (SELECT id FROM student_responses WHERE tallied_at IS NULL"
        " AND (status <> 'active' OR expired_at IS NOT NULL) LIMIT :batch FOR UPDATE SKIP LOCKED)"
    )
)
COUNT_OF_USER = text(COUNT.format(which="user_id = :user_id"))
COUNT_THESE = text(COUNT.format(which="id = ANY(:ids)"))

# One statement, so that no session is counted twice or not at all while it moves into the tallies.
TIMES = text("""
SELECT question_id, choice, CAST(sum(times) AS bigint) AS times FROM (
    SELECT question_id, choice, times FROM answer_tallies WHERE question_id = ANY(:question_ids)
    UNION ALL
    SELECT question_id, choice, count(*) FROM student_responses
    JOIN question_answers ON response_id = student_responses.id
    CROSS JOIN unnest(choices) AS choice
    WHERE version_id = :version_id AND tallied_at IS NULL
    GROUP BY question_id, choice
) AS counted
GROUP BY question_id, choice
""")


@dataclass(frozen=True)
class Choice:
    """How often one answer was given, and by how many percent of those who answered."""

    choice: str
    label: str
    times: int
    chosen_percent: float


@dataclass(frozen=True)
class QuestionStatistics:
    """How one question was answered."""

    question_id: int
    key: str
    type: str
    text: str
    answered: int
    distribution: list[Choice]


@dataclass(frozen=True)
class Statistics:
    """How a version is doing."""

    assessment: str
    version: int
    sessions: dict[str, int]
    started: int
    completed_percent: float | None
    median_seconds: float | None
    questions: list[QuestionStatistics]


def state_at(at: datetime) -> ColumnElement[str]:
    """The state of a session at this time, as SQL."""
    return case(
        (expiry.expired(at), SessionState.EXPIRED), else_=cast(AssessmentSession.status, Text)
    )


def count_closed() -> int:
    """Count some closed sessions into the tallies; how many they were."""
    counted = db.session.execute(COUNT_SOME, {"now": now(), "batch": BATCH})
    return counted.rowcount  # type: ignore[attr-defined, no-any-return]  # a CursorResult


def of_version(caller: Caller, slug: str, number: int | None) -> Statistics:
    """How a version is doing, the current one if none is named, for those who wrote it."""
    if number is None:
        drafts.own(caller, slug)
        version = versions.current(slug)
    else:
        version = versions.pinned(drafts.published_version(caller, slug, number).id)
    counts = _status_counts(version)
    started = sum(counts.values())
    return Statistics(
        version.slug,
        version.number,
        counts,
        started,
        _percent(counts[SessionStatus.COMPLETED], started) if started else None,
        _median_seconds(version),
        _questions(version),
    )


def _status_counts(version: Pinned) -> dict[str, int]:
    state = state_at(now()).label("state")
    kept = (
        select(state, func.count().label("times"))
        .where(AssessmentSession.version_id == version.id)
        .group_by(state)
    )
    deleted = select(SessionTally.state, SessionTally.times).filter_by(version_id=version.id)
    # One statement, so that a session that is deleted meanwhile is counted once.
    either = union_all(kept, deleted).subquery()
    rows = db.session.execute(
        select(either.c.state, cast(func.sum(either.c.times), BigInteger)).group_by(either.c.state)
    )
    found: dict[str, int] = dict(rows.all())
    return {state: found.get(state, 0) for state in SessionState}


def _median_seconds(version: Pinned) -> float | None:
    seconds = cast(
        extract("epoch", AssessmentSession.completed_at - AssessmentSession.created_at), Float
    )
    median = func.percentile_cont(0.5).within_group(seconds)
    found: float | None = db.session.scalar(
        select(median).where(
            AssessmentSession.version_id == version.id,
            AssessmentSession.status == SessionStatus.COMPLETED,
        )
    )
    if found is None:
        return None
    # Below zero where the machine that completed a session had a clock behind that of the first.
    return round(max(found, 0), 1)


def _questions(version: Pinned) -> list[QuestionStatistics]:
    rows = db.session.execute(
        TIMES, {"question_ids": list(version.questions), "version_id": version.id}
    )
    times: dict[int, dict[str, int]] = {question_id: {} for question_id in version.questions}
    for question_id, choice, count in rows:
        times[question_id][choice] = count
    return [_question(i, question, times[i]) for i, question in version.questions.items()]


def _question(
    question_id: int, question: definitions.Question, times: Mapping[str, int]
) -> QuestionStatistics:
    answered = times.get(ANSWERED, 0)
    distribution = [
        Choice(choice, label, times.get(choice, 0), _percent(times.get(choice, 0), answered))
        for choice, label in question.kind.labels().items()
    ]
    return QuestionStatistics(
        question_id, question.key, question.type, question.text, answered, distribution
    )


def _percent(part: int, whole: int) -> float:
    if not whole:
        return 0.0
    return 100 * part / whole
