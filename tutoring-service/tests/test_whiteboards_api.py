"""Whiteboards, on the wire and in their rooms."""

import json
from typing import Any

import pytest
import redis
from flask import Flask

from chassis import testing
from chassis.testing import a_user, race, token_for


@pytest.fixture
def board(school: Any) -> dict[str, Any]:
    body = {"enrolled_courses_id": school.enrollment_id, "session_name": "Verbs"}
    return dict(school.post("/api/whiteboards", school.student, body).json)


def draw(school: Any, board: dict[str, Any], *client_ids: str, user: Any = None) -> Any:
    strokes = [
        {"client_id": one, "operation": {"tool": "pen", "points": [[0, 1.5]]}} for one in client_ids
    ]
    return school.post(f"/api/whiteboards/{board['id']}/strokes", user, {"strokes": strokes})


def replay(school: Any, board: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    shown = school.client.get(f"/api/whiteboards/{board['id']}/strokes{query}", user=school.student)
    return list(shown.json["items"])


def test_strokes_are_numbered_and_replayed_from_any_number(
    school: Any, board: dict[str, Any]
) -> None:
    draw(school, board, "a", "b")
    draw(school, board, "c", user=school.student)
    assert [(s["seq"], s["client_id"]) for s in replay(school, board)] == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
    ]
    assert [s["seq"] for s in replay(school, board, "?after=1&limit=1")] == [2]


def test_a_stroke_sent_again_is_drawn_once(school: Any, board: dict[str, Any]) -> None:
    first = draw(school, board, "a").json["items"]
    again = draw(school, board, "a", "b", "b").json["items"]
    assert again[0] == first[0]
    assert [s["seq"] for s in again] == [1, 2, 2]
    assert len(replay(school, board)) == 2


