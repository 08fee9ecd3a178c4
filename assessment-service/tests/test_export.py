"""Everything that is held about a person."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

CANARY = "a sentence no one else would write"


def test_an_export_holds_everything_about_the_person(client: FlaskClient, begin: Any) -> None:
    ruth = testing.a_user("ruth", "author")
    taker = begin(ruth)
    taker.answer_all()
    taker.do("complete")
    begin(ruth).answer("words", CANARY)
    client.post(
        "/api/v2/assessments", json={"slug": "hers", "definition": {"title": "Hers"}}, user=ruth
    )
    exported = client.get("/internal/export", user=ruth, peer="gateway").json
    first, second = exported["student_responses"]
    assert (first["session_id"], first["status"]) == (taker.session_id, "completed")
    assert second["status"] == "active"
    assert first["result"]["dimensions"][0]["key"] == "points"
    answers = [row["value"] for row in exported["question_answers"]]
    assert (len(answers), answers[-1]) == (9, CANARY)
    assert sum(row["amount"] for row in exported["xp_awards"]) == 95 + 25
    [written], [version] = exported["assessments"], exported["assessment_versions"]
    assert (written["slug"], version["definition"]) == ("hers", {"title": "Hers"})
    others = client.get("/internal/export", user=testing.a_user(), peer="gateway").json
    assert others == {name: [] for name in exported}


def test_an_export_is_for_other_services_only(client: FlaskClient) -> None:
    ruth = testing.a_user("ruth")
    assert client.get("/internal/export", user=ruth).status_code == 404
    internal = {"base_url": f"http://localhost:{testing.INTERNAL_PORT}"}
    assert client.get("/internal/export", user=ruth, **internal).status_code == 401


def test_an_export_needs_no_more_queries_for_more_sessions(
    app: Flask, client: FlaskClient, begin: Any
) -> None:
    def statements() -> int:
        with testing.count_queries(app) as sent:
            client.get("/internal/export", user=ruth, peer="gateway")
        return len(sent)

    ruth = testing.a_user("ruth")
    begin(ruth).answer_all()
    one = statements()
    for _ in range(3):
        begin(ruth, start_fresh=True).answer_all()
    assert statements() == one
