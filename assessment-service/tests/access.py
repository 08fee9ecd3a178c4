"""The status that each operation answers to each kind of caller.

Read by test_access.py, which asks this service alone, and by the suite that asks through the gateway.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from chassis.testing.matrix import AtGateway, Matrix, Row, World

# The callers ask in this order: a refused caller changes nothing for the next ones. The deleted caller took
# one assessment and wrote another, and is an author as long as the token lasts.
CALLERS = (
    "anonymous",
    "deleted",
    "stranger",
    "other taker",
    "other author",
    "taker",
    "author",
    "admin",
)

ANYONE = "200 200 200 200 200 200 200 200"
NO_ONE = "404 404 404 404 404 404 404 404"
SIGNED_IN = "401 200 200 200 200 200 200 200"
STARTED = "201 201 201 201 201 201 201 201"
# Answers are the taker's own: neither author nor admin sees them.
TAKER = "404 404 404 404 404 200 404 404"
CLAIMING = "401 404 404 404 404 200 404 404"
AUTHOR = "401 404 404 404 404 404 200 200"
# What a deleted author published stays, and only admins look after it.
ADMIN = "401 404 404 404 404 404 404 200"

OWNED, ANSWERED, DONE, UNOWNED, UNOWNED_ANSWERED, UNOWNED_DONE, ERASED = (
    {"session_id": session}
    for session in (
        "owned",
        "answered",
        "done",
        "unowned",
        "unowned_answered",
        "unowned_done",
        "erased",
    )
)
PUBLISHED, DRAFTED, ORPHANED = ({"slug": slug} for slug in ("published", "drafted", "orphaned"))
NO_DRAFT = AtGateway({200: 404})


def start(slug: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"assessment": world[slug]}


def answer(session: str) -> Callable[[World], dict[str, Any]]:
    """An answer to a question of this session."""
    return lambda world: {
        "session_id": world[session],
        "question_id": world[f"question_in_{session}"],
        "value": True,
    }


def answers(session: str) -> Callable[[World], dict[str, Any]]:
    def body(world: World) -> dict[str, Any]:
        entry = answer(session)(world)
        return {"session_id": entry.pop("session_id"), "answers": [entry]}

    return body


def second_page(session: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"page_id": world[f"page_in_{session}"]}


def new_assessment(_: World) -> dict[str, Any]:
    return {"slug": f"a-{uuid4()}", "definition": {"title": "Mine"}}


ACCESS = Matrix(
    CALLERS,
    [
        Row(
            "start_assessment_session",
            STARTED,
            start("published"),
            gateway=AtGateway({201: 404}, {"assessment": "no-such-assessment"}),
        ),
        Row("start_assessment_session", "401 201 201 201 201 201 201 201", start("for_members")),
        Row("start_assessment_session", NO_ONE, start("drafted")),
        Row("list_assessment_sessions", SIGNED_IN),
        Row("get_assessment_session", TAKER, about=OWNED),
        Row("validate_assessment_session", ANYONE, about=OWNED),
        Row("turn_assessment_page", TAKER, second_page("owned"), OWNED),
        Row("abandon_assessment_session", TAKER, about=OWNED),
        Row("claim_assessment_session", CLAIMING, about=OWNED),
        Row("complete_assessment_session", TAKER, about=ANSWERED),
        Row("get_assessment_result", TAKER, about=DONE, gateway=AtGateway({200: 409})),
        Row("submit_answer", TAKER, answer("owned")),
        Row("submit_answers", TAKER, answers("owned")),
        # The id of a session without an owner is itself the permission.
        Row("get_assessment_session", ANYONE, about=UNOWNED),
        Row("validate_assessment_session", ANYONE, about=UNOWNED),
        Row("turn_assessment_page", ANYONE, second_page("unowned"), UNOWNED),
        Row("abandon_assessment_session", ANYONE, about=UNOWNED),
        Row("claim_assessment_session", SIGNED_IN, about=UNOWNED),
        Row("complete_assessment_session", ANYONE, about=UNOWNED_ANSWERED),
        Row("get_assessment_result", ANYONE, about=UNOWNED_DONE),
        Row("submit_answer", ANYONE, answer("unowned")),
        Row("submit_answers", ANYONE, answers("unowned")),
        # The session of a deleted account is closed to its id too.
        Row("get_assessment_session", NO_ONE, about=ERASED),
        Row("validate_assessment_session", ANYONE, about=ERASED),
        Row("turn_assessment_page", NO_ONE, second_page("erased"), ERASED),
        Row("abandon_assessment_session", NO_ONE, about=ERASED),
        Row("claim_assessment_session", "401 404 404 404 404 404 404 404", about=ERASED),
        Row("complete_assessment_session", NO_ONE, about=ERASED),
        Row("get_assessment_result", NO_ONE, about=ERASED),
        Row("submit_answer", NO_ONE, answer("erased")),
        Row("submit_answers", NO_ONE, answers("erased")),
        Row("get_own_experience", SIGNED_IN),
        Row("get_experience", ANYONE),
        Row("list_assessments", ANYONE),
        Row("get_assessment", ANYONE, about=PUBLISHED),
        Row("get_assessment", NO_ONE, about=DRAFTED),
        # An admin looks after what others write; to write, an admin needs the role of an author.
        Row("create_assessment", "401 201 403 403 201 403 201 403", new_assessment),
        Row("list_own_assessments", SIGNED_IN),
        Row("get_assessment_draft", AUTHOR, about=DRAFTED, gateway=NO_DRAFT),
        Row("replace_assessment_draft", AUTHOR, {"definition": {"title": "New"}}, DRAFTED),
        Row("delete_assessment_draft", "401 404 404 404 404 404 204 204", about=DRAFTED),
        Row("publish_assessment", AUTHOR, about=DRAFTED),
        Row("create_assessment_draft", "401 404 404 404 404 404 201 201", about=PUBLISHED),
        Row("list_assessment_versions", AUTHOR, about=PUBLISHED),
        Row("get_assessment_version", AUTHOR, about=PUBLISHED),
        Row("get_assessment_statistics", AUTHOR, about=PUBLISHED),
        Row("create_assessment_draft", "401 404 404 404 404 404 404 201", about=ORPHANED),
        Row("list_assessment_versions", ADMIN, about=ORPHANED),
        Row("get_assessment_version", ADMIN, about=ORPHANED),
        Row("get_assessment_statistics", ADMIN, about=ORPHANED),
    ],
)
