"""A person begins, and an author writes, so much, and no more."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from assessment_service.drafts import AssessmentLimitReached, VersionLimitReached
from assessment_service.starting import AttemptLimitReached
from chassis import testing

RUTH, ESTHER = testing.a_user("ruth"), testing.a_user("esther", "author")


def refused_with(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


@pytest.mark.usefixtures("race_round")
def test_a_person_begins_an_assessment_so_often(
    client: FlaskClient, publish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AttemptLimitReached, "most", 2)
    publish()
    body = {"assessment": "everything", "start_fresh": True}
    app = client.application
    answers = testing.race(
        [lambda: app.test_client().post("/api/v2/session/start", json=body, user=RUTH)] * 4
    )
    assert (
        sorted(map(refused_with, answers), key=str)
        == [(201, None)] * 2 + [(409, "attempt_limit_reached")] * 2
    )
    stranger = client.post("/api/v2/session/start", json={"assessment": "everything"}).json
    claimed = client.post(f"/api/v2/session/{stranger['session_id']}/claim", user=RUTH)
    assert claimed.status_code == 409


@pytest.mark.usefixtures("race_round")
def test_an_author_writes_so_many_assessments(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AssessmentLimitReached, "most", 2)
    app = client.application

    def write(number: int) -> Any:
        body = {"slug": f"habits-{number}", "definition": {"title": "Habits"}}
        return app.test_client().post("/api/v2/assessments", json=body, user=ESTHER)

    answers = testing.race([lambda number=number: write(number) for number in range(4)])
    assert (
        sorted(map(refused_with, answers), key=str)
        == [(201, None)] * 2 + [(409, "assessment_limit_reached")] * 2
    )


def test_an_assessment_has_so_many_versions(
    client: FlaskClient, publish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VersionLimitReached, "most", 1)
    publish(author=ESTHER)
    refused = client.post("/api/v2/assessments/everything/draft", user=ESTHER)
    assert refused_with(refused) == (409, "version_limit_reached")
