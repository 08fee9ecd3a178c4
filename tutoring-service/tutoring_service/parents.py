"""RULES: a parent joins an enrolment with a code that the student gave them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, NotFound, TooManyRequests
from chassis.pages import Page, cut
from tutoring_service import calendars, whiteboards
from tutoring_service.models import (
    Enrollment,
    EnrollmentParent,
    ParentCode,
    SessionBooking,
    SessionReminder,
    apart,
    db,
)
from tutoring_service.notifications import Kind, tell_of_enrollment
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.runtime import runtime
from tutoring_service.states import Role

LIFETIME = timedelta(days=7)
# None that is read as another.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 12
INVALID = "This code is not valid."
# A parent has a few children. A code is one of 31 to the power of 12, so that many guesses find none.
MOST_TRIES, PERIOD = 50, timedelta(hours=1)


class OwnEnrollment(Conflict):
    """You cannot follow your own enrolment as a parent."""

    code = "own_enrollment"


class TooManyAttempts(TooManyRequests):
    """Too many attempts; try again later."""

    code = "too_many_attempts"


class ParentLimitReached(LimitReached):
    """As many parents follow the enrolment as may; `most` is how many."""

    code = "parent_limit_reached"
    most = 20


@dataclass(frozen=True)
class IssuedCode:
    """A code, shown once."""

    code: str
    expires_at: datetime


def issue(caller: Caller, enrollment_id: int) -> IssuedCode:
    """A new code of the student's; the one before is revoked."""
    enrollment, role = keep_enrollment(caller, enrollment_id)
    require(role, Role.STUDENT)
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    expires_at = now() + LIFETIME
    row = {"code_hash": _hash(code), "enrollment_id": enrollment.id, "expires_at": expires_at}
    # One code an enrolment: a student who has lost one makes the next, which revokes it.
    statement = insert(ParentCode).values(row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["enrollment_id"], set_=row))
    return IssuedCode(code, expires_at)


def join(caller: Caller, code: str) -> Enrollment:
    """Follow the enrolment of the code. Of two callers who use one code at once, one joins.

    The code is all that is needed. `TooManyAttempts` after 50 codes within an hour, right or wrong.
    """
    if wait := runtime().counts.take(f"parent_codes:{caller.id}", 1, MOST_TRIES, PERIOD):
        raise TooManyAttempts(retry_after=wait)
    # Found and spent in one statement, so that the database lets only one of them find it.
    spent = delete(ParentCode).where(
        ParentCode.code_hash == _hash(code.upper()), ParentCode.expires_at > now()
    )
    enrollment_id = db.session.scalar(spent.returning(ParentCode.enrollment_id))
    if enrollment_id is None:
        raise NotFound(INVALID)
    with_course = [joinedload(Enrollment.course, innerjoin=True)]
    enrollment = db.session.get_one(Enrollment, enrollment_id, options=with_course)
    if caller.id in (enrollment.tutor_id, enrollment.student_id):
        raise OwnEnrollment
    if apart.is_apart(caller.id, [enrollment.tutor_id, enrollment.student_id]):
        raise NotFound(INVALID)
    others = select(EnrollmentParent.parent_id).where(
        EnrollmentParent.enrollment_id == enrollment.id, EnrollmentParent.parent_id != caller.id
    )
    require_room(db.session, ParentLimitReached, others, of=enrollment.id)
    joining = (
        insert(EnrollmentParent)
        .values(enrollment_id=enrollment.id, parent_id=caller.id, joined_at=now())
        .on_conflict_do_nothing()
    )
    if db.session.scalar(joining.returning(EnrollmentParent.parent_id)):
        followed = [enrollment.student_id, enrollment.tutor_id]
        tell_of_enrollment(Kind.PARENT_JOINED, followed, enrollment, caller.id)
    return enrollment


def of_enrollment(
    caller: Caller, enrollment_id: int, limit: int, cursor: str | None
) -> Page[EnrollmentParent]:
    """The parents who follow the enrolment, in the order of joining, for its student and tutor."""
    _, role = enrollment_of(caller, enrollment_id)
    require(role, Role.STUDENT, Role.TUTOR, Role.ADMIN)
    query = select(EnrollmentParent).filter_by(enrollment_id=enrollment_id)
    order = (EnrollmentParent.joined_at, EnrollmentParent.parent_id)
    rows = db.session.scalars(ordered(query, order, limit, cursor)).all()
    return cut(rows, limit, lambda parent: (parent.joined_at, parent.parent_id))


def leave(caller: Caller, enrollment_id: int, parent_id: UUID, reason: str | None = None) -> None:
    """A parent stops following; or the student ends it, revokes the code that the parent may know, and tells
    them the reason.
    """
    enrollment, role = enrollment_of(caller, enrollment_id)
    if caller.id != parent_id:
        require(role, Role.STUDENT)
        # Before the parent: one who is just joining by the code is waited for, and then removed.
        db.session.execute(delete(ParentCode).filter_by(enrollment_id=enrollment_id))
    leaving = delete(EnrollmentParent).filter_by(enrollment_id=enrollment_id, parent_id=parent_id)
    if db.session.scalar(leaving.returning(EnrollmentParent.parent_id)):
        tell_of_leaving(enrollment, parent_id, caller.id, reason)
    theirs = select(SessionBooking.session_id).filter_by(enrolled_courses_id=enrollment_id)
    db.session.execute(
        delete(SessionReminder).where(
            SessionReminder.user_id == parent_id, SessionReminder.session_id.in_(theirs)
        )
    )
    # The gateway may be showing a whiteboard live: it asks again, and is refused.
    whiteboards.turn_away(enrollment_id, parent_id)


def tell_of_leaving(
    enrollment: Enrollment, parent_id: UUID, actor: UUID, reason: str | None = None
) -> None:
    """Notify the student and the tutor of a parent who follows no longer; and the parent, if removed."""
    removed, followed = actor != parent_id, [enrollment.student_id, enrollment.tutor_id]
    tell_of_enrollment(Kind.PARENT_LEFT, followed, enrollment, actor, removed=removed)
    if removed:
        tell_of_enrollment(
            Kind.REMOVED,
            [parent_id],
            enrollment,
            actor,
            path="/api/enrollments",
            calendar=calendars.taken_out(enrollment.id),
            reason=reason,
        )


def _hash(code: str) -> bytes:
    # A fast hash without salt is enough: twelve of 31 letters are 59 bits, and valid for a week.
    return hashlib.sha256(code.encode()).digest()
