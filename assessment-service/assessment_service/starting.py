"""RULES: starting a session: who may, how often, and one at a time."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from assessment_service import completion, expiry, sessions, versions
from assessment_service.models import AssessmentSession, SessionStatus, db
from assessment_service.sessions import Standing
from assessment_service.versions import Pinned
from chassis.clock import now, rfc3339
from chassis.data.limits import LimitReached, take_turns
from chassis.errors import Conflict, TooEarly, Unauthorized

RANDOM_BYTES = 16  # 128 bits: the id of a session without an owner is the permission to use it


class SessionInProgress(Conflict):
    """A session is in progress; `session_id` names it."""

    code = "session_in_progress"


class NoAttemptsLeft(Conflict):
    """You have taken this assessment as often as is allowed."""

    code = "no_attempts_left"


class AttemptLimitReached(LimitReached):
    """You have begun this assessment as often as one person may; `most` is how often."""

    code = "attempt_limit_reached"
    most = 200


def start(
    user_id: UUID | None, assessment: str | None = None, *, start_fresh: bool = False
) -> Standing:
    """Begin a session of the current version. `start_fresh` abandons the one that is open."""
    version = versions.current(assessment)
    if user_id is None and not version.definition.public:
        raise Unauthorized("this assessment needs an account")
    attempt = ends_at = None
    if user_id:
        attempt = _next_attempt(user_id, version, start_fresh=start_fresh)
    began = now()
    if version.definition.time_limit_minutes:
        ends_at = began + timedelta(minutes=version.definition.time_limit_minutes)
    session = AssessmentSession(
        session_id=secrets.token_urlsafe(RANDOM_BYTES),
        created_at=began,
        last_activity=began,
        current_page_id=next(iter(version.page_by_id), None),
        assessment_id=version.assessment_id,
        version_id=version.id,
        user_id=user_id,
        attempt=attempt,
        ends_at=ends_at,
        shuffle_seed=secrets.randbits(62),
    )
    db.session.add(session)
    db.session.flush()
    return Standing(session, version)


def claim(session_id: str, user_id: UUID) -> Standing:
    """Give a session without an owner to this person. Claiming twice is claiming once."""
    # First only to learn of which assessment it is: a start takes the two locks in this order, too.
    session = sessions.find(session_id, user_id)
    _one_at_a_time(user_id, session.assessment_id)
    session = sessions.find(session_id, user_id, lock=True)
    if session.user_id is None:
        if expiry.has_expired(session, now()):
            raise sessions.SessionExpired
        other = _open_session(user_id, session.assessment_id)
        if other and session.status == SessionStatus.ACTIVE:
            raise SessionInProgress(session_id=other.session_id)
        # Limits are not asked: an assessment that needs no account has none.
        session.attempt = _following(user_id, session.assessment_id)
        session.user_id = user_id
        db.session.flush()
    return sessions.standing(session)


def _next_attempt(user_id: UUID, version: Pinned, *, start_fresh: bool) -> int:
    """The number of the attempt that may begin now."""
    _one_at_a_time(user_id, version.assessment_id)
    current = _open_session(user_id, version.assessment_id)
    if current and expiry.time_is_up(current, now()):
        completion.finish(current)
    elif current and not start_fresh:
        raise SessionInProgress(session_id=current.session_id)
    elif current:
        current.status = SessionStatus.ABANDONED
        db.session.flush()
    # Last, because what was closed above counts as well. A refusal rolls it back: nothing is
    # abandoned for nothing.
    _check_limits(user_id, version)
    return _following(user_id, version.assessment_id)


def _one_at_a_time(user_id: UUID, assessment_id: int) -> None:
    """Let other starts and claims for this person and assessment wait for the end of this transaction."""
    take_turns(db.session, f"{user_id}:{assessment_id}")


def _open_session(user_id: UUID, assessment_id: int) -> AssessmentSession | None:
    """The open session, locked; expired ones are noted as such on the way."""
    its = (AssessmentSession.user_id == user_id) & (
        AssessmentSession.assessment_id == assessment_id
    )
    expiry.close_expired(its)
    return db.session.scalar(
        select(AssessmentSession)
        .where(
            its,
            AssessmentSession.status == SessionStatus.ACTIVE,
            AssessmentSession.expired_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _taken(user_id: UUID, assessment_id: int) -> int:
    query = select(func.max(AssessmentSession.attempt)).filter_by(
        user_id=user_id, assessment_id=assessment_id
    )
    return db.session.scalar(query) or 0


def _following(user_id: UUID, assessment_id: int) -> int:
    """The number of the person's next attempt."""
    taken = _taken(user_id, assessment_id)
    if taken >= AttemptLimitReached.most:
        raise AttemptLimitReached
    return taken + 1


def _check_limits(user_id: UUID, version: Pinned) -> None:
    """Every session counts as an attempt, however it ended; the pause begins when one was completed."""
    most = version.definition.max_attempts
    if most and _taken(user_id, version.assessment_id) >= most:
        raise NoAttemptsLeft
    pause = version.definition.hours_between_attempts
    if pause:
        _check_pause(user_id, version.assessment_id, timedelta(hours=pause))


def _check_pause(user_id: UUID, assessment_id: int, pause: timedelta) -> None:
    query = select(func.max(AssessmentSession.completed_at))
    last = db.session.scalar(query.filter_by(user_id=user_id, assessment_id=assessment_id))
    if last is None:
        return
    allowed = last + pause
    if now() < allowed:
        # `retry_at` is the name that clients of this operation know.
        detail = "You may take this assessment again then."
        raise TooEarly(allowed, detail, retry_at=rfc3339(allowed))
