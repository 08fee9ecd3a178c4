"""A small service that stands for all of them."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

spec = importlib.util.spec_from_file_location("notes", Path(__file__).with_name("notes.py"))
notes = importlib.util.module_from_spec(spec)
sys.modules["notes"] = notes
spec.loader.exec_module(notes)


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with notes.running() as app:
        yield app


@pytest.fixture(autouse=True)
def nothing_said_before() -> None:
    notes.committed.clear()
    notes.heard.clear()
