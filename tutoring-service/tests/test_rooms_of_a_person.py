"""The whiteboards of a person, and questions about several, as the gateway asks them."""

from typing import Any

import pytest
import time_machine
from flask import Flask

from chassis import testing
from chassis.testing import User, a_user
from chassis.web.rooms import MOST_ROOMS
from tutoring_service.models import WhiteboardSession, db

# A lesson of the school begins at 9:00 in UTC that day, and takes an hour.
DAY_BEFORE, SOON, MEANWHILE, AFTER = (
    f"2030-01-{moment}:00Z" for moment in ("07T08:59", "07T09:01", "08T09:30", "08T10:01")
)


def mine(school: Any, user: User, at: str = SOON) -> list[str]:
    with time_machine.travel(at, tick=False):
        answer = school.client.get("/internal/rooms/mine", user=user, peer="gateway")
    return [room["room"] for room in answer.json["rooms"]]


def ask(school: Any, user: User, *rooms: str) -> Any:
    return school.client.get(f"/internal/rooms?rooms={','.join(rooms)}", user=user, peer="gateway")


@pytest.fixture
def board(school: Any) -> int:
    return new_board(school)


def new_board(school: Any) -> int:
    body = {"enrolled_courses_id": school.enrollment_id}
    return int(school.post("/api/whiteboards", school.student, body).json["id"])


def test_the_rooms_of_a_person_are_whiteboards_of_lessons_now_or_soon(
    school: Any, board: int
) -> None:
    new_board(school)
    school.session(whiteboard_id=board)
    parent = a_user("naomi")
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    school.post("/api/enrollments/join", parent, {"code": code})
    for member in (school.tutor, school.student, parent):
        assert [mine(school, member, at) for at in (DAY_BEFORE, SOON, MEANWHILE, AFTER)] == [
            [],
            [f"whiteboard:{board}"],
            [f"whiteboard:{board}"],
            [],
        ]
    # An admin may watch all, and takes part in none.
    for other in (a_user("stranger"), a_user("admin", "admin")):
        assert mine(school, other) == []


def test_a_lesson_that_takes_longer_goes_on(school: Any, board: int) -> None:
    session = school.session(whiteboard_id=board)
    with time_machine.travel(MEANWHILE, tick=False):
        assert school.act(session, "start").status_code == 200
    assert mine(school, school.student, AFTER) == [f"whiteboard:{board}"]
    with time_machine.travel(AFTER, tick=False):
        assert school.act(session, "complete").status_code == 200
    assert mine(school, school.student, AFTER) == []


def test_a_whiteboard_has_one_room_however_many_lessons_use_it(school: Any, board: int) -> None:
    school.session(whiteboard_id=board)
    other = new_board(school)
    school.session(whiteboard_id=other, start_time="11:00", end_time="12:00")
    school.session(whiteboard_id=board, start_time="13:00", end_time="14:00")
    at = "2030-01-07T12:30:00Z"
    assert mine(school, school.student, at) == [f"whiteboard:{board}", f"whiteboard:{other}"]


@pytest.mark.parametrize("ending", ["cancel", "close"])
def test_a_lesson_that_is_cancelled_or_a_board_that_is_closed_has_no_room(
    school: Any, board: int, ending: str
) -> None:
    session = school.session(whiteboard_id=board)
    if ending == "cancel":
        assert school.act(session, "cancel", {"reason": "Rain"}).status_code == 200
    else:
        school.post(f"/api/whiteboards/{board}/close")
    assert mine(school, school.student) == []


def test_many_whiteboards_cost_as_many_statements_as_one(
    app: Flask, school: Any, board: int
) -> None:
    with app.app_context():
        boards = [
            WhiteboardSession(enrolled_courses_id=school.enrollment_id) for _ in range(MOST_ROOMS)
        ]
        db.session.add_all(boards)
        db.session.commit()
        rooms = [f"whiteboard:{each.id}" for each in boards]
    with testing.count_queries(app) as alone:
        assert ask(school, school.student, f"whiteboard:{board}").status_code == 200
    with testing.count_queries(app) as sent:
        assert len(ask(school, school.student, *rooms).json["rooms"]) == MOST_ROOMS
    assert len(sent) == len(alone) == 1
    with testing.count_queries(app) as sent:
        mine(school, school.student)
    assert len(sent) == 1


def test_the_first_whiteboard_that_is_refused_is_named(school: Any, board: int) -> None:
    own = f"whiteboard:{board}"
    assert ask(school, school.student, own).json["rooms"] == [{"room": own, "seq": 0}]
    assert ask(school, a_user("admin", "admin"), own).status_code == 200
    for missing in ("whiteboard:999999999", "whiteboard:99999999999", "whiteboard:x"):
        refused = ask(school, school.student, own, missing)
        assert (refused.status_code, refused.json["room"]) == (404, missing)
    assert ask(school, a_user("stranger"), own).json["room"] == own
