"""Assessments that tests make for themselves, through the API."""

import re
import uuid
from typing import Any

from lyceum_client import Lyceum, etag

from .accounts import signed_in
from .browsers import MARKS

SCALE = {"least": 1, "most": 5, "least_label": "not at all", "most_label": "entirely"}
FRUITS = [{"key": "fig", "text": "Fig", "points": 1}, {"key": "date", "text": "Date"}]
PLANETS = [{"key": "mars", "text": "Mars"}, {"key": "venus", "text": "Venus"}]
MEANINGS = [{"from": 0, "to": 1, "label": "to learn"}, {"from": 1, "to": 1, "label": "at home"}]


def question(type_: str, text: str, **more: Any) -> dict[str, Any]:
    return {"key": text.lower().replace(" ", "-"), "type": type_, "text": text, **more}


ONE_CHOICE = question(
    "single_choice", "Best fruit", options=FRUITS, scores=[{"dimension": "taste"}]
)
SHORT = {
    "title": "Fruit",
    "dimensions": [{"key": "taste", "title": "Taste", "bands": MEANINGS}],
    "pages": [
        {"key": "one", "title": "First page", "questions": [ONE_CHOICE]},
        {
            "key": "two",
            "title": "Second page",
            "questions": [question("true_false", "Figs grow on trees", required=False)],
        },
    ],
}
"""Two pages, one question each; only the first must be answered."""

EVERY_KIND = {
    "title": "Every kind",
    "pages": [
        {
            "key": "all",
            "title": "All of them",
            "questions": [
                question("likert", "Agreement", scale=SCALE),
                question("slider", "Hours", scale={"least": 0, "most": 40}),
                question("single_choice", "One fruit", options=FRUITS),
                question("multiple_choice", "Several fruits", options=FRUITS),
                question("ordering", "Order of planets", options=PLANETS),
                question("true_false", "Water is wet"),
                question("number", "Minutes", least=5, most=240),
                question("text", "A goal", most_characters=100),
            ],
        }
    ],
}


def named(words: str, name: str) -> re.Pattern[str]:
    """What a button says that is about something with a name, such as `Remove: Hours`."""
    return re.compile(f"{words}: {MARKS}{re.escape(name)}{MARKS}")


def drafted(gateway: str, definition: Any) -> str:
    """The name of an assessment of Esther's that is not published yet."""
    with signed_in(gateway, "esther") as esther:
        return _created(esther, definition)["slug"]


def published(gateway: str, definition: Any) -> str:
    """The name of an assessment of Esther's that can be taken."""
    with signed_in(gateway, "esther") as esther:
        draft = _created(esther, definition)
        esther.publish_assessment(draft["slug"], if_match=etag(draft))
    return draft["slug"]


def _created(author: Lyceum, definition: Any) -> Any:
    slug = f"test-{uuid.uuid4().hex[:12]}"
    return author.create_assessment({"slug": slug, "definition": definition})


def begun(gateway: str, slug: str, taker: Lyceum | None = None) -> str:
    """The id of a session of this assessment, without an owner unless there is a taker."""
    session = (taker or Lyceum(gateway)).start_assessment_session({"assessment": slug})
    return session["session_id"]


def answer_first(taker: Lyceum, session_id: str, value: Any, **more: Any) -> None:
    """Answer the first question of the page where the session is."""
    [question, *_] = taker.get_assessment_session(session_id)["page"]["questions"]
    answer = {"session_id": session_id, "question_id": question["id"], "value": value, **more}
    taker.submit_answer(answer)


def answers(gateway: str, session_id: str) -> list[Any]:
    """What the platform has, in the order of the questions."""
    return [answer["value"] for answer in resumed(gateway, session_id)["answers"]]


def resumed(gateway: str, session_id: str) -> Any:
    return Lyceum(gateway).get_assessment_session(session_id)
