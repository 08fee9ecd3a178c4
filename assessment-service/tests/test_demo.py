"""The assessments and sessions of the demo people."""

from flask import Flask
from flask.testing import FlaskClient

from assessment_service.demo import person
from chassis import testing


def run_demo(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0
    return result.output


def test_the_demo_shows_sessions_in_every_state_and_loads_once(
    app: Flask, client: FlaskClient
) -> None:
    assert run_demo(app) == "demo assessments loaded\n"
    assert run_demo(app) == "demo assessments are there already\n"
    states = {}
    for name in ("ruth", "boaz", "naomi", "david"):
        user = testing.User(name, id=person(name))
        states[name] = [
            item["status"] for item in client.get("/api/v2/session", user=user).json["items"]
        ]
    assert states == {
        "ruth": ["active", "completed"],
        "boaz": ["completed"],
        "naomi": ["user_abandoned_not_completed"],
        "david": ["expired"],
    }
    assert client.post("/api/v2/session/start").json["assessment"] == "study-interests"
