"""The havrutas of the demo."""

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from havruta_service import demo, havrutas, progress
from havruta_service.models import HavrutaSession, Invitation, db


@pytest.fixture(autouse=True)
def emptied(app: Flask, client: FlaskClient) -> Iterator[None]:
    """What a test wrote is removed afterwards, texts included."""
    yield
    app.test_cli_runner().invoke(args=["texts", "remove", demo.JONAH.id])


@pytest.fixture
def loaded(app: Flask) -> Result:
    """The demo, loaded from the command line."""
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, result.output
    return result


def test_loading_the_demo_again_changes_nothing(app: Flask, make: Any, loaded: Result) -> None:
    assert loaded.output == "3 havrutas added\n"
    assert app.test_cli_runner().invoke(args=["demo"]).output == "0 havrutas added\n"
    assert make(demo.load) == 0


def test_the_demo_has_a_book_in_two_versions(client: FlaskClient, loaded: Result) -> None:
    versions = client.get("/api/texts/versions?book=Jonah").json["items"]
    assert [version["id"] for version in versions] == ["demo-jonah", "wlc"]
    found = client.get("/api/texts/search?q=castor+plant&version=demo-jonah").json["items"]
    assert [hit["ref"] for hit in found] == ["Jonah 4:6"]


def test_the_demo_has_both_session_types_and_every_invitation_status(
    make: Any, loaded: Result
) -> None:
    kinds = make(
        lambda: set(db.session.execute(db.select(HavrutaSession.type, HavrutaSession.status)).all())
    )
    assert kinds >= {
        ("instant", "completed"),
        ("scheduled", "completed"),
        ("scheduled", "scheduled"),
    }
    statuses = make(lambda: set(db.session.scalars(db.select(Invitation.status))))
    assert statuses == {"pending", "accepted", "declined", "expired", "revoked"}


def test_the_demo_shows_progress_over_several_sessions(make: Any, loaded: Result) -> None:
    ruth = demo.demo_id("ruth")
    (havruta,) = make(lambda: list(havrutas.mine(ruth, False, 10, None).items))
    studied = make(progress.of_havruta, havruta.id, ruth)
    assert (studied.sessions, studied.ranges, studied.last_place) == (
        3,
        ["Genesis 1:1-4:16"],
        "Genesis 4:16",
    )
    assert (studied.minutes, len(studied.members)) == (180, 3)
