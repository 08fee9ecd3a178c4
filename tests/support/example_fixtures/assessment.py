"""Assessments: an author writes one with a single question, and others take it."""

import secrets
from functools import cache

from ..people import Visitor, agreed
from .callers import Call, Callers, Fixtures, reader, visitor

SCALE = {"least": 1, "most": 5, "least_label": "never", "most_label": "always"}
QUESTION = {"key": "early", "type": "likert", "text": "I rise early.", "scale": SCALE}
DEFINITION = {
    "title": "Habits",
    "pages": [{"key": "day", "title": "The day", "questions": [QUESTION]}],
}


def taker(callers: Callers) -> Call:
    """A visitor who has started and has not answered yet."""
    caller, slug = Visitor(callers.gateway), _published(callers)
    started = agreed(caller.post("/api/v2/session/start", {"assessment": slug}))
    page = caller.read(f"/api/v2/session/{started['session_id']}")["page"]
    values = {
        "session_id": started["session_id"],
        "page_id": page["id"],
        "question_id": page["questions"][0]["id"],
        "slug": slug,
        "assessment": slug,
    }
    return Call(caller, values)


def taker_with_an_answer(callers: Callers) -> Call:
    call = taker(callers)
    answered = {name: call.values[name] for name in ("session_id", "question_id")}
    agreed(call.caller.post("/api/v2/answers/submit", {**answered, "value": 3}))
    return call


def taker_at_the_end(callers: Callers) -> Call:
    call = taker_with_an_answer(callers)
    agreed(call.caller.post(f"/api/v2/session/{call.values['session_id']}/complete"))
    return call


def claimer(callers: Callers) -> Call:
    return Call(callers.newcomer, taker(callers).values)


def author(callers: Callers) -> Call:
    """The author of an assessment that does not exist yet."""
    return Call(callers.author, {"slug": f"habits-{secrets.token_hex(4)}"})


def author_of_a_draft(callers: Callers) -> Call:
    call = author(callers)
    draft = call.caller.post("/api/v2/assessments", {**call.values, "definition": DEFINITION})
    agreed(draft)
    return Call(call.caller, {**call.values, "version": int(draft.headers["ETag"].strip('"'))})


def author_of_a_version(callers: Callers) -> Call:
    return Call(callers.author, {"slug": _new_version(callers), "number": 1, "version": 1})


@cache
def _published(callers: Callers) -> str:
    return _new_version(callers)


def _new_version(callers: Callers) -> str:
    call = author_of_a_draft(callers)
    slug, condition = call.values["slug"], {"If-Match": f'"{call.values["version"]}"'}
    agreed(call.caller.post(f"/api/v2/assessments/{slug}/publish", headers=condition))
    return str(slug)


FIXTURES: Fixtures = {
    visitor: "list_assessments get_experience",
    reader: "list_assessment_sessions get_own_experience",
    taker: """
        start_assessment_session get_assessment_session validate_assessment_session
        turn_assessment_page abandon_assessment_session submit_answer submit_answers
        get_assessment
    """,
    claimer: "claim_assessment_session",
    taker_with_an_answer: "complete_assessment_session",
    taker_at_the_end: "get_assessment_result",
    author: "create_assessment list_own_assessments",
    author_of_a_draft: """
        get_assessment_draft replace_assessment_draft delete_assessment_draft publish_assessment
    """,
    author_of_a_version: """
        create_assessment_draft list_assessment_versions get_assessment_version
        get_assessment_statistics
    """,
}
