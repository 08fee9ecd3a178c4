"""People who use every service in turn, and remember in which order they were answered."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any, LiteralString
from uuid import uuid4

import requests

from .people import PASSWORD, People, Visitor, agreed
from .study_sessions import host_session
from .traffic import insist

# Where the marks are, by service.
MARKS: Mapping[str, LiteralString] = {
    "user-service": "SELECT username FROM users",
    "study-session-service": "SELECT client_message_id FROM chat_messages",
    "tutoring-service": "SELECT topics->>0 FROM sessions",
    "havruta-service": "SELECT content FROM havruta_messages",
    "assessment-service": (
        "SELECT session_id FROM student_responses JOIN question_answers"
        " ON question_answers.response_id = student_responses.id"
    ),
}


class Everyday:
    """One thing after the other, each in another service than the one before, each with a mark of its own.

    A request is tried again for `patience` seconds, and after each thing there is a pause of so many.
    """

    def __init__(self, people: People, gateway: str, patience: float, pause: float = 0.0) -> None:
        self.done: list[tuple[str, str]] = []  # service and mark of what was acknowledged, in order
        self._ruth, self._visitor = people["ruth"], Visitor(gateway)
        self._patience, self._pause = patience, pause
        self._ending = threading.Event()
        self._failures: list[BaseException] = []
        self._thread = threading.Thread(target=self._run)
        self.session = host_session(self._ruth)
        made = agreed(self._ruth.post("/api/havrutas", {"name": "Mornings", "book": "Ruth"}))
        self._havruta = f"/api/havrutas/{made['id']}"
        self._enrolment = min(
            item["id"]
            for item in people["boaz"].read("/api/enrollments")["items"]
            if item["tutor_id"] == str(self._ruth.id)
        )
        self._question = self._first_question()
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        begin = midnight + timedelta(days=400)
        self._times = (begin + timedelta(hours=number) for number in count())

    def check(self) -> None:
        """Raise what has ended it, if something has."""
        if self._failures:
            raise self._failures[0]

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """People act while the block runs."""
        self._thread.start()
        try:
            yield
        finally:
            self._ending.set()
            self._thread.join()
        self.check()

    def _run(self) -> None:
        acts: Mapping[str, Callable[[], str]] = {
            "user-service": self._register,
            "study-session-service": self._talk,
            "tutoring-service": self._book,
            "havruta-service": self._write,
            "assessment-service": self._answer,
        }
        try:
            for service, act in cycle(acts.items()):
                if self._ending.is_set():
                    return
                self.done.append((service, act()))
                self._ending.wait(self._pause)
        except BaseException as failure:
            self._failures.append(failure)

    def _answered(self, ask: Callable[[], requests.Response]) -> Any:
        return agreed(insist(ask, self._patience))

    def _register(self) -> str:
        mark = f"naomi-{secrets.token_hex(6)}"
        account = {"username": mark, "email": f"{mark}@example.org", "display_name": "Naomi"}
        account["password"] = PASSWORD
        self._answered(lambda: self._visitor.post("/api/auth/register", account))
        return mark

    def _talk(self) -> str:
        words = {"content": "Shalom", "client_message_id": str(uuid4())}
        self._answered(lambda: self._ruth.post(f"{self.session}/messages", words))
        return words["client_message_id"]

    def _book(self) -> str:
        begin, mark = next(self._times), secrets.token_hex(6)
        booking = {
            "enrolled_courses_id": self._enrolment,
            "session_date": f"{begin:%Y-%m-%d}",
            "start_time": f"{begin:%H:%M:%S}",
            "end_time": f"{begin + timedelta(minutes=30):%H:%M:%S}",
            "topics": [mark],
            "force": True,  # outside of the tutor's working hours, too
        }
        self._answered(lambda: self._ruth.post("/api/sessions", booking))
        return mark

    def _write(self) -> str:
        mark = secrets.token_hex(6)
        self._answered(lambda: self._ruth.post(f"{self._havruta}/messages", {"content": mark}))
        return mark

    def _answer(self) -> str:
        base = "/api/v2/session"
        wanted = {"assessment": "study-interests"}
        begun = self._answered(lambda: self._visitor.post(f"{base}/start", wanted))
        session = str(begun["session_id"])
        answer = {"session_id": session, "question_id": self._question, "value": 3}
        submitted = insist(
            lambda: self._visitor.post("/api/v2/answers/submit", answer), self._patience
        )
        # What was begun before a disaster may be lost in it.
        return session if submitted.ok else self._answer()

    def _first_question(self) -> int:
        base = "/api/v2/session"
        begun = agreed(self._visitor.post(f"{base}/start", {"assessment": "study-interests"}))
        page = self._visitor.read(f"{base}/{begun['session_id']}")["page"]
        return int(page["questions"][0]["id"])
