"""RULES: coming back to a session: its page, its answers, its progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from assessment_service import definitions, question_order, sessions, versions
from assessment_service.kinds import Arrange
from assessment_service.models import AssessmentSession, QuestionAnswer, db
from assessment_service.question_types import QuestionType
from assessment_service.sessions import Standing
from assessment_service.versions import Pinned
from chassis.clock import now
from chassis.errors import invalid


@dataclass(frozen=True)
class ShownQuestion:
    """A question as it is shown in a session. `details` depend on its type, and never tell points."""

    id: int
    type: QuestionType
    text: str
    required: bool
    details: Mapping[str, Any]


@dataclass(frozen=True)
class ShownPage:
    """A page as it is shown in a session."""

    id: int
    title: str
    questions: Sequence[ShownQuestion]


@dataclass(frozen=True)
class PageSummary:
    """How far the questions of a page are answered."""

    id: int
    title: str
    questions_total: int
    questions_answered: int


@dataclass(frozen=True)
class Resumption:
    """Everything needed to go on with a session, or to read it."""

    standing: Standing
    page: ShownPage | None
    pages: Sequence[PageSummary]
    answers: Sequence[QuestionAnswer]


def resume(session_id: str, user_id: UUID | None) -> Resumption:
    """The page where the session was left, all its answers and its progress."""
    return _resumption(sessions.find(session_id, user_id))


def turn_page(session_id: str, user_id: UUID | None, page_id: int) -> Resumption:
    """Go to a page of the pinned version."""
    session = sessions.open_session(session_id, user_id)
    if page_id not in versions.pinned(session.version_id).page_by_id:
        raise invalid("page_id", "Not a page of this assessment.")
    session.current_page_id = page_id
    session.last_activity = now()
    db.session.flush()
    return _resumption(session)


def _resumption(session: AssessmentSession) -> Resumption:
    version = versions.pinned(session.version_id)
    answers = db.session.scalars(
        select(QuestionAnswer)
        .filter_by(response_id=session.id)
        .order_by(QuestionAnswer.question_id)
    ).all()
    answered = {answer.question_id for answer in answers}
    return Resumption(
        Standing(session, version),
        _shown_page(session, version),
        [_summary(version, page_id, answered) for page_id in version.page_by_id],
        answers,
    )


def _summary(version: Pinned, page_id: int, answered: set[int]) -> PageSummary:
    page = version.page_by_id[page_id]
    ids = {version.question_ids[question.key] for question in page.questions}
    return PageSummary(page_id, page.title, len(ids), len(ids & answered))


def _shown_page(session: AssessmentSession, version: Pinned) -> ShownPage | None:
    if not version.page_by_id:
        return None
    page_id = session.current_page_id or next(iter(version.page_by_id))
    page = version.page_by_id[page_id]
    questions = {question.key: question for question in page.questions}
    keys: Sequence[str] = list(questions)
    if version.definition.shuffle_questions:
        keys = question_order.shuffled(session.shuffle_seed, page.key)(keys)
    shown = [_shown_question(session, version, questions[key]) for key in keys]
    return ShownPage(page_id, page.title, shown)


def _shown_question(
    session: AssessmentSession, version: Pinned, question: definitions.Question
) -> ShownQuestion:
    arrange: Arrange = list
    # The order in which an ordering is defined may be the right one, so it is never shown.
    if version.definition.shuffle_options or question.type == QuestionType.ORDERING:
        arrange = question_order.shuffled(session.shuffle_seed, question.key)
    return ShownQuestion(
        version.question_ids[question.key],
        question.type,
        question.text,
        question.required,
        question.kind.shown(arrange),
    )
