"""The list of what an author wrote: each with its title, its draft and what is published."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from chassis import testing
from chassis.testing import User

ESTHER, RUTH = testing.a_user("esther", "author"), testing.a_user("ruth", "author")
ADMIN = testing.a_user("admin", "admin")
MINE = "/api/v2/assessments/mine"
BEGAN = datetime(2030, 2, 26, 20, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGAN, tick=False) as traveller:
        yield traveller


def own(client: FlaskClient, author: User = ESTHER) -> list[dict[str, Any]]:
    answer = client.get(MINE, user=author)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def begin(client: FlaskClient, slug: str, title: str, author: User = ESTHER) -> None:
    body = {"slug": slug, "definition": {"title": title}}
    assert client.post("/api/v2/assessments", json=body, user=author).status_code == 201


def redraft(client: FlaskClient, slug: str, title: str) -> None:
    """A new draft under another title."""
    path = f"/api/v2/assessments/{slug}/draft"
    draft = client.post(path, user=ESTHER)
    body = {"definition": {**draft.json["definition"], "title": title}}
    headers = {"If-Match": draft.headers["ETag"]}
    assert client.put(path, json=body, headers=headers, user=ESTHER).status_code == 200


def test_what_was_never_published_has_the_title_of_its_draft(
    client: FlaskClient, clock: time_machine.Traveller
) -> None:
    begin(client, "habits", "Study habits")
    assert own(client) == [
        {
            "slug": "habits",
            "is_default": False,
            "created_at": "2030-02-26T20:00:00Z",
            "title": "Study habits",
            "updated_at": "2030-02-26T20:00:00Z",
            "has_draft": True,
            "published_number": None,
            "published_at": None,
        }
    ]


def test_what_is_published_has_no_draft(
    client: FlaskClient, publish: Any, clock: time_machine.Traveller
) -> None:
    publish("habits", ESTHER)
    assert own(client) == [
        {
            "slug": "habits",
            "is_default": True,
            "created_at": "2030-02-26T20:00:00Z",
            "title": "Everything",
            "updated_at": "2030-02-26T20:00:00Z",
            "has_draft": False,
            "published_number": 1,
            "published_at": "2030-02-26T20:00:00Z",
        }
    ]


def test_a_newer_draft_gives_the_title_while_the_published_version_stays(
    client: FlaskClient, publish: Any, clock: time_machine.Traveller
) -> None:
    publish("habits", ESTHER)
    clock.shift(timedelta(days=1))
    redraft(client, "habits", "Second thoughts")
    [found] = own(client)
    assert (found["title"], found["has_draft"]) == ("Second thoughts", True)
    assert (found["updated_at"], found["published_at"]) == (
        "2030-02-27T20:00:00Z",
        "2030-02-26T20:00:00Z",
    )
    assert (found["published_number"], found["created_at"]) == (1, "2030-02-26T20:00:00Z")


def test_of_several_versions_the_last_published_one_is_named(
    client: FlaskClient, publish: Any, clock: time_machine.Traveller
) -> None:
    for number in range(1, 12):
        publish("habits", ESTHER, title=f"Wording {number}")
        clock.shift(timedelta(hours=1))
    [found] = own(client)
    assert (found["title"], found["published_number"]) == ("Wording 11", 11)
    assert found["published_at"] == found["updated_at"] == "2030-02-27T06:00:00Z"
    redraft(client, "habits", "Wording 12")
    [found] = own(client)
    assert (found["title"], found["published_number"]) == ("Wording 12", 11)
    assert (found["published_at"], found["has_draft"]) == ("2030-02-27T06:00:00Z", True)


def test_a_deleted_draft_leaves_the_title_that_is_published(
    client: FlaskClient, publish: Any
) -> None:
    publish("habits", ESTHER)
    redraft(client, "habits", "Second thoughts")
    headers = {"If-Match": "*"}
    path = "/api/v2/assessments/habits/draft"
    assert client.delete(path, headers=headers, user=ESTHER).status_code == 204
    [found] = own(client)
    assert (found["title"], found["has_draft"], found["published_number"]) == (
        "Everything",
        False,
        1,
    )


def test_assessments_of_other_authors_are_listed_for_admins_alone(
    client: FlaskClient, publish: Any
) -> None:
    publish("habits", ESTHER, title="Of Esther")
    begin(client, "texts", "Of Ruth", RUTH)
    assert [found["title"] for found in own(client, ESTHER)] == ["Of Esther"]
    assert [found["title"] for found in own(client, RUTH)] == ["Of Ruth"]
    assert [found["title"] for found in own(client, ADMIN)] == ["Of Ruth", "Of Esther"]
    assert own(client, testing.a_user("boaz")) == []


def test_pages_hold_each_assessment_once(client: FlaskClient, publish: Any) -> None:
    for number in range(5):
        publish(f"published-{number}", ESTHER)
        begin(client, f"of-ruth-{number}", "Of Ruth", RUTH)
    redraft(client, "published-3", "Second thoughts")
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{MINE}?limit=2{cursor and f'&cursor={cursor}'}", user=ESTHER).json
        seen += [(found["slug"], found["title"]) for found in page["items"]]
        cursor = page["next"]
    assert seen == [
        ("published-4", "Everything"),
        ("published-3", "Second thoughts"),
        ("published-2", "Everything"),
        ("published-1", "Everything"),
        ("published-0", "Everything"),
    ]


def test_a_list_of_any_length_is_one_query(app: Flask, client: FlaskClient, publish: Any) -> None:
    def statements() -> int:
        with testing.count_queries(app) as sent:
            own(client)
        return len(sent)

    publish("habits", ESTHER)
    one = statements()
    for number in range(12):
        publish(f"published-{number}", ESTHER)
        redraft(client, f"published-{number}", "Second thoughts")
        begin(client, f"drafted-{number}", "Drafted")
    assert statements() == one == 1


MANY = """
SET LOCAL statement_timeout = 0;
INSERT INTO assessments (id, slug, author_id)
SELECT n, 'a-' || n, md5('author' || n % 50)::uuid FROM generate_series(1, 2000) n;
INSERT INTO assessment_versions (assessment_id, number, definition, revision, is_current, published_at)
SELECT a.id, n, jsonb_build_object('title', 'Wording ' || n), 1, n = 4, CASE WHEN n < 5 THEN now() END
FROM assessments a, generate_series(1, 5) n;
ANALYZE assessments; ANALYZE assessment_versions
"""


def test_the_list_reads_by_index(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    author = User("esther", ("learner", "author"), id=_author(engine))
    for caller, listed_by in ((author, "idx_assessments_author_id"), (ADMIN, "assessments_pkey")):
        with _explained(engine) as plans:
            items = own(client, caller)
        assert {(found["title"], found["published_number"]) for found in items} == {
            ("Wording 5", 4)
        }
        plan = "\n".join(plans)
        assert "Seq Scan" not in plan, plan
        assert listed_by in plan, plan
        assert "assessment_versions_assessment_id_number_key" in plan, plan
        assert "assessment_versions_one_current_key" in plan, plan


def _author(engine: Any) -> Any:
    with engine.begin() as connection:
        for statement in MANY.split(";"):
            connection.execute(text(statement))
        return connection.execute(text("SELECT md5('author7')::uuid")).scalar_one()


@contextmanager
def _explained(engine: Any) -> Iterator[list[str]]:
    """The plans of the queries that the block sends."""
    plans: list[str] = []

    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if "FROM assessments" in statement:
            cursor.execute(f"EXPLAIN {statement}", parameters)
            plans.extend(row[0] for row in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", explain)
