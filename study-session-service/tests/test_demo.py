"""The demo: every state is there, and loading it twice changes nothing."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis.testing import User
from study_session_service import demo
from study_session_service.models import db

BASE = "/api/study-sessions"


def load(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, result.output
    return result.output


def rows(app: Flask) -> Any:
    with app.app_context():
        return db.session.execute(text("SELECT * FROM study_sessions ORDER BY id")).all()


def test_loading_twice_changes_nothing(app: Flask, client: FlaskClient) -> None:
    assert load(app) == f"{len(demo.PLAN)} study sessions loaded\n"
    before = rows(app)
    assert load(app) == "0 study sessions loaded\n"
    assert rows(app) == before


def test_the_demo_shows_every_state(app: Flask, client: FlaskClient) -> None:
    load(app)
    statuses = "starting-soon,live,finished,cancelled"
    found = client.get(f"{BASE}?limit=100&status={statuses}").json["items"]
    assert {item["status"] for item in found} == set(statuses.split(","))
    assert any(item["seats_left"] == 0 for item in found)
    assert any(item["location_visibility"] == "approximate" for item in found)
    near_taveuni = client.get(f"{BASE}?lat=-16.8&lng=179.99&radius_km=5").json["items"]
    assert [item["title"] for item in near_taveuni] == ["Navigation by the stars"]


def test_the_demo_people_are_in_their_sessions(app: Flask, client: FlaskClient) -> None:
    load(app)
    ruth, hillel = (User(name, id=demo.person(name)) for name in ("ruth", "hillel"))
    path = f"{BASE}/{demo.session_id('jerusalem-berakhot')}"
    assert client.get(path, user=ruth).json["my_participation"]["role"] == "host"
    assert len(client.get(f"{path}/messages", user=ruth).json["items"]) == 3
    waiting = client.get(f"{BASE}/{demo.session_id('jerusalem-anatomy')}", user=hillel).json
    assert waiting["my_participation"]["waitlist_position"] == 2


def test_the_demo_has_a_weekly_series(app: Flask, client: FlaskClient) -> None:
    load(app)
    first = f"{BASE}/{demo.session_id('jerusalem-parashah-0')}"
    assert client.get(first).json["series"]["rrule"] == "FREQ=WEEKLY;COUNT=6"
    assert len(client.get(f"{first}/series").json["items"]) == 6
    shown = client.get(f"{BASE}?q=portion&series=next").json["items"]
    assert [each["id"] for each in shown] == [str(demo.session_id("jerusalem-parashah-0"))]


def test_the_counters_of_the_demo_are_right(app: Flask, client: FlaskClient) -> None:
    load(app)
    wrong = """
        SELECT s.title FROM study_sessions s WHERE s.current_participants <>
            (SELECT count(*) FROM session_participants p WHERE p.session_id = s.id AND p.is_active)
    """
    with app.app_context():
        assert db.session.execute(text(wrong)).all() == []
