"""RULES: a session on its way: look at it, come back to it, turn its page, leave it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from assessment_service import definitions, expiry, versions
from assessment_service.kinds import Arrange
from assessment_service.models import AssessmentSession, QuestionAnswer, SessionStatus, db
from assessment_service.versions import Pinned
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.errors import Conflict, Gone, NotFound, invalid
from chassis.pages import Page, cut


class SessionState(StrEnum):
    """The status of a session as the clock has it."""

    active = "active"
    completed = "completed"
    abandoned = "user_abandoned_not_completed"
    expired = "expired"


class SessionNotFound(NotFound):
    """There is no such session, or it is not yours."""

    code = "session_not_found"


class SessionExpired(Gone):
    """Nothing happened in this session for 30 days, and it takes no more changes."""

    code = "session_expired"


class SessionEnded(Conflict):
    """The session has ended."""

    code = "session_ended"

    def __init__(self, state: SessionState) -> None:
        # `status` in a problem document is the HTTP status (RFC 9457), so the state has a name of its own.
        super().__init__("It takes no more changes.", session_status=state)


class NotValidReason(StrEnum):
    """Why a session cannot go on."""

    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Progress:
    """How far a session has come. 100.0 means that nothing is missing."""

    questions_answered: int
    questions_total: int
    total_xp: int

    @property
    def percentage(self) -> float:
        """In steps of a tenth, rounded down."""
        return (
            1000 * self.questions_answered // self.questions_total / 10
            if self.questions_total
            else 0.0
        )


@dataclass(frozen=True)
class Standing:
    """A session with the version it is pinned to."""

    session: AssessmentSession
    version: Pinned

    @property
    def state(self) -> SessionState:
        """What is stored, or that it expired since."""
        return (
            SessionState.expired
            if expiry.has_expired(self.session, now())
            else SessionState(self.session.status)
        )

    @property
    def ends_at(self) -> datetime | None:
        """When it ended. Of an open session, when its time limit is over; None without one."""
        if self.state == SessionState.active:
            return self.session.ends_at
        # What was abandoned or forgotten ended with the last thing that was done in it.
        return self.session.completed_at or self.session.last_activity

    @property
    def expires_at(self) -> datetime | None:
        """When it expires if nothing happens before."""
        return (
            self.session.last_activity + expiry.LIFETIME
            if self.state == SessionState.active
            else None
        )

    @property
    def progress(self) -> Progress:
        return Progress(
            self.session.questions_answered, len(self.version.questions), self.session.total_xp
        )


@dataclass(frozen=True)
class Validation:
    """Whether a session can go on, and if not, why."""

    valid: bool
    reason: NotValidReason | None
    standing: Standing | None

    @property
    def progress(self) -> Progress | None:
        return self.standing.progress if self.standing else None


@dataclass(frozen=True)
class Resumption:
    """Everything needed to go on with a session, or to read it."""

    standing: Standing
    page: dict[str, Any] | None
    pages: list[dict[str, Any]]
    answers: Sequence[QuestionAnswer]


def find(session_id: str, user_id: UUID | None, *, lock: bool = False) -> AssessmentSession:
    """The session, if it is the caller's or nobody's: of one without an owner the id itself is the
    permission.
    """
    query = (
        select(AssessmentSession)
        .filter_by(session_id=session_id)
        .execution_options(populate_existing=True)
    )
    session = db.session.scalar(query.with_for_update() if lock else query)
    if session is None or session.user_id not in {None, user_id}:
        raise SessionNotFound
    return session


def refuse_closed(status: SessionStatus, *, expired: bool) -> None:
    """Raise what fits if a session takes no more changes."""
    if expired:
        raise SessionExpired
    if status != SessionStatus.active:
        raise SessionEnded(SessionState(status))


def open_session(session_id: str, user_id: UUID | None) -> AssessmentSession:
    """The session, locked, if it still takes changes."""
    session = find(session_id, user_id, lock=True)
    refuse_closed(session.status, expired=expiry.has_expired(session, now()))
    return session


def standing(session: AssessmentSession) -> Standing:
    return Standing(session, versions.pinned(session.version_id))


def validate(session_id: str, user_id: UUID | None) -> Validation:
    """Whether the session can go on. Changes nothing, not even when it was last active."""
    try:
        found = standing(find(session_id, user_id))
    except SessionNotFound:
        return Validation(False, NotValidReason.NOT_FOUND, None)
    if found.state == SessionState.active:
        return Validation(True, None, found)
    return Validation(False, NotValidReason[found.state.name.upper()], found)


def mine(user_id: UUID, state: str | None, limit: int, cursor: str | None) -> Page[Standing]:
    """Somebody's sessions, the latest first."""
    query = select(AssessmentSession).filter_by(user_id=user_id)
    if state == SessionState.expired:
        query = query.where(expiry.expired(now()))
    elif state:
        query = query.where(
            AssessmentSession.status == SessionStatus(state), ~expiry.expired(now())
        )
    rows = db.session.scalars(
        ordered(query, [AssessmentSession.id], limit, cursor, descending=True)
    ).all()
    known = versions.pin_all(row.version_id for row in rows)
    found = [Standing(row, known[row.version_id]) for row in rows]
    return cut(found, limit, lambda item: (item.session.id,))


