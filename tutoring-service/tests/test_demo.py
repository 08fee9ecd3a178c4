"""The data of the demo."""

from typing import Any

from flask import Flask

from chassis.testing import User
from tutoring_service import demo


def test_the_demo_is_loaded_once(app: Flask, client: Any) -> None:
    runner = app.test_cli_runner()
    assert "loaded" in runner.invoke(args=["demo"]).output
    ruth = User("ruth", ("learner", "tutor"), id=demo.person_id("ruth"))
    first = client.get("/api/sessions?limit=100", user=ruth).json["items"]
    assert {session["status"] for session in first} == {"completed", "scheduled"}
    assert any(session["is_recurring"] for session in first)
    runner.invoke(args=["demo"])
    assert client.get("/api/sessions?limit=100", user=ruth).json["items"] == first
    naomi = User("naomi", id=demo.person_id("naomi"))
    assert client.get("/api/sessions?role=parent", user=naomi).json["items"]
    rating = client.get(f"/api/tutors/{ruth.id}/rating", user=naomi).json
    assert (rating["average"], rating["count"]) == (5.0, 2)
    page = client.get(f"/api/tutors/{ruth.id}").json
    assert (page["about"], page["languages"]) == (demo.ABOUT, ["he", "en"])
    assert page["subjects"] == ["Mishnah"]
    assert page["next_free_times"]
    assert {review["text"] for review in page["reviews"]} == {"Patient and clear."}
    hillel = User("hillel", ("learner", "tutor"), id=demo.person_id("hillel"))
    taught = client.get("/api/sessions?limit=100", user=hillel).json["items"]
    assert {session["note"] for session in taught} == {None, "Could we begin with Rashi?"}
