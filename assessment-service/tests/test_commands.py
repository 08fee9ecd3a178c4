"""What the operator does from the command line, and the assessments that come with the service."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import definitions, documents, drafts, scoring
from assessment_service.models import db
from assessment_service.question_types import QuestionType

SHIPPED = {file.stem: documents.read(file) for file in documents.shipped()}


def run(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(args))
    return result.exit_code, result.output


def definition(slug: str) -> definitions.Definition:
    return definitions.of_document(SHIPPED[slug])


def test_a_file_is_imported_and_published(
    app: Flask, client: FlaskClient, tmp_path: Path, everything: Any
) -> None:
    file = tmp_path / "everything.yaml"
    file.write_text(yaml.safe_dump({"slug": "everything", **everything}))
    assert run(app, "assessments", "import", str(file)) == (0, "everything: draft of version 1\n")
    assert run(app, "assessments", "import", str(file)) == (0, "everything: draft of version 1\n")
    code, output = run(app, "assessments", "publish", "everything")
    assert (code, output) == (
        0,
        "everything: published version 1\neverything: started when none is named\n",
    )
    assert client.post("/api/v2/session/start").json["assessment"] == "everything"
    assert run(app, "assessments", "import", str(file)) == (0, "everything: draft of version 2\n")


def test_mistakes_are_listed_by_line_and_nothing_is_imported(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    good, wrong, broken = tmp_path / "good.json", tmp_path / "wrong.yaml", tmp_path / "broken.yaml"
    good.write_text('{"slug": "good", "title": "Good"}')
    wrong.write_text(
        "slug: wrong\ntitle: Wrong\npages:\n"
        "  - key: p\n    title: P\n    questions:\n      - key: q\n        type: likert\n        text: '?'\n"
        "        scale: {least: 5, most: 1}\n      - key: r\n        type: guess\n        text: '?'\n"
    )
    broken.write_text("slug: [")
    code, output = run(app, "assessments", "import", str(good), str(wrong), str(broken))
    assert code == 1
    assert "wrong.yaml:10: /pages/0/questions/0/scale/most Must end" in output
    assert "wrong.yaml:12: /pages/0/questions/1/type Must be one of" in output
    assert "broken.yaml: " in output
    with app.app_context():
        assert db.session.scalars(db.select(drafts.Assessment)).all() == []


def test_an_incomplete_draft_is_not_published(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("slug: empty\ntitle: Empty\n")
    run(app, "assessments", "import", str(file))
    code, output = run(app, "assessments", "publish", "empty")
    assert (code, "There is no page." in output) == (1, True)
    assert run(app, "assessments", "publish", "no-such-assessment")[0] == 1


def test_the_shipped_assessments_use_every_kind_of_question() -> None:
    used = {question.type for slug in SHIPPED for question in definition(slug).questions}
    assert used == set(QuestionType)


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_shipped_assessments_can_be_published(slug: str) -> None:
    definitions.check(definition(slug))
    drafts.check_complete(definition(slug))


def test_the_quiz_is_scored_as_computed_by_hand() -> None:
    quiz = definition("solar-system-quiz")
    right = {
        "largest": "jupiter",
        "order": ["mercury", "venus", "earth", "mars"],
        "giants": ["uranus", "saturn", "neptune"],
        "count": 8,
        "venus-hot": True,
        "moon": False,
        "light": 8,
        "titan": " saturn ",
    }
    [best] = scoring.score(quiz, right)["dimensions"]
    # 1 + 4 + 3 + 1 + 1 + 1 + 1 + twice 1
    assert (best["score"], best["percent"], best["band"]["label"]) == (14, 100, "astronomer")
    partly_right = {
        **right,
        "order": ["venus", "mercury", "earth", "mars"],
        "giants": ["mars", "saturn"],
        "titan": "Mars",
    }
    [found] = scoring.score(quiz, partly_right)["dimensions"]
    # 1 + 2 + 0 + 1 + 1 + 1 + 1 + 0
    assert (found["score"], found["band"]["label"]) == (7, "at home")


def test_the_inventory_is_scored_as_computed_by_hand() -> None:
    answers = {
        "reread": 5,
        "footnotes": 4,
        "summary": 2,
        "wording": 3,
        "objection": 1,
        "agree-quickly": 5,
    }
    found = {
        d["key"]: d for d in scoring.score(definition("study-interests"), answers)["dimensions"]
    }
    # (2 * 5 + 4 + (6 - 2) + 3) / 5
    assert (found["texts"]["score"], found["texts"]["band"]["label"]) == (4.2, "very much")
    # (2 * 1 + (6 - 5)) / 3
    assert (found["debate"]["score"], found["debate"]["band"]["label"]) == (1, "rather not")
    assert found["making"]["score"] is None
