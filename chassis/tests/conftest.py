"""A small service that stands in for all of them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from .support import notes


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with notes.running() as app:
        yield app


@pytest.fixture(autouse=True)
def nothing_received_before() -> None:
    notes.committed.clear()
    notes.received.clear()