def test_strokes_drawn_together_are_written_together(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    with testing.count_queries(app) as statements:
        draw(school, board, *(f"{number}" for number in range(10)))
    written = [statement.split("(")[0].split(" SET ")[0] for statement in statements]
    assert written.count("INSERT INTO whiteboard_strokes ") == 1
    assert written.count("UPDATE whiteboard_sessions") == 1


@pytest.mark.usefixtures("race_round")
def test_strokes_drawn_concurrently_are_in_one_order_for_all(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    people = (school.tutor, school.student)
    race(
        [lambda n=n: draw(school, board, f"{n}-1", f"{n}-2", user=people[n % 2]) for n in range(20)]
    )
    strokes = replay(school, board)
    assert [s["seq"] for s in strokes] == list(range(1, 41))
    published = _published(app, board)
    assert [(seq, body["data"]["client_id"]) for seq, body in published] == [
        (s["seq"], s["client_id"]) for s in strokes
    ]


def _published(app: Flask, board: dict[str, Any]) -> list[tuple[int, Any]]:
    """The entries of the room's stream, with those that were still to be published."""
    with app.app_context():
        app.extensions["worker"].publisher.publish_pending()
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as connection:
        entries = connection.xrange(f"room:whiteboard:{board['id']}")
    return [(int(number.split("-")[0]), json.loads(fields["event"])) for number, fields in entries]


def test_a_live_event_shows_what_a_read_shows(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    drawn = draw(school, board, "a").json["items"][0]
    ((seq, event),) = _published(app, board)
    assert (seq, event["type"], event["data"]) == (1, "stroke", drawn)


def test_a_stroke_too_large_for_an_event_is_read_at_its_path(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    large = {"tool": "pen", "points": [[0, 1.5]] * 1000}
    strokes = [{"client_id": str(n), "operation": large} for n in range(3)]
    drawn = school.post(f"/api/whiteboards/{board['id']}/strokes", None, {"strokes": strokes})
    for (_, event), stroke in zip(_published(app, board), drawn.json["items"], strict=True):
        told = event["data"]
        assert told == {**stroke, "operation": None, "path": told["path"]}
        read = school.client.get(told["path"], user=school.student)
        assert read.json["items"] == [stroke]


def test_fifty_large_strokes_leave_little_in_redis(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    large = {"text": "x" * 19_000}
    strokes = [{"client_id": str(n), "operation": large} for n in range(50)]
    for start in range(0, 50, 10):
        body = {"strokes": strokes[start : start + 10]}
        assert school.post(f"/api/whiteboards/{board['id']}/strokes", None, body).status_code == 201
    assert len(_published(app, board)) == 50
    with redis.Redis.from_url(testing.redis_url()) as connection:
        assert connection.memory_usage(f"room:whiteboard:{board['id']}", samples=0) < 50_000


def test_a_closed_whiteboard_is_read_only(school: Any, board: dict[str, Any], app: Flask) -> None:
    draw(school, board, "a")
    assert school.post(f"/api/whiteboards/{board['id']}/close", school.student).status_code == 403
    closed = school.post(f"/api/whiteboards/{board['id']}/close").json
    assert _published(app, board)[-1][1]["data"] == closed
    assert closed["closed_at"]
    assert school.post(f"/api/whiteboards/{board['id']}/close").json == closed
    refused = draw(school, board, "b")
    assert (refused.status_code, refused.json["code"]) == (409, "whiteboard_closed")
    assert len(replay(school, board)) == 1


def test_deleting_a_whiteboard_leaves_the_session(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    session = school.session(whiteboard_id=board["id"])
    assert (
        school.client.delete(f"/api/whiteboards/{board['id']}", user=school.tutor).status_code
        == 204
    )
    assert school.read(session["id"])["whiteboard_id"] is None
    ((_, event),) = _published(app, board)
    assert (event["type"], event["data"]) == ("deleted", {"id": board["id"]})
    assert (
        school.client.get(f"/api/whiteboards/{board['id']}", user=school.tutor).status_code == 404
    )


def test_a_stranger_sees_no_whiteboard(school: Any, board: dict[str, Any]) -> None:
    stranger = a_user("stranger")
    assert school.client.get(f"/api/whiteboards/{board['id']}", user=stranger).status_code == 404
    assert draw(school, board, "a", user=stranger).status_code == 404


@pytest.mark.parametrize(
    "stroke",
    [
        {"client_id": "a"},
        {"client_id": "", "operation": {}},
        {"client_id": "a", "operation": []},
        {"client_id": "a", "operation": {"text": "x" * 20_000}},
        {"client_id": "a", "operation": {"text": "\x00"}},
    ],
)
def test_an_invalid_stroke_is_refused(
    school: Any, board: dict[str, Any], stroke: dict[str, Any]
) -> None:
    refused = school.post(f"/api/whiteboards/{board['id']}/strokes", None, {"strokes": [stroke]})
    assert refused.status_code == 422


def watch(school: Any, room: str, user: Any) -> Any:
    return school.client.get(
        f"/internal/rooms/whiteboard/{room}",
        peer="gateway",
        headers={"Subject-Token": token_for(user)},
    )


def test_participants_may_watch_from_the_present_number_on(
    school: Any, board: dict[str, Any]
) -> None:
    draw(school, board, "a", "b")
    assert watch(school, str(board["id"]), school.student).json["seq"] == 2
    assert watch(school, str(board["id"]), a_user("stranger")).status_code == 404
    assert watch(school, "99999999999", school.student).status_code == 404
    assert watch(school, "x", school.student).status_code == 404


def test_the_removal_of_a_parent_is_published_to_the_room(
    school: Any, board: dict[str, Any], app: Flask
) -> None:
    naomi = a_user("naomi")
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    school.post("/api/enrollments/join", naomi, {"code": code})
    draw(school, board, "a")
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    assert school.client.delete(path, user=school.student).status_code == 204
    draw(school, board, "b")
    published = _published(app, board)
    changes = [(seq, event["members_changed"]) for seq, event in published]
    assert changes == [(1, []), (2, [str(naomi.id)]), (3, [])]
    assert published[1][1]["data"] == {"parent_id": str(naomi.id)}
    assert [stroke["seq"] for stroke in replay(school, board)] == [1, 3]


def test_the_whiteboards_of_an_enrolment_are_listed(school: Any, board: dict[str, Any]) -> None:
    listed = school.client.get(
        f"/api/whiteboards?enrolled_courses_id={school.enrollment_id}", user=school.tutor
    ).json
    assert [one["id"] for one in listed["items"]] == [board["id"]]
