"""The service under test."""

from collections.abc import Iterator

import pytest
from flask import Flask

from chassis import testing


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("havruta_service") as app:
        yield app