def resume(session_id: str, user_id: UUID | None) -> Resumption:
    """The page where the session was left, all its answers and its progress."""
    return _resumption(find(session_id, user_id))


def turn_page(session_id: str, user_id: UUID | None, page_id: int) -> Resumption:
    """Go to a page of the pinned version."""
    session = open_session(session_id, user_id)
    if page_id not in versions.pinned(session.version_id).page_by_id:
        raise invalid("page_id", "Not a page of this assessment.")
    session.current_page_id = page_id
    session.last_activity = now()
    db.session.flush()
    return _resumption(session)


def abandon(session_id: str, user_id: UUID | None) -> Standing:
    """Leave the session for good; its answers are kept. Twice is once."""
    session = find(session_id, user_id, lock=True)
    if session.status != SessionStatus.abandoned:
        refuse_closed(session.status, expired=expiry.has_expired(session, now()))
        session.status = SessionStatus.abandoned
        db.session.flush()
    return standing(session)


def _resumption(session: AssessmentSession) -> Resumption:
    version = versions.pinned(session.version_id)
    answers = db.session.scalars(
        select(QuestionAnswer)
        .filter_by(response_id=session.id)
        .order_by(QuestionAnswer.question_id)
    ).all()
    return Resumption(
        Standing(session, version),
        _shown_page(session, version),
        _page_list(version, {answer.question_id for answer in answers}),
        answers,
    )


def _page_list(version: Pinned, answered: set[int]) -> list[dict[str, Any]]:
    return [
        {
            "id": page_id,
            "title": page.title,
            "questions_total": len(page.questions),
            "questions_answered": sum(
                version.question_ids[question.key] in answered for question in page.questions
            ),
        }
        for page_id, page in version.page_by_id.items()
    ]


def _shown_page(session: AssessmentSession, version: Pinned) -> dict[str, Any] | None:
    if not version.page_by_id:
        return None
    page_id = session.current_page_id or next(iter(version.page_by_id))
    page = version.page_by_id[page_id]
    questions = {question.key: question for question in page.questions}
    if version.definition.shuffle_questions:
        questions = {
            key: questions[key]
            for key in arrangement(session.shuffle_seed, page.key)(list(questions))
        }
    shown = [_shown_question(session, version, question) for question in questions.values()]
    return {"id": page_id, "title": page.title, "questions": shown}


def _shown_question(
    session: AssessmentSession, version: Pinned, question: definitions.Question
) -> dict[str, Any]:
    # The order in which an ordering is defined may be the right one, so it is never shown.
    shuffled = version.definition.shuffle_options or question.type == "ordering"
    arrange: Arrange = (
        arrangement(session.shuffle_seed, question.key) if shuffled else lambda keys: keys
    )
    return {
        "id": version.question_ids[question.key],
        "type": question.type,
        "text": question.text,
        "required": question.required,
        **question.kind.shown(arrange),
    }


def arrangement(seed: int, salt: str) -> Arrange:
    """An order that looks random and is the same for ever, on every device and version of Python."""
    return lambda keys: sorted(
        keys, key=lambda key: hashlib.sha256(f"{seed}:{salt}:{key}".encode()).digest()
    )
