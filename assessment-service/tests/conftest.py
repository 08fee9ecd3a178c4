"""The service under test, an assessment with every kind of question, and people who take it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assessment_service import drafts, versions
from assessment_service.models import db
from assessment_service.versions import Pinned
from chassis import testing
from chassis.db import transaction
from chassis.testing import User

LIKERT = {"type": "likert", "scale": {"least": 1, "most": 5}}
OPTIONS = [{"key": key, "text": key.upper(), "points": points} for key, points in (("a", 2), ("b", 1), ("c", -1))]
VALUES: dict[str, Any] = {
    "likert": 4,
    "slider": 30,
    "single": "a",
    "multiple": ["a", "b"],
    "ordering": ["b", "c", "a"],
    "truth": True,
    "number": 7.5,
    "words": "Because.",
}


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("assessment_service") as app:
        yield app


@pytest.fixture
def everything() -> dict[str, Any]:
    """A definition with every kind of question on two pages; the last question is optional."""
    counts = {"scores": [{"dimension": "points"}]}
    definition = {
        "title": "Everything",
        "dimensions": [
            {"key": "points", "title": "Points", "bands": [{"from": -100, "to": 200, "label": "fine"}]},
            {"key": "mood", "title": "Mood", "method": "mean", "bands": []},
        ],
        "pages": [
            {
                "key": "first",
                "title": "First",
                "questions": [
                    {"key": "likert", "text": "Agree?", **LIKERT, "scores": [{"dimension": "mood", "reverse": True}]},
                    {
                        "key": "slider",
                        "type": "slider",
                        "text": "How much?",
                        "scale": {"least": 0, "most": 100, "step": 10},
                    },
                    {"key": "single", "type": "single_choice", "text": "Which?", "options": OPTIONS, **counts},
                    {"key": "multiple", "type": "multiple_choice", "text": "Which?", "options": OPTIONS, **counts},
                ],
            },
            {
                "key": "second",
                "title": "Second",
                "questions": [
                    {
                        "key": "ordering",
                        "type": "ordering",
                        "text": "Sort.",
                        "options": OPTIONS,
                        "correct": ["a", "b", "c"],
                        **counts,
                    },
                    {"key": "truth", "type": "true_false", "text": "True?", "correct": False, **counts},
                    {
                        "key": "number",
                        "type": "number",
                        "text": "How many?",
                        "least": 0,
                        "most": 10,
                        "correct": 7,
                        "tolerance": 0.5,
                        **counts,
                    },
                    {"key": "words", "type": "text", "text": "Why?", "required": False, "xp": 25},
                ],
            },
        ],
    }
    return deepcopy(definition)


Publish = Callable[..., Pinned]


@pytest.fixture
def publish(app: Flask, everything: dict[str, Any]) -> Publish:
    """Publish a definition, that of everything with changes, as the newest version of an assessment."""

    def publish(slug: str = "everything", author: User | None = None, **changes: Any) -> Pinned:
        with app.app_context(), transaction(db.session):
            document = {"slug": slug, **everything, **changes}
            version = drafts.release(drafts.import_document(document, author.id if author else None))
            if not drafts.has_default():
                drafts.make_default(slug)
            return versions.pinned(version.id)

    return publish


@dataclass
class Taker:
    """Somebody with a session, on a device of their own."""

    app: Flask
    version: Pinned
    session_id: str
    user: User | None

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        return self.app.test_client().open(f"/api/v2/{path}", method=method, user=self.user, **options)

    def look(self, leaf: str = "") -> TestResponse:
        return self.call("GET", f"session/{self.session_id}{leaf}")

    def do(self, leaf: str) -> TestResponse:
        return self.call("POST", f"session/{self.session_id}/{leaf}")

    def turn_to(self, page_id: int) -> TestResponse:
        return self.call("PUT", f"session/{self.session_id}/page", json={"page_id": page_id})

    def answer(self, key: str, value: Any = None, **more: Any) -> TestResponse:
        value = VALUES[key] if value is None else value
        body = {"session_id": self.session_id, "question_id": self.version.question_ids[key], "value": value, **more}
        return self.call("POST", "answers/submit", json=body)

    def answer_all(self) -> None:
        for key in self.version.question_ids:
            assert self.answer(key).status_code == 200

    @property
    def answers(self) -> dict[str, Any]:
        """What is saved, by question key."""
        keys = {question_id: key for key, question_id in self.version.question_ids.items()}
        return {keys[answer["question_id"]]: answer["value"] for answer in self.look().json["answers"]}


@pytest.fixture
def begin(app: Flask, client: Any, publish: Publish) -> Callable[..., Taker]:
    """Start a session of an assessment, that of everything if none is published yet."""
    published: list[Pinned] = []

    def begin(user: User | None = None, version: Pinned | None = None, **body: Any) -> Taker:
        if version is None:
            version = published[0] if published else publish()
            published.append(version)
        answer = app.test_client().post("/api/v2/session/start", json={"assessment": version.slug, **body}, user=user)
        assert answer.status_code == 201, answer.json
        return Taker(app, version, answer.json["session_id"], user)

    return begin
