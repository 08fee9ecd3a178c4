"""RULES: which role a person has in an enrolment, and so what they may see and do."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import contains_eager

from chassis.auth.tokens import Caller
from chassis.errors import Forbidden, NotFound
from tutoring_service.models import Enrollment, EnrollmentParent, db
from tutoring_service.states import Role


def role_in(enrollment_id: int, tutor_id: UUID, student_id: UUID, caller: Caller) -> Role:
    """The caller's role; `NotFound` for strangers, who do not learn that there is such an enrolment."""
    # A person's own part comes before that of an admin: an admin who teaches may start the session
    # that they give.
    if caller.id == tutor_id:
        return Role.TUTOR
    if caller.id == student_id:
        return Role.STUDENT
    if db.session.get(EnrollmentParent, (enrollment_id, caller.id)):
        return Role.PARENT
    if Role.ADMIN in caller.roles:
        return Role.ADMIN
    raise NotFound


def has_role(caller: Caller) -> ColumnElement[bool]:
    """Whether `role_in` finds a role of the caller in the enrolment, as SQL."""
    return true() if Role.ADMIN in caller.roles else is_part_of(caller.id)


def is_part_of(user_id: UUID) -> ColumnElement[bool]:
    """Whether the person teaches, learns or follows as a parent in the enrolment, as SQL."""
    follows = exists().where(
        EnrollmentParent.enrollment_id == Enrollment.id, EnrollmentParent.parent_id == user_id
    )
    return or_(Enrollment.tutor_id == user_id, Enrollment.student_id == user_id, follows)


def enrollment_of(caller: Caller, enrollment_id: int | None) -> tuple[Enrollment, Role]:
    """The enrolment and the caller's role in it; `NotFound` for strangers."""
    return _with_role(caller, _row(enrollment_id))


def keep_enrollment(caller: Caller, enrollment_id: int) -> tuple[Enrollment, Role]:
    """As `enrollment_of`; until this transaction ends no other changes the enrolment."""
    return _with_role(caller, _row(enrollment_id).with_for_update(of=Enrollment, read=True))


def lock_enrollment(caller: Caller, enrollment_id: int) -> tuple[Enrollment, Role]:
    """As `enrollment_of`, for changing the enrolment: those who keep it are waited for."""
    # Without its keys, so that rows which refer to the enrolment can be written meanwhile.
    query = _row(enrollment_id).with_for_update(of=Enrollment, key_share=True)
    return _with_role(caller, query)


def require(role: Role, *allowed: Role) -> None:
    """`Forbidden` unless the role is one of these. The first one decides; the others may act, too."""
    if role not in allowed:
        raise Forbidden(f"This is for the {' or the '.join(allowed)}.", required=allowed[0])


def parents_of(enrollment_ids: set[int]) -> list[UUID]:
    """The parents who follow these enrolments."""
    query = (
        select(EnrollmentParent.parent_id)
        .where(EnrollmentParent.enrollment_id.in_(enrollment_ids))
        .distinct()
    )
    return list(db.session.scalars(query))


def _row(enrollment_id: int | None) -> Select[Enrollment]:
    """The enrolment with its course, which is there to be shown: a lock is on the enrolment alone."""
    return (
        select(Enrollment)
        .join(Enrollment.course)
        .options(contains_eager(Enrollment.course))
        .where(Enrollment.id == enrollment_id)
        .execution_options(populate_existing=True)
    )


def _with_role(caller: Caller, query: Select[Enrollment]) -> tuple[Enrollment, Role]:
    enrollment = db.session.scalar(query)
    if enrollment is None:
        raise NotFound
    return enrollment, role_in(enrollment.id, enrollment.tutor_id, enrollment.student_id, caller)
