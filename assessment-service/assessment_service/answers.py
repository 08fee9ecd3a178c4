"""RULES: answers are saved once per question, and earn experience points once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from assessment_service import expiry, sessions, versions
from assessment_service.kinds import NotAnAnswer
from assessment_service.models import db
from assessment_service.sessions import Progress
from assessment_service.versions import Pinned
from chassis.clock import now
from chassis.data import statements
from chassis.errors import Conflict, DeadlinePassed, NotFound, invalid

ANSWERED = ""  # the choice that counts how often a question was answered at all


class QuestionNotFound(NotFound):
    """There is no such question in this session's assessment."""

    code = "question_not_found"


class StaleAnswer(Conflict):
    """A later answer to this question is saved already."""

    code = "stale_answer"


class OutcomeStatus(StrEnum):
    """What may become of an answer."""

    SAVED = "saved"
    STALE = "stale"
    NOT_FOUND = "not_found"
    INVALID = "invalid"


@dataclass(frozen=True)
class Outcome:
    """What became of one answer; `detail` says what is wrong with one that is invalid."""

    question_id: int
    status: OutcomeStatus
    xp_gained: int = 0
    detail: str | None = None


@dataclass(frozen=True)
class Submission:
    """What became of the answers, and how the session stands after them."""

    outcomes: Sequence[Outcome]
    progress: Progress

    @property
    def xp_gained(self) -> int:
        return sum(outcome.xp_gained for outcome in self.outcomes)

    @property
    def total_xp(self) -> int:
        return self.progress.total_xp


# One statement for one answer or a hundred: it upserts those that are not older than what is saved,
# gives points for first answers and moves the session, which the caller has locked. Also a question
# without points gets an award, of 0: there is one for every question that was answered, so that
# counting new ones counts answered questions.
SAVE = text("""
WITH sent AS (
    SELECT * FROM jsonb_to_recordset(CAST(:sent AS jsonb))
        AS sent (question_id integer, value jsonb, choices text[], client_seq bigint, xp integer)
), saved AS (
    INSERT INTO question_answers AS stored
        (response_id, question_id, value, choices, client_seq, created_at)
    SELECT :response_id, question_id, value, choices, client_seq, :now FROM sent
    ON CONFLICT (response_id, question_id) DO UPDATE
        SET value = excluded.value,
            choices = excluded.choices,
            client_seq = COALESCE(excluded.client_seq, stored.client_seq),
            created_at = excluded.created_at
        WHERE stored.client_seq IS NULL OR excluded.client_seq IS NULL
            OR excluded.client_seq >= stored.client_seq
    RETURNING question_id
), awarded AS (
    INSERT INTO xp_awards (response_id, question_id, amount, awarded_at)
    SELECT :response_id, question_id, xp, :now FROM sent JOIN saved USING (question_id)
    ON CONFLICT DO NOTHING
    RETURNING question_id, amount
)
UPDATE student_responses
SET last_activity = :now,
    current_page_id = :page_id,
    questions_answered = questions_answered + (SELECT count(*) FROM awarded),
    total_xp = total_xp + (SELECT COALESCE(sum(amount), 0) FROM awarded)
WHERE id = :response_id AND EXISTS (SELECT FROM saved)
RETURNING questions_answered, total_xp,
    ARRAY(SELECT question_id FROM saved) AS saved,
    (SELECT COALESCE(jsonb_object_agg(question_id, amount), '{}') FROM awarded) AS awarded
""")

LOCK = text("""
SELECT id, user_id, version_id, status, expired_at, last_activity, ends_at,
    questions_answered, total_xp
FROM student_responses WHERE session_id = :session_id FOR UPDATE
""")


def submit(user_id: UUID | None, session_id: str, answer: Mapping[str, Any]) -> Submission:
    """Save one answer; anything wrong with it is refused."""
    submission = submit_all(user_id, session_id, [answer])
    [outcome] = submission.outcomes
    if outcome.status == OutcomeStatus.NOT_FOUND:
        raise QuestionNotFound
    if outcome.status == OutcomeStatus.INVALID:
        raise invalid("value", outcome.detail or "")
    if outcome.status == OutcomeStatus.STALE:
        raise StaleAnswer
    return submission


