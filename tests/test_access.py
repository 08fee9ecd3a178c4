"""Each operation, called by everybody it could be about."""

from collections.abc import Callable

import pytest

from .support.actors import Scene, Stage
from .support.operations import Operation, operations
from .support.people import PASSWORD, People, agreed, eventually, register
from .support.who_may_call import (
    ACCOUNTS,
    ADDRESSES,
    ASSESSMENTS,
    HAVRUTAS,
    INSTEAD,
    STUDY_SESSIONS,
    TUTORING,
    rows,
)

SCENES: dict[str, tuple[str, Callable[[Stage], Scene]]] = {
    **dict.fromkeys(rows(ACCOUNTS), (ACCOUNTS, Stage.account)),
    **dict.fromkeys(rows(STUDY_SESSIONS), (STUDY_SESSIONS, Stage.study_session)),
    **dict.fromkeys(rows(TUTORING), (TUTORING, Stage.tutoring)),
    **dict.fromkeys(rows(HAVRUTAS), (HAVRUTAS, Stage.havruta)),
    **dict.fromkeys(rows(ASSESSMENTS), (ASSESSMENTS, Stage.assessment)),
}
SIGNING_OUT = {"log_out", "log_out_everywhere"}
USED_UP = {
    "log_out_device",
    *rows(STUDY_SESSIONS),
}  # by a call: the next one needs a scene of its own


@pytest.fixture(scope="module")
def documented(gateway: str) -> dict[str, Operation]:
    return {operation.id: operation for operation in operations(gateway)}


@pytest.fixture(scope="module")
def stage(gateway: str, people: People) -> Stage:
    deleted = register(gateway, "deleted")
    agreed(deleted.delete("/api/users/me", {"password": PASSWORD}))
    eventually(lambda: deleted.get("/api/users/me").json()["code"] == "token_revoked")
    return Stage(gateway, people, deleted)


@pytest.fixture(scope="module")
def scene(stage: Stage) -> Callable[[Operation], Scene]:
    """Sets the scene for an operation, anew where a call uses it up."""
    kept: dict[str, Scene] = {}

    def set_scene(operation: Operation) -> Scene:
        table, make = SCENES[operation.id]
        if operation.id in USED_UP and operation.method != "GET":
            return make(stage)
        return kept[table] if table in kept else kept.setdefault(table, make(stage))

    return set_scene


def test_no_operation_is_forgotten(documented: dict[str, Operation]) -> None:
    assert documented.keys() == SCENES.keys()


@pytest.mark.parametrize("name", SCENES)
def test_each_gets_the_right_answer(
    documented: dict[str, Operation], stage: Stage, scene: Callable[[Operation], Scene], name: str
) -> None:
    operation = documented[name]
    expected = rows(SCENES[name][0])[name]
    answers = {who: answer(operation, scene(operation), who) for who in expected}
    if name in SIGNING_OUT:
        stage.sign_in_again()
    assert answers == expected


def answer(operation: Operation, scene: Scene, who: str) -> int:
    """What the operation answers to one of the people of the scene; of a stream, only whether it is
    opened.
    """
    example = operation.example(scene.ids)
    path = (
        ADDRESSES[operation.id].format(**scene.ids) if operation.id in ADDRESSES else example.path
    )
    body = INSTEAD.get(operation.id, example.body)
    sent = {"params": example.query, "headers": example.headers, "json": body, "stream": True}
    with scene.people[who].request(operation.method, path, **sent) as response:
        return response.status_code
