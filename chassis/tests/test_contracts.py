"""What a listener reads of events, and what a service is held against."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.data.db import transaction
from chassis.json_schema import IDENTIFIER, NUMBER, TEXT, an_object, list_of
from chassis.messaging import contracts
from chassis.messaging.messages import Event
from chassis.testing import contracts as held

from .support.notes import db, messages

PARTS = an_object(items=list_of(an_object(title=TEXT)))


def event(**data: Any) -> Event:
    return Event(uuid4(), "moved", "user-service", "1", 1, datetime.now(UTC), None, data)


def test_a_handler_gets_what_it_says_that_it_reads() -> None:
    got: list[Event] = []

    @contracts.reads(optional=("city",), street=TEXT, city=TEXT)
    def also(event: Event) -> None:
        got.append(event)

    @contracts.reads(also, number=NUMBER)
    def handler(event: Event) -> None:
        got.append(event)

    def says_nothing(event: Event) -> None:
        got.append(event)

    for each in (handler, also, says_nothing):
        contracts.act(each, event(street="Yafo", number=7, door="blue"))
    assert [each.data for each in got] == [
        {"street": "Yafo", "number": 7},
        {"street": "Yafo"},
        {},
    ]
    assert contracts.read_by(handler)["required"] == ["number", "street"]
    assert contracts.read_by(says_nothing) == an_object()


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the service, with what two consumers expect of it."""
    (tmp_path / held.FOLDER).mkdir()
    contents = {
        "gateway": {"answers": {"GET /api/notes?limit=1": PARTS}},
        "user-service": {"events": {"moved": an_object(owner_id=IDENTIFIER)}},
    }
    for consumer, contract in contents.items():
        path = tmp_path / held.FOLDER / f"{consumer}.json"
        path.write_text(json.dumps(contract))
    monkeypatch.setattr(held, "_folder_of", lambda _: tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_an_event_that_lacks_what_a_listener_reads_is_not_sent(in_app: Flask) -> None:
    with held.checked_events(in_app), transaction(db.session):
        messages.publish_event("moved", 1, 1, {"owner_id": str(uuid4()), "door": "blue"})
        messages.publish_event("greeted", 1, 1)
        for data in ({}, {"owner_id": "nobody"}, {"owner_id": None}):
            with pytest.raises(AssertionError, match="user-service reads moved"):
                messages.publish_event("moved", 1, 1, data)


@pytest.mark.usefixtures("folder")
def test_an_answer_that_lacks_what_a_consumer_reads_fails(app: Flask, client: FlaskClient) -> None:
    assert client.get("/api/notes?limit=1").status_code == 200
    other = client.get("/api/notes?limit=2")
    wrong = client.get("/api/notes?limit=1")
    for answer in (other, wrong):
        answer.set_data(json.dumps({"items": [{"name": "figs"}]}))
    held.check_expected(app, other)
    with pytest.raises(AssertionError, match="gateway reads GET /api/notes"):
        held.check_expected(app, wrong)


def test_what_is_read_and_no_longer_there_is_named(
    app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "root_path", str(folder))
    (folder / "events.py").write_text('def tell():\n    messages.publish_event("moved", 1, 1)\n')
    held.check_contracts(app)
    (folder / "events.py").write_text("class EventType:\n    LEFT = 'left'\n")
    with pytest.raises(AssertionError, match=r"\('user-service', 'moved'\)"):
        held.check_contracts(app)
