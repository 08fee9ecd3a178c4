"""The service under test, and a tutor with a student in it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.testing import a_user

from .support.school import School


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("tutoring_service") as app:
        yield app


@pytest.fixture
def school(client: FlaskClient) -> School:
    school = School(client, a_user("ruth", "tutor"), a_user("boaz"))
    school.enrollment_id = school.enroll(school.student)
    return school
