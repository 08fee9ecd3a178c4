"""Students book free times themselves."""

from typing import Any

from chassis.auth.authorization import caller, signed_in
from chassis.clock import now
from chassis.errors import DeadlinePassed
from chassis.versions import ExpectedVersion
from chassis.web.conditional import if_match
from chassis.web.fields import Body, Instant, Integer, Text
from chassis.web.idempotency import idempotent
from chassis.web.periods import PeriodQuery
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service import availability
from tutoring_service.api.periods import check_length
from tutoring_service.api.scheduling import Topics
from tutoring_service.api.sessions import PATH, TutoringSession, versioned
from tutoring_service.api.tutors import TERM, Slots
from tutoring_service.checked_times import TooManyTimesChecked
from tutoring_service.history import SessionChangeLimitReached
from tutoring_service.scheduling import self_booking
from tutoring_service.scheduling.bookable_times import NotBookable, NoticeTooShort, WeekFull
from tutoring_service.scheduling.booking import EnrollmentNotActive, KeptApart, SessionLimitReached
from tutoring_service.scheduling.changes import NotChangeable
from tutoring_service.scheduling.conflicts import TimeConflict
from tutoring_service.scheduling.self_booking import BookingLimitReached, OnlyOnRequest

blueprint = Blueprint("self-booking")
ENROLLMENT = "/api/enrollments/<int(max=2147483647):enrollment_id>"
REFUSALS = (
    OnlyOnRequest,
    NotBookable,
    NoticeTooShort,
    TimeConflict,
    WeekFull,
    EnrollmentNotActive,
    KeptApart,
    TooManyTimesChecked,
)


class BookableTimeQuery(PeriodQuery):
    session_id = Integer(
        1,
        load_default=None,
        metadata={
            "description": "The session that is to move: times of its length, as if it were not there."
        },
    )


class NewBooking(Body):
    starts_at = Instant(
        required=True, metadata={"description": "When one of the bookable times begins."}
    )
    topics = Topics(load_default=list)
    note = Text(1000, paragraphs=True, load_default=None, allow_none=True)


class BookingMove(Body):
    starts_at = Instant(
        required=True, metadata={"description": "When one of the bookable times begins."}
    )


@blueprint.get(f"{ENROLLMENT}/bookable-times", "list_bookable_times")
@signed_in
@blueprint.arguments(BookableTimeQuery, location="query")
@blueprint.response(200, Slots)
def list_bookable_times(query: dict[str, Any], enrollment_id: int) -> dict[str, Any]:
    """List the times that you may book in your enrolment; without a period, in the coming fortnight."""
    since = query["since"] or now()
    until = query["until"] or since + TERM
    check_length(since, until, availability.LONGEST_SEARCH)
    found = self_booking.times(caller(), enrollment_id, since, until, query["session_id"])
    return {"items": found}


@blueprint.post(f"{ENROLLMENT}/bookings", "create_booking")
@signed_in
@idempotent
@blueprint.arguments(NewBooking, bounds=BodyBounds(256 * 1024))
@blueprint.response(201, TutoringSession, versioned=True)
@blueprint.raises(*REFUSALS, BookingLimitReached, SessionLimitReached)
def create_booking(body: dict[str, Any], enrollment_id: int) -> Any:
    """Book one of the bookable times, in a course whose students book themselves."""
    session, headers = versioned(self_booking.book(caller(), enrollment_id, body))
    return session, {**headers, "Location": f"/api/sessions/{session.id}"}


@blueprint.post(f"{PATH}/move", "move_tutoring_session")
@signed_in
@if_match
@blueprint.arguments(BookingMove)
@blueprint.response(200, TutoringSession, versioned=True)
@blueprint.raises(*REFUSALS, NotChangeable, DeadlinePassed, SessionChangeLimitReached)
def move_tutoring_session(body: dict[str, Any], session_id: int, expected: ExpectedVersion) -> Any:
    """Move your session, of a series this one alone, to another of the bookable times."""
    return versioned(self_booking.move(caller(), session_id, expected, body["starts_at"]))
