"""RULES: the requests for sessions in one enrolment, and in all that a person has a part in."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    func,
    select,
    true,
)

from chassis.auth.tokens import Caller
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.pages import Page, cut
from tutoring_service.enrollments import OWN, first_ids, page_of_ids, roles_of
from tutoring_service.models import Course, Enrollment, SessionRequest, db
from tutoring_service.roles import enrollment_of
from tutoring_service.states import RequestStatus, Role

IN_LISTS = [
    *SessionRequest.__table__.columns,
    Enrollment.tutor_id.label("enrollment_tutor_id"),
    Enrollment.student_id.label("enrollment_student_id"),
    Enrollment.timezone.label("enrollment_timezone"),
    Enrollment.status.label("enrollment_status"),
    Course.title.label("enrollment_course_title"),
]
THE_ONE = Enrollment.id == bindparam("enrollment_id", type_=Integer)
STATUSES = func.unnest(bindparam("statuses", type_=ARRAY(String))).table_valued("status")


def of_enrollment(
    caller: Caller,
    enrollment_id: int,
    status: Collection[RequestStatus],
    limit: int,
    cursor: str | None,
) -> Page[Row[Any]]:
    """The requests in the enrolment, oldest first; with one of these statuses, or with any."""
    enrollment_of(caller, enrollment_id)
    query = _statement(None, follows=bool(cursor))
    return _page(query, {"enrollment_id": enrollment_id}, status, limit, cursor)


def find(
    caller: Caller,
    status: Collection[RequestStatus],
    role: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Row[Any]]:
    """The same of all enrolments that are the caller's in this role, or in any."""
    query = _statement(roles_of(role), follows=bool(cursor))
    return _page(query, {"caller_id": caller.id}, status, limit, cursor)


def _page(
    query: Select[*tuple[Any, ...]],
    of: dict[str, Any],
    status: Collection[RequestStatus],
    limit: int,
    cursor: str | None,
) -> Page[Row[Any]]:
    values = {**of, "statuses": sorted(status or RequestStatus), "limit": limit + 1}
    rows = reads.rows(db.session, query, values | after_values(cursor, [int]))
    return cut(rows, limit, lambda row: (row.id,))


@cache
def _statement(roles: tuple[Role, ...] | None, *, follows: bool) -> Select[*tuple[Any, ...]]:
    """The statement for a page of the requests in a person's enrolments in these roles; None: in one."""
    conditions = [THE_ONE] if roles is None else [OWN[role] for role in roles]
    page = page_of_ids([_ids(condition, follows=follows) for condition in conditions])
    shown = select(*IN_LISTS).join(SessionRequest.enrollment).join(Enrollment.course)
    return shown.join(page, page.c.id == SessionRequest.id).order_by(page.c.id)


def _ids(condition: ColumnElement[bool], *, follows: bool) -> Select[int]:
    """The page's worth of requests in these enrolments.

    Of each enrolment and status the index is read in order, and no further than a page. Asked for at once,
    PostgreSQL would read all requests of these enrolments, or those of all people.
    """
    asked = STATUSES.render_derived(name="asked")
    of_one = select(SessionRequest.id).where(
        SessionRequest.enrolled_courses_id == Enrollment.id,
        SessionRequest.status == asked.c.status,
    )
    if follows:
        of_one = of_one.where(after_bound([SessionRequest.id]))
    request = first_ids(of_one).correlate(Enrollment, asked).lateral("request")
    every = select(request.c.id).select_from(Enrollment).join(asked, true()).join(request, true())
    return first_ids(every.where(condition))
