"""Drafts and published versions on the wire."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

ESTHER, RUTH = testing.a_user("esther", "author"), testing.a_user("ruth", "author")
LEARNER, ADMIN = testing.a_user("boaz"), testing.a_user("admin", "admin")
PATH = "/api/v2/assessments/habits"


def begin_draft(client: FlaskClient, definition: Any, **more: Any):
    return client.post(
        "/api/v2/assessments",
        json={"slug": "habits", "definition": definition, **more},
        user=ESTHER,
    )


def test_a_draft_is_written_rewritten_and_published(
    client: FlaskClient, everything: dict[str, Any]
) -> None:
    begun = begin_draft(client, everything)
    assert (begun.status_code, begun.headers["ETag"], begun.json["published_at"]) == (
        201,
        '"1"',
        None,
    )
    assert begun.headers["Location"] == f"{PATH}/draft"
    assert client.get("/api/v2/assessments").json["items"] == []
    changed = client.put(
        f"{PATH}/draft",
        json={"definition": {**everything, "title": "Habits"}},
        headers={"If-Match": '"1"'},
        user=ESTHER,
    )
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    published = client.post(f"{PATH}/publish", headers={"If-Match": '"2"'}, user=ESTHER)
    assert (published.status_code, published.json["is_current"], published.json["number"]) == (
        200,
        True,
        1,
    )
    [listed] = client.get("/api/v2/assessments").json["items"]
    assert (listed["slug"], listed["title"], listed["questions"], listed["pages"]) == (
        "habits",
        "Habits",
        8,
        2,
    )
    assert client.get(PATH).json == listed


def test_a_draft_changes_only_with_the_etag_that_was_read(
    client: FlaskClient, everything: dict[str, Any]
) -> None:
    begin_draft(client, everything)
    body = {"definition": everything}
    assert client.put(f"{PATH}/draft", json=body, user=ESTHER).status_code == 428
    assert (
        client.put(f"{PATH}/draft", json=body, headers={"If-Match": '"9"'}, user=ESTHER).status_code
        == 412
    )
    assert (
        client.post(f"{PATH}/publish", headers={"If-Match": '"9"'}, user=ESTHER).status_code == 412
    )
    assert (
        client.delete(f"{PATH}/draft", headers={"If-Match": '"9"'}, user=ESTHER).status_code == 412
    )


@pytest.mark.usefixtures("race_round")
def test_only_one_of_twelve_concurrent_rewrites_wins(
    app: Flask, client: FlaskClient, everything: dict[str, Any]
) -> None:
    begin_draft(client, everything)

    def rewrite(number: int) -> int:
        body = {"definition": {**everything, "title": f"Title {number}"}}
        headers = {"If-Match": '"1"'}
        return (
            app.test_client()
            .put(f"{PATH}/draft", json=body, headers=headers, user=ESTHER)
            .status_code
        )

    statuses = testing.race([lambda number=number: rewrite(number) for number in range(12)])
    assert sorted(statuses) == [200, *[412] * 11]


def test_a_published_version_stays_and_a_new_draft_begins_from_it(
    client: FlaskClient, publish: Any, everything: dict[str, Any]
) -> None:
    publish("habits", ESTHER)
    assert client.get(f"{PATH}/draft", user=ESTHER).json["code"] == "draft_not_found"
    redrafted = client.post(f"{PATH}/draft", user=ESTHER)
    assert (redrafted.status_code, redrafted.json["number"], redrafted.json["definition"]) == (
        201,
        2,
        everything,
    )
    assert client.post(f"{PATH}/draft", user=ESTHER).json["code"] == "draft_exists"
    publish("habits", ESTHER, title="Second")
    versions = client.get(f"{PATH}/versions", user=ESTHER).json["items"]
    assert [(version["number"], version["is_current"]) for version in versions] == [
        (2, True),
        (1, False),
    ]
    assert client.get(f"{PATH}/versions/1", user=ESTHER).json["definition"]["title"] == "Everything"


def test_a_draft_can_be_deleted(
    client: FlaskClient, publish: Any, everything: dict[str, Any]
) -> None:
    begin_draft(client, everything)
    assert (
        client.delete(f"{PATH}/draft", headers={"If-Match": '"1"'}, user=ESTHER).status_code == 204
    )
    assert client.get("/api/v2/assessments/mine", user=ESTHER).json["items"] == []
    publish("habits", ESTHER)
    client.post(f"{PATH}/draft", user=ESTHER)
    assert (
        client.delete(f"{PATH}/draft", headers={"If-Match": '"1"'}, user=ESTHER).status_code == 204
    )
    assert client.get(PATH).status_code == 200


def test_mistakes_are_named_by_their_pointer_in_the_body(
    client: FlaskClient, everything: dict[str, Any]
) -> None:
    everything["pages"][1]["questions"][0]["correct"] = ["a"]
    refused = begin_draft(client, everything)
    assert refused.status_code == 422
    assert refused.json["errors"] == [
        {
            "pointer": "/definition/pages/1/questions/0/correct",
            "detail": "Must name every option once.",
        }
    ]


def test_bands_with_a_gap_may_be_drafted_but_not_published(
    client: FlaskClient, everything: dict[str, Any]
) -> None:
    everything["dimensions"][0]["bands"] = [{"from": 0, "to": 10, "label": "all"}]
    assert begin_draft(client, everything).status_code == 201
    refused = client.post(f"{PATH}/publish", headers={"If-Match": '"1"'}, user=ESTHER)
    assert (refused.status_code, refused.json["code"]) == (422, "incomplete")
    assert refused.json["errors"][0]["pointer"] == "/definition/dimensions/0/bands"


@pytest.mark.parametrize("slug", ["mine", "Habits", "a--b", "-a", "a b", "x" * 81])
def test_a_malformed_or_reserved_slug_is_refused(
    client: FlaskClient, everything: dict[str, Any], slug: str
) -> None:
    body = {"slug": slug, "definition": everything}
    refused = client.post("/api/v2/assessments", json=body, user=ESTHER)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/slug")


def test_a_slug_can_be_taken_only_once(client: FlaskClient, everything: dict[str, Any]) -> None:
    begin_draft(client, everything)
    assert begin_draft(client, everything).json["code"] == "slug_taken"


def test_only_authors_may_begin_assessments(
    client: FlaskClient, everything: dict[str, Any]
) -> None:
    body = {"slug": "habits", "definition": everything}
    assert client.post("/api/v2/assessments", json=body).status_code == 401
    assert client.post("/api/v2/assessments", json=body, user=LEARNER).json["code"] == "forbidden"


def test_an_unpublished_assessment_does_not_exist_for_takers(
    client: FlaskClient, everything: dict[str, Any]
) -> None:
    begin_draft(client, everything)
    assert client.get(PATH).status_code == 404
    assert client.post("/api/v2/session/start", json={"assessment": "habits"}).status_code == 404


def test_only_the_author_and_admins_may_manage_an_assessment(
    client: FlaskClient, publish: Any
) -> None:
    publish("habits", ESTHER)
    client.post(f"{PATH}/draft", user=ESTHER)
    match = {"If-Match": '"1"'}
    for method, leaf, body in [
        ("GET", "draft", None),
        ("POST", "draft", None),
        ("PUT", "draft", {"definition": {"title": "Mine now"}}),
        ("DELETE", "draft", None),
        ("POST", "publish", None),
        ("GET", "versions", None),
        ("GET", "versions/1", None),
        ("GET", "statistics", None),
        ("GET", "statistics?version=1", None),
    ]:
        for caller, status in ((None, 401), (LEARNER, 404), (RUTH, 404)):
            refused = client.open(
                f"{PATH}/{leaf}", method=method, json=body, headers=match, user=caller
            )
            assert refused.status_code == status, (method, leaf)
    for leaf in ("draft", "versions", "versions/1", "statistics"):
        assert client.get(f"{PATH}/{leaf}", user=ADMIN).status_code == 200
    assert client.get("/api/v2/assessments/mine", user=RUTH).json["items"] == []
    assert len(client.get("/api/v2/assessments/mine", user=ADMIN).json["items"]) == 1
