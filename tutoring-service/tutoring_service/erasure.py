"""RULES: what is left of a person whose account is deleted: the others' history, without a name in it."""

from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Select,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from chassis.messaging.messages import Event
from tutoring_service import parents, sessions
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
    TutorListing,
    TutorProfile,
    WhiteboardSession,
    WhiteboardStroke,
    apart,
    db,
    quarantined_sessions,
    retired_session_fields,
)
from tutoring_service.notifications import Kind, everyone_in, tell_of_enrollment
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
    _delete_locations(user_id)
    _cancel_coming(user_id)
    _delete_own(user_id)
    no_one = uuid4()
    _anonymize(user_id, no_one)
    # Whatever changes a listing locks it last.
    db.session.execute(delete(TutorListing).filter_by(tutor_id=no_one))
    # What SQL has changed, the ORM still has as it was.
    db.session.expire_all()


def _close(user_id: UUID) -> None:
    """Close the person's enrolments and courses."""
    gives_or_takes = or_(Enrollment.tutor_id == user_id, Enrollment.student_id == user_id)
    is_open = Enrollment.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED))
    closed = {"status": EnrollmentStatus.CANCELLED, "closed_at": now()}
    closing = update(Enrollment).where(gives_or_takes, is_open).values(closed)
    kind, status = Kind.ENROLLMENT_CHANGED, EnrollmentStatus.CANCELLED
    for enrollment in db.session.scalars(closing.returning(Enrollment)).all():
        people = everyone_in(enrollment)
        tell_of_enrollment(kind, people, enrollment, user_id, status=status)
    archived = {"status": CourseStatus.ARCHIVED, "description": None}
    db.session.execute(update(Course).where(Course.tutor_id == user_id).values(archived))


def _cancel_coming(user_id: UUID) -> None:
    """Cancel the coming sessions, and tell the others once for each enrolment."""
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
    coming = db.session.scalars(query)
    for _, group in groupby(coming, key=attrgetter("enrolled_courses_id")):
        lifecycle.cancel_all(list(group), "account deleted", user_id)


def _delete_own(user_id: UUID) -> None:
    """What was for the person alone, whiteboards on which no one else drew among it."""
    db.session.execute(delete(TutorAvailability).filter_by(tutor_id=user_id))
    db.session.execute(delete(TutorProfile).filter_by(tutor_id=user_id))
    db.session.execute(delete(CalendarFeed).filter_by(user_id=user_id))
    db.session.execute(delete(SessionReminder).filter_by(user_id=user_id))
    following = delete(EnrollmentParent).filter_by(parent_id=user_id)
    followed = db.session.scalars(following.returning(EnrollmentParent.enrollment_id)).all()
    for enrollment in db.session.scalars(select(Enrollment).where(Enrollment.id.in_(followed))):
        parents.tell_of_leaving(enrollment, user_id, user_id)
    apart.forget(user_id)
    forget_answers(db, user_id)
    # A code that the student gave out would let a parent in after they are gone.
    codes = ParentCode.enrollment_id.in_(_enrollments_as_student(user_id))
    db.session.execute(delete(ParentCode).where(codes))
    board, stroke = WhiteboardSession, WhiteboardStroke
    own = or_(board.tutor_id == user_id, board.student_id == user_id)
    others_drew = exists().where(stroke.whiteboard_id == board.id, stroke.author_id != user_id)
    db.session.execute(delete(board).where(own, ~others_drew))


def _delete_words(user_id: UUID) -> None:
    """What the person wrote."""
    unsaid = {"text": None, "is_named": False}
    db.session.execute(update(Review).where(Review.author_id == user_id).values(unsaid))
    asked = SessionRequest.enrolled_courses_id.in_(_enrollments_as_student(user_id))
    db.session.execute(update(SessionRequest).where(asked).values(message=None, topics=[]))
    booked = SessionBooking.student_id == user_id
    db.session.execute(update(SessionBooking).where(booked).values(note=None))
    cancelled = SessionBooking.cancelled_by == user_id
    db.session.execute(update(SessionBooking).where(cancelled).values(cancellation_reason=None))
    # The older application kept what the student wrote with the session.
    retired = retired_session_fields
    taken = select(SessionBooking.session_id).where(SessionBooking.student_id == user_id)
    without = _without(retired.c.fields, "student_feedback")
    db.session.execute(
        update(retired).where(retired.c.session_id.in_(taken)).values(fields=without)
    )
    _delete_put_aside(quarantined_sessions.c.student_id == user_id, "student_feedback")


def _delete_locations(user_id: UUID) -> None:
    """Where people met the person, which may be the person's home: now, and before each change."""
    gives_or_takes = or_(SessionBooking.tutor_id == user_id, SessionBooking.student_id == user_id)
    session_ids = select(SessionBooking.session_id).where(gives_or_takes)
    met = TutoringSession.id.in_(session_ids)
    db.session.execute(update(TutoringSession).where(met).values(location=None))
    changes: Any = SessionChange.__table__.c
    for column in (changes.before, changes.after):
        told = and_(SessionChange.session_id.in_(session_ids), column.has_key("location"))
        without = _without(column, "location")
        db.session.execute(update(SessionChange).where(told).values({column: without}))
    aside = quarantined_sessions.c
    _delete_put_aside(or_(aside.tutor_id == user_id, aside.student_id == user_id), "location")


def _delete_put_aside(theirs: ColumnElement[bool], name: str) -> None:
    """A field of these sessions that were put aside, also where it was retired."""
    without = _without(quarantined_sessions.c.session, name)
    without = without.op("#-", return_type=JSONB())(cast(["retired", name], ARRAY(Text)))
    db.session.execute(update(quarantined_sessions).where(theirs).values(session=without))


def _enrollments_as_student(user_id: UUID) -> Select[Any]:
    return select(Enrollment.id).where(Enrollment.student_id == user_id)


def _without(document: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return document.op("-", return_type=JSONB())(cast(literal(name), Text))


def _anonymize(user_id: UUID, no_one: UUID) -> None:
    """Put an id that belongs to no one wherever the person's is, the same everywhere: the others'
    history stays the history of one person.
    """
    # In documents before columns, by which the rows of these documents are found.
    for table, column in ((retired_session_fields, "fields"), (quarantined_sessions, "session")):
        kept = table.c[column]
        replaced = func.replace(cast(kept, Text), str(user_id), str(no_one))
        condition = about(user_id)[table.name]
        db.session.execute(update(table).where(condition).values({kept: cast(replaced, JSONB)}))
    for name, columns in NAMING.items():
        table = Base.metadata.tables[name]
        for column in columns:
            named = table.c[column] == user_id
            db.session.execute(update(table).where(named).values({column: no_one}))
