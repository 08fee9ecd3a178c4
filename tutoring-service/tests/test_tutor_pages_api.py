"""The public page of a tutor, and what they say there."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing import User, a_user, count_queries, race
from tutoring_service import erasure, tutor_pages
from tutoring_service.models import Course, Enrollment, TutorProfile, db

PROFILE = "/api/tutors/me/profile"
SAID = {"about": "I teach slowly.\nIn the evenings.", "languages": ["he", "en-GB"]}
TUESDAYS = [{"weekday": "Tuesday", "start_time": "09:00", "end_time": "12:00"}]


@pytest.fixture
def hillel() -> User:
    """A tutor who has done nothing yet."""
    return a_user("hillel", "tutor")


def describe(client: FlaskClient, tutor: User, body: Any = None) -> Any:
    return client.put(PROFILE, user=tutor, json=SAID if body is None else body)


def page(client: FlaskClient, tutor: User | UUID) -> Any:
    """What a visitor without a token is answered."""
    return client.get(f"/api/tutors/{tutor.id if isinstance(tutor, User) else tutor}")


def publish(client: FlaskClient, tutor: User, **course: Any) -> int:
    made = client.post("/api/courses", user=tutor, json={"title": "Mishnah", **course})
    assert made.status_code == 201, made.json
    return int(made.json["id"])


def archive(client: FlaskClient, tutor: User, course: int) -> None:
    change = {"status": "archived"}
    headers = {"If-Match": "*"}
    path = f"/api/courses/{course}"
    assert client.patch(path, user=tutor, json=change, headers=headers).status_code == 200


def declare(client: FlaskClient, tutor: User, weekly: Any = None) -> None:
    hours = {"timezone": "UTC", "weekly": TUESDAYS if weekly is None else weekly}
    assert client.put("/api/tutors/me/availability", user=tutor, json=hours).status_code == 200


def free_times(client: FlaskClient, tutor: User) -> list[str]:
    return [slot["starts_at"] for slot in page(client, tutor).json["next_free_times"]]


def test_a_profile_is_set_as_a_whole(client: FlaskClient, hillel: User) -> None:
    first = describe(client, hillel)
    assert first.status_code == 200
    assert first.json == {"tutor_id": str(hillel.id), **SAID, "version": 1}
    assert first.headers["ETag"] == '"1"'
    second = describe(client, hillel, {"about": "Otherwise."})
    assert (second.json["about"], second.json["languages"]) == ("Otherwise.", [])
    assert second.headers["ETag"] == '"2"'


def test_only_a_tutor_has_a_profile(client: FlaskClient) -> None:
    refused = describe(client, a_user("boaz"))
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


@pytest.mark.usefixtures("race_round")
def test_profiles_that_are_set_at_once_get_consecutive_versions(app: Flask) -> None:
    tutor = a_user("hillel", "tutor")
    answers = race([lambda: describe(app.test_client(), tutor)] * 4)
    assert sorted(answer.json["version"] for answer in answers) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("he", "he"),
        ("EN-gb", "en-GB"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-ch-1996", "de-CH-1996"),
        ("SL-rozaj-BISKE", "sl-rozaj-biske"),
        ("yid", "yid"),
    ],
)
def test_a_language_is_written_in_its_usual_case(
    client: FlaskClient, hillel: User, written: str, kept: str
) -> None:
    assert describe(client, hillel, {"languages": [written]}).json["languages"] == [kept]


@pytest.mark.parametrize(
    "tag", ["", "h", "hebrew", "he_IL", "he-", "-he", "he IL", "en-GB-x-y", "עב", "e1", "en--GB", 7]
)
def test_what_is_no_language_tag_is_refused(client: FlaskClient, hillel: User, tag: object) -> None:
    refused = describe(client, hillel, {"languages": ["he", tag]})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/languages/1"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"about": "x" * 2001}, "/about"),
        ({"about": 7}, "/about"),
        ({"languages": ["he"] * 21}, "/languages"),
        ({"languages": None}, "/languages"),
        ({"rating": 5}, "/rating"),
    ],
)
def test_a_profile_that_is_not_valid_names_the_field(
    client: FlaskClient, hillel: User, body: Any, pointer: str
) -> None:
    refused = describe(client, hillel, body)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_language_that_is_named_twice_counts_once(client: FlaskClient, hillel: User) -> None:
    said = describe(client, hillel, {"languages": ["he", "en", "HE", "en"]}).json
    assert said["languages"] == ["he", "en"]


def test_there_is_a_page_of_a_tutor_who_offers_or_says_something(
    client: FlaskClient, hillel: User
) -> None:
    assert page(client, uuid4()).status_code == 404
    assert page(client, hillel).status_code == 404
    course = publish(client, hillel)
    assert page(client, hillel).status_code == 200
    archive(client, hillel, course)
    assert page(client, hillel).status_code == 404
    describe(client, hillel)
    shown = page(client, hillel)
    assert shown.status_code == 200
    assert {name: shown.json[name] for name in SAID} == SAID
    assert shown.json["courses"] == shown.json["subjects"] == shown.json["next_free_times"] == []
    assert shown.json["rating"] == {"average": None, "count": 0}
    describe(client, hillel, {"about": ""})
    assert page(client, hillel).status_code == 404


def test_a_student_has_no_page(client: FlaskClient, school: Any) -> None:
    assert page(client, school.student).status_code == 404


def test_a_page_may_be_kept_for_a_minute_by_anyone(client: FlaskClient, hillel: User) -> None:
    describe(client, hillel)
    assert page(client, hillel).headers["Cache-Control"] == "public, max-age=60"


def test_the_newest_open_courses_are_shown_and_the_subjects_of_all(
    client: FlaskClient, hillel: User
) -> None:
    archived = publish(client, hillel, subject="Midrash")
    archive(client, hillel, archived)
    first = publish(client, hillel, subject="Aramaic", description="Not shown here.")
    for number in range(tutor_pages.MOST_COURSES):
        subject = ["Talmud", "TALMUD", "mishnah", None][number % 4]
        publish(client, hillel, title=f"Course {number}", subject=subject)
    publish(client, a_user("ruth", "tutor"), subject="Zohar")
    shown = page(client, hillel).json
    ids = [course["id"] for course in shown["courses"]]
    assert len(ids) == tutor_pages.MOST_COURSES
    assert ids == sorted(ids, reverse=True)
    assert first not in ids
    assert set(shown["courses"][0]) == {"id", "title", "subject", "timezone", "created_at"}
    assert [subject.casefold() for subject in shown["subjects"]] == ["aramaic", "mishnah", "talmud"]


def test_reviews_are_shown_without_their_authors(client: FlaskClient, school: Any) -> None:
    done = school.held()
    for user, rating in ((school.student, 4), (school.tutor, 1)):
        school.act(done, "reviews", {"rating": rating, "text": "Good"}, user)
    shown = page(client, school.tutor)
    assert shown.json["rating"] == {"average": 4.0, "count": 1}
    [review] = shown.json["reviews"]
    assert (review["rating"], review["text"]) == (4, "Good")
    assert review["author_id"] is None
    assert str(school.student.id) not in shown.text


def test_a_review_that_its_author_keeps_back_counts_and_is_not_shown(
    client: FlaskClient, school: Any
) -> None:
    done = school.held()
    written = school.act(
        done, "reviews", {"rating": 4, "text": "Good", "public": False}, school.student
    ).json
    hidden = page(client, school.tutor).json
    assert (hidden["rating"]["count"], hidden["reviews"]) == (1, [])
    path = f"/api/sessions/{done['id']}/reviews/{written['id']}"
    client.patch(path, user=school.student, json={"public": True})
    assert [review["text"] for review in page(client, school.tutor).json["reviews"]] == ["Good"]
    client.patch(path, user=school.student, json={"public": False})
    assert page(client, school.tutor).json["reviews"] == []


def test_a_review_of_before_is_not_public(app: Flask, client: FlaskClient, school: Any) -> None:
    """As the code before writes one: it does not know the column."""
    done = school.held()
    insertion = """
        INSERT INTO reviews
            (session_id, tutor_id, author_id, author_role, rating, text, created_at, updated_at)
        VALUES (:session, :tutor, :author, 'student', 5, 'Earlier', now(), now())
    """
    values = {"session": done["id"], "tutor": school.tutor.id, "author": school.student.id}
    with app.app_context():
        in_transaction(db.session, lambda: db.session.execute(text(insertion), values))
    shown = page(client, school.tutor).json
    assert (shown["rating"]["count"], shown["reviews"]) == (1, [])


def test_the_last_ten_reviews_are_shown_newest_first(
    app: Flask, client: FlaskClient, school: Any
) -> None:
    for day in range(1, 13):
        done = school.held(session_date=f"2030-02-{day:02}")
        body = {"rating": 5, "text": f"Day {day}"}
        assert school.act(done, "reviews", body, school.student).status_code == 201
    texts = [review["text"] for review in page(client, school.tutor).json["reviews"]]
    assert texts == [f"Day {day}" for day in range(12, 2, -1)]


def test_the_first_free_hours_of_the_coming_fortnight_are_shown(
    client: FlaskClient, school: Any
) -> None:
    with time_machine.travel("2030-01-07T09:00:00Z", tick=False):
        declare(client, school.tutor)
        # In Berlin, an hour ahead: the first of the three hours is taken.
        school.session(session_date="2030-01-08", start_time="10:00", end_time="11:00", force=True)
        found = free_times(client, school.tutor)
    assert found == [
        f"2030-01-{day:02}T{hour:02}:00:00Z"
        for day, hour in ((8, 10), (8, 11), (15, 9), (15, 10), (15, 11))
    ]


def test_no_time_that_has_begun_is_offered(client: FlaskClient, hillel: User) -> None:
    publish(client, hillel)
    with time_machine.travel("2030-01-08T09:00:00Z", tick=False):
        declare(client, hillel)
        assert free_times(client, hillel)[0] == "2030-01-08T09:00:00Z"
    with time_machine.travel("2030-01-08T09:01:07Z", tick=False):
        assert free_times(client, hillel)[0] == "2030-01-08T10:00:00Z"


def test_a_tutor_without_hours_or_free_hours_offers_no_time(
    client: FlaskClient, hillel: User
) -> None:
    publish(client, hillel)
    assert free_times(client, hillel) == []
    declare(client, hillel, [])
    assert free_times(client, hillel) == []


def test_a_page_takes_a_constant_number_of_statements(
    app: Flask, client: FlaskClient, school: Any
) -> None:
    describe(client, school.tutor)
    declare(client, school.tutor)
    counts = []
    for day in (1, 2, 3):
        publish(client, school.tutor, subject=f"Subject {day}")
        done = school.held(session_date=f"2030-02-{day:02}", force=True)
        school.act(done, "reviews", {"rating": 5}, school.student)
        with count_queries(app) as statements:
            assert page(client, school.tutor).status_code == 200
        counts.append(len(statements))
    assert counts == [7, 7, 7]


def test_the_work_for_a_page_does_not_grow_with_what_a_tutor_has_planned(
    app: Flask, client: FlaskClient, school: Any
) -> None:
    always = [
        {"weekday": day, "start_time": "00:00", "end_time": "00:00"}
        for day in ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    ]
    declare(client, school.tutor, always)
    today = datetime.now(UTC).date()
    start = (today + timedelta(days=1)).isoformat()
    school.session(session_date=start, rrule="FREQ=DAILY;COUNT=366", force=True)
    with count_queries(app) as statements:
        assert len(free_times(client, school.tutor)) == tutor_pages.MOST_TIMES
    assert len(statements) == 7


def test_a_deleted_tutor_has_no_page(app: Flask, client: FlaskClient, school: Any) -> None:
    describe(client, school.tutor)
    declare(client, school.tutor)
    done = school.held(force=True)
    school.act(done, "reviews", {"rating": 5, "text": "Good"}, school.student)
    assert page(client, school.tutor).status_code == 200
    erased(app, school.tutor)
    assert page(client, school.tutor).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(TutorProfile)).all() == []
        no_one = db.session.scalars(select(Enrollment.tutor_id)).one()
        assert db.session.scalars(select(Course.tutor_id)).one() == no_one
    assert page(client, no_one).status_code == 404, "what is kept has no page either"


def test_the_words_of_a_deleted_student_leave_the_page(
    app: Flask, client: FlaskClient, school: Any
) -> None:
    school.act(school.held(), "reviews", {"rating": 5, "text": "Good"}, school.student)
    erased(app, school.student)
    [review] = page(client, school.tutor).json["reviews"]
    assert (review["rating"], review["text"]) == (5, None)


def test_a_profile_is_exported(client: FlaskClient, hillel: User) -> None:
    describe(client, hillel)
    held = client.get("/internal/export", user=hillel, peer="gateway").json
    [row] = held["tutor_profiles"]
    assert {name: row[name] for name in SAID} == SAID


def erased(app: Flask, person: User) -> None:
    event = Event(
        uuid4(), "user.deleted", "user-service", str(person.id), 1, datetime.now(UTC), None, {}
    )
    with app.app_context():
        in_transaction(db.session, lambda: erasure.on_user_deleted(event))
