"""Sessions on the wire: their owners, and how they are started, left and resumed."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import sessions, versions
from chassis import testing
from chassis.clock import now

RUTH, BOAZ = testing.a_user("ruth"), testing.a_user("boaz")


def test_a_session_id_holds_128_random_bits(begin: Any) -> None:
    ids = {begin().session_id for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", session_id) for session_id in ids)


def test_the_id_of_a_session_without_an_owner_opens_it(begin: Any, client: FlaskClient) -> None:
    taker = begin()
    assert client.get(f"/api/v2/session/{taker.session_id}", user=RUTH).status_code == 200
    assert taker.answer("truth").status_code == 200


def test_a_session_with_an_owner_does_not_exist_for_others(begin: Any, client: FlaskClient) -> None:
    taker = begin(RUTH)
    path = f"/api/v2/session/{taker.session_id}"
    page = {"page_id": taker.version.page_ids["second"]}
    answer = {
        "session_id": taker.session_id,
        "question_id": taker.version.question_ids["truth"],
        "value": True,
    }
    batch = {"session_id": taker.session_id, "answers": [{"question_id": 1, "value": 1}]}
    for caller in (None, BOAZ):
        tried = [
            client.get(path, user=caller),
            client.get(f"{path}/result", user=caller),
            client.put(f"{path}/page", json=page, user=caller),
            client.post(f"{path}/abandon", user=caller),
            client.post(f"{path}/complete", user=caller),
            client.post("/api/v2/answers/submit", json=answer, user=caller),
            client.post("/api/v2/answers/batch", json=batch, user=caller),
        ]
        assert [(a.status_code, a.json["code"]) for a in tried] == [
            (404, "session_not_found")
        ] * len(tried)
        assert client.get(f"{path}/validate", user=caller).json["reason"] == "not_found"
    assert client.post(f"{path}/claim", user=BOAZ).status_code == 404
    assert taker.look("/validate").json["valid"]
    assert taker.answers == {}


def test_a_forged_token_is_refused_even_where_none_is_needed(
    begin: Any, client: FlaskClient
) -> None:
    taker = begin()
    forged = {"Authorization": "Bearer not.a.token"}
    assert client.get(f"/api/v2/session/{taker.session_id}", headers=forged).status_code == 401
    assert client.post("/api/v2/session/start", headers=forged).status_code == 401


def test_one_session_of_an_assessment_is_open_at_a_time(
    begin: Any, client: FlaskClient, publish: Any
) -> None:
    taker = begin(RUTH)
    again = client.post("/api/v2/session/start", json={"assessment": "everything"}, user=RUTH)
    assert (again.status_code, again.json["code"]) == (409, "session_in_progress")
    assert again.json["session_id"] == taker.session_id
    begin(BOAZ)
    begin(RUTH, publish("another"))


def test_a_fresh_start_abandons_the_open_session_and_keeps_its_answers(begin: Any) -> None:
    old = begin(RUTH)
    old.answer("truth")
    new = begin(RUTH, start_fresh=True)
    assert new.session_id != old.session_id
    assert old.look("/validate").json["reason"] == "abandoned"
    assert old.answers == {"truth": True}
    assert new.answers == {}
    assert new.look().json["session"]["attempt"] == 2


def test_a_start_repeated_with_its_key_gives_the_same_session(
    publish: Any, client: FlaskClient
) -> None:
    publish()
    first, again = (
        client.post("/api/v2/session/start", headers={"Idempotency-Key": "k"}, user=RUTH)
        for _ in range(2)
    )
    assert (again.status_code, again.json) == (201, first.json)
    anonymous = [
        client.post("/api/v2/session/start", headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert len({answer.json["session_id"] for answer in anonymous}) == 2


def test_an_assessment_for_members_needs_an_account(publish: Any, client: FlaskClient) -> None:
    publish(audience="members")
    assert client.post("/api/v2/session/start").status_code == 401
    assert client.post("/api/v2/session/start", user=RUTH).status_code == 201


@pytest.mark.parametrize(
    "body", [{"assessment": "no-such-assessment"}, {"assessment": "x' OR true --"}]
)
def test_an_unknown_assessment_cannot_be_started(client: FlaskClient, body: dict[str, str]) -> None:
    assert client.post("/api/v2/session/start", json=body).json["code"] == "assessment_not_found"


def test_a_session_continues_on_another_device_where_it_was_left(begin: Any, app: Flask) -> None:
    taker = begin(RUTH)
    taker.answer("single", "b", client_seq=3)
    taker.turn_to(taker.version.page_ids["second"])
    elsewhere = app.test_client().get(f"/api/v2/session/{taker.session_id}", user=RUTH).json
    assert elsewhere["page"]["title"] == "Second"
    assert [question["type"] for question in elsewhere["page"]["questions"]] == [
        "ordering",
        "true_false",
        "number",
        "text",
    ]
    [answer] = elsewhere["answers"]
    assert (answer["value"], answer["client_seq"]) == ("b", 3)
    assert [page["questions_answered"] for page in elsewhere["pages"]] == [1, 0]
    assert elsewhere["progress"]["percentage"] == 12.5


def test_answering_moves_the_session_to_the_page_of_the_question(begin: Any) -> None:
    taker = begin()
    taker.answer("number")
    assert (
        taker.look("/validate").json["session"]["current_page_id"]
        == taker.version.page_ids["second"]
    )


def test_validating_and_reading_a_session_change_nothing(begin: Any) -> None:
    taker = begin()
    before = taker.look("/validate").json
    with time_machine.travel(now() + timedelta(days=3)):
        taker.look("/validate")
        taker.look()
        assert taker.look("/validate").json == before


def test_turning_to_a_page_of_another_assessment_is_refused(begin: Any, publish: Any) -> None:
    taker, other = begin(), publish("other")
    refused = taker.turn_to(other.page_ids["first"])
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/page_id")


def test_a_shown_page_reveals_no_scores_and_no_right_answers(begin: Any) -> None:
    taker = begin()
    for page_id in taker.version.page_ids.values():
        shown = taker.turn_to(page_id).get_data(as_text=True)
        assert not any(
            word in shown
            for word in ("points", "correct", "scores", "reverse", "dimension", "tolerance")
        )


def test_options_to_be_ordered_are_shown_in_different_orders(begin: Any) -> None:
    shown = set()
    for _ in range(12):
        taker = begin()
        page = taker.turn_to(taker.version.page_ids["second"]).json["page"]
        shown.add(tuple(option["key"] for option in page["questions"][0]["options"]))
    assert len(shown) > 1


def test_a_shuffled_session_looks_the_same_on_every_device(
    begin: Any, publish: Any, app: Flask
) -> None:
    version = publish("shuffled", shuffle={"questions": True, "options": True})
    orders = set()
    for _ in range(10):
        taker = begin(version=version)
        first, again = (
            taker.look().json["page"],
            app.test_client().get(f"/api/v2/session/{taker.session_id}").json["page"],
        )
        assert first == again
        orders.add(tuple(question["id"] for question in first["questions"]))
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(next(iter(orders))))}


def test_abandoning_again_changes_nothing(begin: Any) -> None:
    taker = begin()
    taker.answer("truth")
    first, again = taker.do("abandon"), taker.do("abandon")
    assert (first.status_code, again.json) == (200, first.json)
    assert taker.answers == {"truth": True}
    assert (first.json["ends_at"], first.json["completed_at"]) == (
        first.json["last_activity"],
        None,
    )
    refused = [
        taker.answer("number").json,
        taker.turn_to(taker.version.page_ids["second"]).json,
        taker.do("complete").json,
    ]
    assert {answer["code"] for answer in refused} == {"session_ended"}
    assert {answer["session_status"] for answer in refused} == {"user_abandoned_not_completed"}


def test_a_claimed_session_belongs_to_the_claimer_with_its_xp(
    begin: Any, client: FlaskClient
) -> None:
    taker = begin()
    taker.answer("truth")
    claimed = client.post(f"/api/v2/session/{taker.session_id}/claim", user=RUTH)
    assert (claimed.status_code, claimed.json["attempt"]) == (200, 1)
    assert client.post(f"/api/v2/session/{taker.session_id}/claim", user=RUTH).status_code == 200
    assert taker.look().status_code == 404
    assert (
        client.get("/api/v2/session", user=RUTH).json["items"][0]["session_id"] == taker.session_id
    )
    assert client.get("/api/v2/xp", user=RUTH).json["total_xp"] == 10


def test_an_open_session_cannot_be_claimed_next_to_another(begin: Any, client: FlaskClient) -> None:
    own, unowned = begin(RUTH), begin()
    refused = client.post(f"/api/v2/session/{unowned.session_id}/claim", user=RUTH)
    assert (refused.status_code, refused.json["session_id"]) == (409, own.session_id)
    unowned.answer_all()
    unowned.do("complete")
    assert client.post(f"/api/v2/session/{unowned.session_id}/claim", user=RUTH).status_code == 200


def test_a_session_stays_with_the_version_it_began_with(
    begin: Any, publish: Any, everything: dict[str, Any]
) -> None:
    taker = begin(RUTH)
    everything["pages"][0]["questions"][0]["text"] = "Reworded?"
    publish(pages=everything["pages"])
    assert taker.look().json["page"]["questions"][0]["text"] == "Agree?"
    assert taker.look().json["session"]["version"] == 1
    fresh = begin(RUTH, start_fresh=True)
    assert fresh.look().json["session"]["version"] == 2


def test_own_sessions_are_listed_in_pages_newest_first(begin: Any, client: FlaskClient) -> None:
    ids = [begin(RUTH, start_fresh=True).session_id for _ in range(5)]
    begin(BOAZ)
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(
            f"/api/v2/session?limit=2{cursor and f'&cursor={cursor}'}", user=RUTH
        ).json
        seen += [item["session_id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ids[::-1]
    active = client.get("/api/v2/session?status=active", user=RUTH).json["items"]
    assert [item["session_id"] for item in active] == ids[-1:]
    assert client.get("/api/v2/session?status=open", user=RUTH).status_code == 422


def test_listing_more_sessions_needs_no_more_queries(
    begin: Any, publish: Any, app: Flask, client: FlaskClient
) -> None:
    def statements() -> int:
        versions._kept.clear()
        with testing.count_queries(app) as sent:
            client.get("/api/v2/session", user=RUTH)
        return len(sent)

    begin(RUTH, publish("one"))
    one = statements()
    for slug in ("two", "three", "four"):
        begin(RUTH, publish(slug))
    assert statements() == one


def test_a_second_list_of_the_same_shape_builds_and_compiles_nothing(
    app: Flask, client: FlaskClient
) -> None:
    def work(query: str) -> tuple[int, int]:
        with testing.count_compiled(app) as compiled:
            assert client.get(f"/api/v2/session{query}", user=testing.a_user()).status_code == 200
        return sessions._own.cache_info().misses, len(compiled)

    sessions._own.cache_clear()
    testing.forget_compiled(app)
    assert work("?status=active&limit=5") == (1, 1)
    assert work("?status=active&limit=7") == (1, 0)
    assert work("?status=expired") == (2, 1)
