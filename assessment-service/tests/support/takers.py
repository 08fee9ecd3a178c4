"""People who take an assessment over HTTP."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from assessment_service.versions import Pinned
from chassis.testing import User

from .every_kind_of_question import VALUES


@dataclass
class Taker:
    """A person with a session, on a device of their own."""

    app: Flask
    version: Pinned
    session_id: str
    user: User | None

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        return self.app.test_client().open(
            f"/api/v2/{path}", method=method, user=self.user, **options
        )

    def look(self, leaf: str = "") -> TestResponse:
        return self.call("GET", f"session/{self.session_id}{leaf}")

    def do(self, leaf: str) -> TestResponse:
        return self.call("POST", f"session/{self.session_id}/{leaf}")

    def turn_to(self, page_id: int) -> TestResponse:
        return self.call("PUT", f"session/{self.session_id}/page", json={"page_id": page_id})

    def answer(self, key: str, value: Any = None, **more: Any) -> TestResponse:
        value = VALUES[key] if value is None else value
        body = {
            "session_id": self.session_id,
            "question_id": self.version.question_ids[key],
            "value": value,
            **more,
        }
        return self.call("POST", "answers/submit", json=body)

    def answer_all(self) -> None:
        for key in self.version.question_ids:
            assert self.answer(key).status_code == 200

    @property
    def answers(self) -> dict[str, Any]:
        """The saved answers, by question key."""
        keys = {question_id: key for key, question_id in self.version.question_ids.items()}
        return {
            keys[answer["question_id"]]: answer["value"] for answer in self.look().json["answers"]
        }