def submit_all(
    user_id: UUID | None, session_id: str, answers: Sequence[Mapping[str, Any]]
) -> Submission:
    """Save the answers that can be saved and say of each what became of it."""
    session = _locked(session_id, user_id)
    version = versions.pinned(session.version_id)
    outcomes, accepted = _sift(version, answers)
    answered, total_xp = session.questions_answered, session.total_xp
    if accepted:
        parameters = _parameters(session.id, version, list(accepted.values()))
        # Without a row all were stale, and the session did not move.
        row = next(iter(statements.execute(db.session, SAVE, parameters)), None)
        if row:
            answered, total_xp = row.questions_answered, row.total_xp
        for index, kept in accepted.items():
            question_id = kept["question_id"]
            outcomes[index] = _outcome(row, question_id)
    return Submission(
        [outcomes[index] for index in range(len(answers))],
        Progress(answered, len(version.questions), total_xp),
    )


def _outcome(row: Any, question_id: int) -> Outcome:
    """What `SAVE` says of an answer."""
    if row is None or question_id not in row.saved:
        return Outcome(question_id, OutcomeStatus.STALE)
    return Outcome(question_id, OutcomeStatus.SAVED, row.awarded.get(str(question_id), 0))


def _locked(session_id: str, user_id: UUID | None) -> Any:
    # Statements without entities: this path is the one that is taken most.
    rows = statements.execute(db.session, LOCK, {"session_id": session_id})
    session: Any = next(iter(rows), None)
    if session is None or session.user_id not in {None, user_id}:
        raise sessions.SessionNotFound
    # The status is plain text here; a StrEnum equals its text and is found by it.
    sessions.refuse_closed(session.status, expired=expiry.has_expired(session, now()))
    if expiry.time_is_up(session, now()):
        raise DeadlinePassed(session.ends_at, "The session can only be completed.")
    return session


def _sift(
    version: Pinned, answers: Sequence[Mapping[str, Any]]
) -> tuple[dict[int, Outcome], dict[int, dict[str, Any]]]:
    """What is refused, and what can be saved, both by position."""
    outcomes: dict[int, Outcome] = {}
    accepted: dict[int, dict[str, Any]] = {}
    for index, answer in enumerate(answers):
        judged = _judge(version, answer)
        if isinstance(judged, Outcome):
            outcomes[index] = judged
        else:
            accepted[index] = judged
    for index in _superseded(accepted):
        outcomes[index] = Outcome(accepted.pop(index)["question_id"], OutcomeStatus.STALE)
    return outcomes, accepted


def _judge(version: Pinned, answer: Mapping[str, Any]) -> Outcome | dict[str, Any]:
    """The row to save for an answer, or why there is none."""
    question = version.questions.get(answer["question_id"])
    if question is None:
        return Outcome(answer["question_id"], OutcomeStatus.NOT_FOUND)
    try:
        value = question.kind.accept(answer["value"])
    except NotAnAnswer as error:
        return Outcome(answer["question_id"], OutcomeStatus.INVALID, detail=str(error))
    return {
        "question_id": answer["question_id"],
        "value": value,
        "choices": [ANSWERED, *question.kind.choices(value)],
        "client_seq": answer.get("client_seq"),
        "xp": question.xp,
    }


def _superseded(accepted: Mapping[int, Mapping[str, Any]]) -> list[int]:
    """The positions of answers that another one to the same question, sent along, replaces."""
    # PostgreSQL refuses to upsert one row twice in one statement.
    latest: dict[int, int] = {}
    for index, answer in accepted.items():
        other = accepted.get(latest.get(answer["question_id"], -1))
        if other is None or not _is_older(answer["client_seq"], other["client_seq"]):
            latest[answer["question_id"]] = index
    return [index for index, answer in accepted.items() if latest[answer["question_id"]] != index]


def _is_older(client_seq: int | None, than: int | None) -> bool:
    # Without numbers nothing is known but the order of arrival, in which the later is the newer.
    return client_seq is not None and than is not None and client_seq < than


def _parameters(
    response_id: int, version: Pinned, accepted: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "sent": json.dumps(accepted),
        "response_id": response_id,
        "page_id": version.page_of[accepted[-1]["question_id"]],
        # Read under the lock of the session, so that no answer is later than the end of its
        # session.
        "now": now(),
    }
