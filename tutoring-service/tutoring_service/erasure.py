"""RULES: what is left of a person whose account is deleted: the others' history, without a name in it."""

from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from chassis.messaging.messages import Event
from tutoring_service import sessions
from tutoring_service.models import (
    Base,
    CalendarFeed,
    Course,
    Enrollment,
    EnrollmentParent,
    ParentCode,
    Review,
    SessionBooking,
    SessionChange,
    SessionReminder,
    SessionRequest,
    TutorAvailability,
    TutoringSession,
    WhiteboardSession,
    WhiteboardStroke,
    db,
    quarantined_sessions,
    retired_session_fields,
)
from tutoring_service.personal_data import NAMING, about
from tutoring_service.scheduling import lifecycle
from tutoring_service.states import CourseStatus, EnrollmentStatus, SessionStatus


def on_user_deleted(event: Event) -> None:
    """Erase the person of a `user.deleted`."""
    erase(UUID(event.aggregate_id))


def erase(user_id: UUID) -> None:
    """Erase the person. Done again, it finds nothing."""
    # The enrolments come first: a transaction that is just booking in one of them is waited for, and
    # its session is cancelled, too. The reasons that the person gave are deleted before this gives one
    # of its own. The others are told while the person can still be found among them, and the id is
    # replaced last, because all before looks for it.
    _close(user_id)
    _delete_words(user_id)
    _cancel_coming(user_id)
    _delete_own(user_id)
    _anonymize(user_id, uuid4())
    db.session.expire_all()


def _close(user_id: UUID) -> None:
    mine = or_(Enrollment.tutor_id == user_id, Enrollment.student_id == user_id)
    open_ones = Enrollment.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED))
    db.session.execute(
        update(Enrollment)
        .where(mine, open_ones)
        .values(status=EnrollmentStatus.CANCELLED, closed_at=now())
    )
    db.session.execute(
        update(Course)
        .where(Course.tutor_id == user_id)
        .values(status=CourseStatus.ARCHIVED, description=None)
    )


def _cancel_coming(user_id: UUID) -> None:
    """Cancel the coming sessions, and tell the others."""
    booking = SessionBooking
    query = (
        sessions.with_booking(lock=True)
        .where(
            or_(booking.tutor_id == user_id, booking.student_id == user_id),
            TutoringSession.status == SessionStatus.SCHEDULED,
            booking.starts_at > now(),
        )
        .order_by(booking.enrolled_courses_id, booking.starts_at)
    )
    for _, group in groupby(
        db.session.scalars(query), key=lambda session: session.enrolled_courses_id
    ):
        lifecycle.cancel_all(list(group), "account deleted", user_id)


def _delete_own(user_id: UUID) -> None:
    """What was for the person alone, whiteboards on which no one else drew among it."""
    db.session.execute(delete(TutorAvailability).filter_by(tutor_id=user_id))
    db.session.execute(delete(CalendarFeed).filter_by(user_id=user_id))
    db.session.execute(delete(SessionReminder).filter_by(user_id=user_id))
    db.session.execute(delete(EnrollmentParent).filter_by(parent_id=user_id))
    forget_answers(db, user_id)
    own = select(Enrollment.id).where(Enrollment.student_id == user_id)
    db.session.execute(delete(ParentCode).where(ParentCode.enrollment_id.in_(own)))
    board, stroke = WhiteboardSession, WhiteboardStroke
    others_drew = exists().where(stroke.whiteboard_id == board.id, stroke.author_id != user_id)
    db.session.execute(
        delete(board).where(
            or_(board.tutor_id == user_id, board.student_id == user_id), ~others_drew
        )
    )


def _delete_words(user_id: UUID) -> None:
    """What the person wrote, and where people met them."""
    db.session.execute(update(Review).where(Review.author_id == user_id).values(text=None))
    own = select(Enrollment.id).where(Enrollment.student_id == user_id)
    db.session.execute(
        update(SessionRequest)
        .where(SessionRequest.enrolled_courses_id.in_(own))
        .values(message=None)
    )
    cancelled = SessionBooking.cancelled_by == user_id
    db.session.execute(update(SessionBooking).where(cancelled).values(cancellation_reason=None))
    mine = or_(SessionBooking.tutor_id == user_id, SessionBooking.student_id == user_id)
    session_ids = select(SessionBooking.session_id).where(mine)
    db.session.execute(
        update(TutoringSession).where(TutoringSession.id.in_(session_ids)).values(location=None)
    )
    changes: Any = SessionChange.__table__.c
    for column in (changes.before, changes.after):
        met = and_(SessionChange.session_id.in_(session_ids), column.has_key("location"))
        db.session.execute(
            update(SessionChange).where(met).values({column: _without(column, "location")})
        )
    retired = retired_session_fields
    db.session.execute(
        update(retired)
        .where(
            retired.c.session_id.in_(
                select(SessionBooking.session_id).where(SessionBooking.student_id == user_id)
            )
        )
        .values(fields=_without(retired.c.fields, "student_feedback"))
    )


def _without(document: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return document.op("-", return_type=JSONB())(cast(literal(name), Text))


def _anonymize(user_id: UUID, no_one: UUID) -> None:
    """Put an id that belongs to no one wherever the person's is."""
    for table, column in ((retired_session_fields, "fields"), (quarantined_sessions, "session")):
        kept = table.c[column]
        replaced = func.replace(cast(kept, Text), str(user_id), str(no_one))
        condition = about(user_id)[table.name]
        db.session.execute(update(table).where(condition).values({kept: cast(replaced, JSONB)}))
    for name, columns in NAMING.items():
        table = Base.metadata.tables[name]
        for column in columns:
            db.session.execute(
                update(table).where(table.c[column] == user_id).values({column: no_one})
            )
