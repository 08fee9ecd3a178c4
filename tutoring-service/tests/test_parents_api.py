"""Parents follow an enrolment with a code from the student."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from chassis.testing import User, a_user, race
from tutoring_service.models import db


@pytest.mark.usefixtures("race_round")
def test_a_parent_with_the_code_follows_and_reviews(school: Any) -> None:
    done = school.completed()
    naomi = a_user("naomi")
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    assert school.client.get(f"/api/sessions/{done['id']}", user=naomi).status_code == 404
    joined = race([lambda: school.post("/api/enrollments/join", naomi, {"code": code})] * 5)
    assert sorted(answer.status_code for answer in joined) == [200, 404, 404, 404, 404]
    written = school.act(done, "reviews", {"rating": 3}, naomi)
    assert written.json["author_role"] == "parent"
    assert school.read(done["id"], naomi)["parent_review_id"] == written.json["id"]
    listed = school.client.get("/api/sessions?role=parent", user=naomi).json["items"]
    assert [session["id"] for session in listed] == [done["id"]]
    assert school.act(done, "cancel", user=naomi).status_code == 403


def test_a_code_expires_after_a_week_and_is_revoked_by_the_next(school: Any) -> None:
    path = f"/api/enrollments/{school.enrollment_id}/parent-codes"
    naomi = a_user("naomi")
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False):
        first = school.post(path, school.student).json["code"]
        second = school.post(path, school.student).json["code"]
        assert school.post("/api/enrollments/join", naomi, {"code": first}).status_code == 404
    with time_machine.travel("2030-01-08T00:00:00Z", tick=False):
        assert school.post("/api/enrollments/join", naomi, {"code": second}).status_code == 404


def test_a_parent_is_removed_by_the_student_but_not_by_the_tutor(school: Any) -> None:
    naomi = a_user("naomi")
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    school.post("/api/enrollments/join", naomi, {"code": code})
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    assert school.client.delete(path, user=school.tutor).status_code == 403
    assert school.client.delete(path, user=school.student).status_code == 204
    assert (
        school.client.get(f"/api/enrollments/{school.enrollment_id}", user=naomi).status_code == 404
    )


def test_a_removed_parent_does_not_come_back_by_a_code_that_is_still_open(school: Any) -> None:
    naomi, david = a_user("naomi"), a_user("david")
    for parent in (naomi, david):
        join(school, parent, a_code(school))
    still_open = a_code(school)
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    assert school.client.delete(path, user=school.student).status_code == 204
    assert join(school, naomi, still_open).status_code == 404
    assert (sees(school, naomi), sees(school, david)) == (False, True)
    assert join(school, a_user("eli"), a_code(school)).status_code == 200


def test_a_parent_who_leaves_by_themselves_leaves_the_code_as_it_is(school: Any) -> None:
    naomi = a_user("naomi")
    join(school, naomi, a_code(school))
    still_open = a_code(school)
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    assert school.client.delete(path, user=naomi).status_code == 204
    assert join(school, a_user("eli"), still_open).status_code == 200


@pytest.mark.usefixtures("race_round")
def test_a_parent_who_joins_while_they_are_removed_stays_away(school: Any) -> None:
    naomi = a_user("naomi")
    join(school, naomi, a_code(school))
    code, app = a_code(school), school.client.application
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"

    def come_back() -> Any:
        return app.test_client().post("/api/enrollments/join", json={"code": code}, user=naomi)

    def send_away() -> Any:
        return app.test_client().delete(path, user=school.student)

    answers = race([come_back, send_away])
    assert answers[0].status_code in {200, 404}
    assert answers[1].status_code == 204
    assert not sees(school, naomi)


def a_code(school: Any) -> str:
    path = f"/api/enrollments/{school.enrollment_id}/parent-codes"
    return str(school.post(path, school.student).json["code"])


def join(school: Any, parent: User, code: str) -> Any:
    return school.post("/api/enrollments/join", parent, {"code": code})


def sees(school: Any, parent: User) -> bool:
    path = f"/api/enrollments/{school.enrollment_id}"
    return bool(school.client.get(path, user=parent).status_code == 200)


def test_only_the_student_gives_out_codes(school: Any) -> None:
    path = f"/api/enrollments/{school.enrollment_id}/parent-codes"
    refused = school.post(path, school.tutor)
    assert (refused.status_code, refused.json["required"]) == (403, "student")
    assert school.post(path, a_user("stranger")).status_code == 404


def test_the_student_and_the_tutor_find_the_parents_who_follow(school: Any) -> None:
    parents = [a_user(f"parent{number}") for number in range(3)]
    for parent in parents:
        join(school, parent, a_code(school))
    path = f"/api/enrollments/{school.enrollment_id}/parents"

    def listed(person: User, query: str = "") -> Any:
        return school.client.get(f"{path}{query}", user=person).json

    in_order = [str(parent.id) for parent in parents]
    first = listed(school.student, "?limit=2")
    second = listed(school.student, f"?limit=2&cursor={first['next']}")
    assert [item["parent_id"] for item in first["items"] + second["items"]] == in_order
    assert second["next"] is None
    assert first["items"][0].keys() == {"parent_id", "joined_at"}
    assert listed(school.tutor)["items"] == first["items"] + second["items"]
    assert school.client.get(path, user=parents[0]).status_code == 403
    assert school.client.get(path, user=a_user("stranger")).status_code == 404
    removed = school.client.delete(f"{path}/{in_order[1]}", user=school.student)
    assert removed.status_code == 204
    left = [item["parent_id"] for item in listed(school.student)["items"]]
    assert left == [in_order[0], in_order[2]]


def test_a_code_is_kept_as_a_hash_and_read_in_either_case(app: Flask, school: Any) -> None:
    code = a_code(school)
    with app.app_context():
        kept = db.session.scalar(text("SELECT code_hash FROM parent_codes"))
    assert code.encode() not in bytes(kept)
    naomi = a_user("naomi")
    assert join(school, naomi, code.lower()).status_code == 200
    assert sees(school, naomi)


@pytest.mark.usefixtures("race_round")
def test_a_code_lets_one_parent_in(school: Any) -> None:
    code, parents = a_code(school), [a_user(f"parent{number}") for number in range(5)]
    answers = race([lambda p=p: join(school, p, code) for p in parents])
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 4
    assert [sees(school, parent) for parent in parents].count(True) == 1


@pytest.mark.parametrize("role", ["tutor", "student"])
def test_a_participant_cannot_follow_and_leaves_the_code_unspent(school: Any, role: str) -> None:
    code, person = a_code(school), getattr(school, role)
    refused = join(school, person, code)
    assert (refused.status_code, refused.json["code"]) == (409, "own_enrollment")
    assert join(school, a_user("naomi"), code).status_code == 200


def test_joining_again_with_another_code_changes_nothing(school: Any) -> None:
    naomi = a_user("naomi")
    first = join(school, naomi, a_code(school)).json
    again = join(school, naomi, a_code(school))
    assert (again.status_code, again.json) == (200, first)


@pytest.mark.parametrize("roles", [(), ("tutor",), ("parent",), ("admin",)])
def test_a_code_is_all_that_a_parent_needs(school: Any, roles: tuple[str, ...]) -> None:
    naomi = a_user("naomi", *roles)
    assert join(school, naomi, a_code(school)).status_code == 200
    assert sees(school, naomi)


def test_a_person_tries_so_many_codes_within_an_hour(
    school: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutoring_service.parents.MOST_TRIES", 3)
    code, naomi, eli = a_code(school), a_user("naomi"), a_user("eli")
    assert [join(school, naomi, "A" * 12).status_code for _ in range(3)] == [404] * 3
    refused = join(school, naomi, code)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert not sees(school, naomi)
    assert join(school, eli, code).status_code == 200, "each person is counted by themselves"


def test_guesses_of_many_threads_are_counted_one_by_one(
    app: Flask, school: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutoring_service.parents.MOST_TRIES", 5)
    naomi = a_user("naomi")

    def guess() -> int:
        body = {"code": "A" * 12}
        answer = app.test_client().post("/api/enrollments/join", json=body, user=naomi)
        return answer.status_code

    assert sorted(race([guess] * 12)) == [404] * 5 + [429] * 7


@pytest.mark.parametrize("code", ["", "short", "A" * 12, "0" * 12, 12, None])
def test_an_invalid_code_lets_no_one_in(school: Any, code: Any) -> None:
    a_code(school)
    naomi = a_user("naomi")
    assert join(school, naomi, code).status_code in {404, 422}
    assert not sees(school, naomi)


def test_a_parent_may_leave_but_not_remove_another_parent(school: Any) -> None:
    naomi, david = a_user("naomi"), a_user("david")
    for parent in (naomi, david):
        join(school, parent, a_code(school))
    parents = f"/api/enrollments/{school.enrollment_id}/parents"
    refused = school.client.delete(f"{parents}/{david.id}", user=naomi)
    assert (refused.status_code, refused.json["required"]) == (403, "student")
    for _ in range(2):
        school.client.delete(f"{parents}/{naomi.id}", user=naomi)
        assert (sees(school, naomi), sees(school, david)) == (False, True)


def test_a_parent_may_read_a_session_but_not_change_it(school: Any) -> None:
    naomi = a_user("naomi")
    join(school, naomi, a_code(school))
    session = school.read(school.session()["id"])
    assert school.read(session["id"], naomi) == session
    assert school.patch(session, {"topics": ["x"]}, naomi).status_code == 403
    for step in ("start", "complete", "cancel"):
        assert school.act(session, step, user=naomi).status_code == 403
    assert school.book(naomi, start_time="12:00", end_time="13:00").status_code == 403
    assert school.read(session["id"]) == session


def test_deleting_an_enrolment_deletes_its_parents_and_codes(app: Flask, school: Any) -> None:
    join(school, a_user("naomi"), a_code(school))
    a_code(school)
    path = f"/api/enrollments/{school.enrollment_id}"
    assert school.client.delete(path, user=school.tutor).status_code == 204
    with app.app_context():
        left = (
            "SELECT (SELECT count(*) FROM parent_codes) + (SELECT count(*) FROM enrollment_parents)"
        )
        assert db.session.scalar(text(left)) == 0
