"""What the participants of a completed session thought of it."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from chassis.data.db import in_transaction
from chassis.testing import User, a_user, race
from tutoring_service.models import Review, db


def review(school: Any, session: dict[str, Any], user: Any, rating: int = 5) -> Any:
    return school.act(session, "reviews", {"rating": rating, "text": "Good"}, user)


def test_a_participant_reviews_once_and_the_session_refers_to_it(school: Any) -> None:
    done = school.held()
    by_student, by_tutor = (
        review(school, done, school.student, 4),
        review(school, done, school.tutor, 2),
    )
    assert (by_student.status_code, by_tutor.status_code) == (201, 201)
    shown = school.read(done["id"])
    assert (shown["student_review_id"], shown["tutor_review_id"]) == (
        by_student.json["id"],
        by_tutor.json["id"],
    )
    again = review(school, done, school.student)
    assert (again.status_code, again.json["code"]) == (409, "already_reviewed")
    rating = school.client.get(f"/api/tutors/{school.tutor.id}/rating", user=school.student).json
    assert (rating["average"], rating["count"]) == (4.0, 1)


def test_a_review_is_public_unless_its_author_says_otherwise(school: Any) -> None:
    done = school.completed()
    written = school.act(done, "reviews", {"rating": 4}, school.student).json
    assert written["public"] is True
    hidden = rewrite(school, written, school.student, public=False).json
    assert (hidden["public"], hidden["rating"]) == (False, 4)
    other = school.act(done, "reviews", {"rating": 4, "public": False}, school.tutor).json
    assert other["public"] is False
    for wrong in (None, "true", 1):
        refused = rewrite(school, written, school.student, public=wrong)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/public")


def test_a_change_of_an_earlier_review_does_not_make_it_public(app: Flask, school: Any) -> None:
    written = review(school, school.completed(), school.student).json
    with app.app_context():
        in_transaction(db.session, lambda: db.session.execute(update(Review).values(public=False)))
    assert rewrite(school, written, school.student, text="Better").json["public"] is False
    assert rewrite(school, written, school.student, public=True).json["public"] is True


@pytest.mark.usefixtures("race_round")
def test_ten_concurrent_reviews_by_one_author_leave_one(school: Any) -> None:
    done = school.completed()
    answers = race([lambda: review(school, done, school.student)] * 10)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


def test_a_review_waits_for_the_end_and_is_final_after_14_days(school: Any) -> None:
    session = school.session(session_date="2020-01-07")
    assert review(school, session, school.student).json["code"] == "not_completed"
    school.act(session, "start")
    school.act(session, "complete")
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False):
        written = review(school, session, school.student).json
    path = f"/api/sessions/{session['id']}/reviews/{written['id']}"
    with time_machine.travel("2030-01-15T00:00:00Z", tick=False):
        assert (
            school.client.patch(path, user=school.student, json={"rating": 1}).json["rating"] == 1
        )
        assert school.client.patch(path, user=school.tutor, json={"rating": 5}).status_code == 404
    with time_machine.travel("2030-01-15T00:00:01Z", tick=False):
        assert (
            school.client.patch(path, user=school.student, json={"rating": 2}).json["code"]
            == "deadline_passed"
        )


@pytest.mark.parametrize("rating", [0, 6, "5", 4.5, True, None])
def test_a_rating_is_an_integer_from_1_to_5(school: Any, rating: Any) -> None:
    refused = school.act(school.completed(), "reviews", {"rating": rating}, school.student)
    assert refused.status_code == 422


def rewrite(school: Any, written: dict[str, Any], user: User, **changes: Any) -> Any:
    path = f"/api/sessions/{written['session_id']}/reviews/{written['id']}"
    return school.client.patch(path, user=user, json=changes)


def rating_of(school: Any, tutor: User) -> tuple[float | None, int]:
    shown = school.client.get(f"/api/tutors/{tutor.id}/rating", user=school.student).json
    return shown["average"], shown["count"]


def test_a_rewritten_review_counts_with_its_new_rating(school: Any) -> None:
    written = review(school, school.held(), school.student, 2).json
    rewritten = rewrite(school, written, school.student, rating=5, text=None).json
    assert (rewritten["rating"], rewritten["text"]) == (5, None)
    assert rewritten["created_at"] == written["created_at"]
    assert rewritten["updated_at"] > written["updated_at"]
    assert rating_of(school, school.tutor) == (5.0, 1)


def test_a_change_of_one_field_leaves_the_other(school: Any) -> None:
    written = review(school, school.completed(), school.student, 4).json
    assert rewrite(school, written, school.student, rating=3).json["text"] == written["text"]
    assert rewrite(school, written, school.student, text="Better").json["rating"] == 3


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"rating": 0}, "/rating"),
        ({"rating": None}, "/rating"),
        ({"text": "a" * 2001}, "/text"),
        ({"author_role": "tutor"}, "/author_role"),
    ],
)
def test_an_invalid_change_is_refused_and_changes_nothing(
    school: Any, changes: dict[str, Any], pointer: str
) -> None:
    done = school.completed()
    written = review(school, done, school.student).json
    refused = rewrite(school, written, school.student, **changes)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    path = f"/api/sessions/{done['id']}/reviews"
    assert school.client.get(path, user=school.tutor).json["items"] == [written]


def test_a_review_is_found_only_under_its_own_session(school: Any) -> None:
    written = review(school, school.completed(), school.student).json
    other = school.completed(session_date="2020-01-14")
    moved = {**written, "session_id": other["id"]}
    assert rewrite(school, moved, school.student, rating=1).status_code == 404


def test_the_participants_read_all_reviews_of_a_session_oldest_first(school: Any) -> None:
    done = school.completed()
    first = review(school, done, school.student, 4).json
    second = review(school, done, school.tutor, 5).json
    path = f"/api/sessions/{done['id']}/reviews"
    page = school.client.get(f"{path}?limit=1", user=school.tutor).json
    assert page["items"] == [first]
    rest = school.client.get(f"{path}?limit=1&cursor={page['next']}", user=school.student).json
    assert (rest["items"], rest["next"]) == ([second], None)
    assert school.client.get(path, user=a_user("stranger")).status_code == 404


def test_a_tutors_rating_is_the_mean_over_all_courses(school: Any) -> None:
    assert rating_of(school, school.tutor) == (None, 0)
    review(school, school.held(), school.student, 4)
    david = a_user("david")
    elsewhere = school.held(enrolled_courses_id=school.enroll(david), session_date="2030-01-15")
    review(school, elsewhere, david, 5)
    review(school, elsewhere, school.tutor, 1)
    assert rating_of(school, school.tutor) == (4.5, 2)


def test_of_a_student_the_last_review_counts_over_all_courses(school: Any) -> None:
    first = school.held()
    review(school, first, school.student, 5)
    later = {"enrolled_courses_id": school.enroll(school.student), "session_date": "2030-01-15"}
    review(school, school.held(**later), school.student, 2)
    assert rating_of(school, school.tutor) == (2.0, 1)
    [earlier] = school.client.get(f"/api/sessions/{first['id']}/reviews", user=school.student).json[
        "items"
    ]
    assert rewrite(school, earlier, school.student, rating=4).status_code == 200
    assert rating_of(school, school.tutor) == (2.0, 1), "rewritten, it is still the earlier one"


def test_a_student_and_their_parents_count_as_one(school: Any) -> None:
    done = school.held()
    review(school, done, school.student, 5)
    for name, rating in (("naomi", 4), ("eli", 1)):
        parent = a_user(name)
        path = f"/api/enrollments/{school.enrollment_id}/parent-codes"
        code = school.post(path, school.student).json["code"]
        school.post("/api/enrollments/join", parent, {"code": code})
        assert review(school, done, parent, rating).status_code == 201
    assert rating_of(school, school.tutor) == (1.0, 1)


@pytest.mark.parametrize(
    ("end_time", "minutes", "counts"),
    [
        ("11:00", 60, True),
        ("11:00", 30, True),
        ("11:00", 29.9, False),
        ("11:00", 0, False),
        ("11:00", 24 * 60, True),
        ("10:20", 15, True),
        ("10:20", 14.9, False),
        ("10:05", 5, False),
        ("10:05", 15, True),
        ("10:31", 15, False),
    ],
)
def test_a_review_of_a_session_that_did_not_last_is_written_and_does_not_count(
    school: Any, end_time: str, minutes: float, counts: bool
) -> None:
    written = review(school, school.held(minutes, end_time=end_time), school.student, 5)
    assert written.status_code == 201
    assert rating_of(school, school.tutor) == ((5.0, 1) if counts else (None, 0))


def test_a_short_session_takes_no_review_that_counts_away(school: Any) -> None:
    review(school, school.held(), school.student, 2)
    for day in range(15, 20):
        short = school.held(5, session_date=f"2030-01-{day}", end_time="10:05")
        assert review(school, short, school.student, 5).status_code == 201
    assert rating_of(school, school.tutor) == (2.0, 1)


def test_a_review_raises_the_version_of_the_session(school: Any) -> None:
    done = school.completed()
    review(school, done, school.student)
    stale = school.patch(done, {"is_featured": True})
    assert (stale.status_code, stale.json["code"]) == (412, "precondition_failed")
    assert school.patch(school.read(done["id"]), {"is_featured": True}).status_code == 200


def test_a_review_of_a_cancelled_session_is_refused(school: Any) -> None:
    session = school.session()
    school.act(session, "cancel")
    refused = review(school, session, school.student)
    assert (refused.status_code, refused.json["code"]) == (409, "not_completed")
    assert review(school, session, a_user("stranger")).status_code == 404
