"""The service under test, and the data to test it with, made through its rules."""

from collections.abc import Iterator

import pytest
from flask import Flask

from chassis.testing import User, a_user, service

from .support.maker import Maker


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with service("havruta_service") as app:
        yield app


@pytest.fixture
def make(app: Flask) -> Maker:
    return Maker(app)


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def naomi() -> User:
    return a_user("naomi")
