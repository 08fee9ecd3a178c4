"""Which role a person has in an enrolment."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from chassis.auth.tokens import Caller
from chassis.errors import Forbidden, NotFound
from tutoring_service import roles
from tutoring_service.models import EnrollmentParent, db
from tutoring_service.states import Role

NOW = "2030-01-01T00:00:00Z"


def a_caller(user_id: UUID, *account_roles: str) -> Caller:
    anyone = Caller(user_id, "s", "", "", "", True, frozenset(), 0, "")
    return replace(anyone, roles=frozenset(account_roles))


@pytest.fixture
def enrolled(app: Flask, school: Any) -> Any:
    with app.app_context():
        yield school


def role_of(school: Any, user_id: UUID, *account_roles: str) -> Role:
    caller = a_caller(user_id, *account_roles)
    return roles.role_in(school.enrollment_id, school.tutor.id, school.student.id, caller)


def test_tutor_student_parent_and_admin_have_their_roles(enrolled: Any) -> None:
    naomi = uuid4()
    row = {"enrollment_id": enrolled.enrollment_id, "parent_id": naomi, "joined_at": NOW}
    db.session.execute(EnrollmentParent.__table__.insert().values(row))
    assert role_of(enrolled, enrolled.tutor.id) == Role.TUTOR
    assert role_of(enrolled, enrolled.student.id) == Role.STUDENT
    assert role_of(enrolled, naomi) == Role.PARENT
    assert role_of(enrolled, uuid4(), "admin") == Role.ADMIN


def test_an_admin_who_teaches_is_the_tutor(enrolled: Any) -> None:
    assert role_of(enrolled, enrolled.tutor.id, "admin") == Role.TUTOR


@pytest.mark.parametrize("account_role", ["learner", "tutor", "parent"])
def test_a_stranger_is_refused_whatever_their_account_role(
    enrolled: Any, account_role: str
) -> None:
    with pytest.raises(NotFound):
        role_of(enrolled, uuid4(), account_role)


def test_a_refusal_names_the_required_role_and_the_others_allowed() -> None:
    with pytest.raises(Forbidden) as refusal:
        roles.require(Role.PARENT, Role.TUTOR, Role.STUDENT)
    assert refusal.value.extra == {"required": "tutor"}
    assert refusal.value.detail == "This is for the tutor or the student."
    roles.require(Role.STUDENT, Role.TUTOR, Role.STUDENT)
