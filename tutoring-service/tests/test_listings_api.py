"""The catalogue of courses and tutors, as visitors and others read it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.testing import HeardOf, User, a_user, count_queries, race
from tutoring_service import erasure, listings
from tutoring_service.models import TutorListing, db

from .support.catalogue import fill
from .support.plans import explained
from .support.school import School


def teach(
    client: FlaskClient,
    username: str,
    *subjects: str,
    languages: Any = (),
    days: Any = (),
    about: str | None = None,
) -> User:
    """A tutor who offers a course on each subject."""
    tutor = a_user(username, "tutor")
    for subject in subjects:
        client.post("/api/courses", user=tutor, json={"title": username, "subject": subject})
    profile = {"about": about, "languages": list(languages)}
    assert client.put("/api/tutors/me/profile", user=tutor, json=profile).status_code == 200
    weekly = [{"weekday": day, "start_time": "09:00", "end_time": "00:00"} for day in days]
    hours = {"timezone": "Asia/Jerusalem", "weekly": weekly}
    assert client.put("/api/tutors/me/availability", user=tutor, json=hours).status_code == 200
    return tutor


@pytest.fixture
def tutors(client: FlaskClient) -> dict[str, User]:
    return {
        "ruth": teach(
            client, "ruth", "Mishnah", "Aramaic", languages=["he", "en-GB"], days=["Sunday"]
        ),
        "hillel": teach(
            client, "hillel", "תַּלְמוּד", languages=["he"], days=["Sunday", "Friday"], about="Rashi."
        ),
        "orpah": teach(client, "orpah", "MISHNAH", "Rash\u05f4i", languages=["yi"]),
        "idle": teach(client, "idle", languages=["he"], days=["Sunday"], about="Mishnah"),
    }


def items(client: FlaskClient, path: str, user: User | None = None) -> list[Any]:
    answer = client.get(path, user=user)
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def found(client: FlaskClient, tutors: dict[str, User], path: str, user: Any = None) -> list[str]:
    names = {str(tutor.id): name for name, tutor in tutors.items()}
    return [names[each["tutor_id"]] for each in items(client, path, user)]


FILTERS = [
    ("", ["orpah", "hillel", "ruth"]),
    ("subject=mishnah", ["orpah", "ruth"]),
    ("subject=Mish", []),
    ("subject=%D7%AA%D7%9C%D7%9E%D7%95%D7%93", ["hillel"]),
    ("language=en", ["ruth"]),
    ("language=EN-gb", ["ruth"]),
    ("language=en-US", []),
    ("language=he", ["hillel", "ruth"]),
    ("weekday=Friday", ["hillel"]),
    ("weekday=Friday,Sunday", ["hillel", "ruth"]),
    ("weekday=Monday", []),
    ("weekday=Sunday&language=en&subject=aramaic&q=ru", ["ruth"]),
    ("weekday=Friday&language=en", []),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_tutors_and_their_courses_are_found_alike(
    client: FlaskClient, tutors: dict[str, User], query: str, names: list[str]
) -> None:
    assert found(client, tutors, f"/api/tutors?sort=newest&{query}") == names
    by_course = found(client, tutors, f"/api/courses?{query}")
    assert list(dict.fromkeys(by_course)) == names


@pytest.mark.parametrize("query", ["language=he", "weekday=Sunday", "language=he&weekday=Sunday"])
def test_courses_of_many_tutors_are_found_as_those_of_few(
    client: FlaskClient, tutors: dict[str, User], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    few = found(client, tutors, f"/api/courses?{query}")
    monkeypatch.setattr(listings, "FEW", 1)
    assert found(client, tutors, f"/api/courses?{query}") == few == ["hillel", "ruth", "ruth"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("rashi", ["orpah", "hillel"]),
        ("MISHNAH", ["orpah", "ruth"]),
        ("hill", ["hillel"]),
        ("ra", ["orpah", "hillel"]),
        ("sh", []),
        ("%25", []),
        ("grammar", []),
    ],
)
def test_tutors_are_found_by_their_courses_and_what_they_say(
    client: FlaskClient, tutors: dict[str, User], words: str, names: list[str]
) -> None:
    assert found(client, tutors, f"/api/tutors?sort=newest&q={words}") == names


@pytest.mark.parametrize(
    "query",
    [
        "subject=",
        "subject=%27",
        "language=hebrew",
        "language=he,en",
        "weekday=sunday",
        "weekday=Sunday,",
        "sort=name",
        "cursor=x",
        "cursor=WzFd",
        "limit=101",
        "tutor_id=1",
    ],
)
def test_what_no_filter_says_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/tutors?{query}").status_code == 422


def test_a_tutor_is_listed_with_what_they_say(client: FlaskClient, tutors: dict[str, User]) -> None:
    [ruth] = items(client, "/api/tutors?q=aramaic")
    assert ruth == {
        "tutor_id": str(tutors["ruth"].id),
        "about": None,
        "languages": ["he", "en-GB"],
        "subjects": ["Aramaic", "Mishnah"],
        "weekdays": ["Sunday"],
        "rating": {"average": None, "count": 0},
    }


def test_the_best_rated_come_first_page_by_page(
    client: FlaskClient, school: School, tutors: dict[str, User]
) -> None:
    assert review(school, 5).status_code == 201
    other = School(client, tutors["hillel"], school.student)
    other.enrollment_id = other.enroll(school.student)
    assert review(other, 1, session_date="2030-03-08").status_code == 201
    people = {**tutors, "rated": school.tutor}
    names, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/tutors?limit=1&{cursor}").json
        names += [name for name in people if str(people[name].id) == page["items"][0]["tutor_id"]]
        cursor = page["next"] and f"cursor={page['next']}"
    assert names == ["rated", "orpah", "ruth", "hillel"]
    [course] = items(client, f"/api/courses?tutor_id={school.tutor.id}")
    assert course["tutor_rating"] == {"average": 5.0, "count": 1}


def review(school: School, rating: int, user: User | None = None, **wanted: Any) -> Any:
    body = {name: wanted.pop(name) for name in ("text", "public", "is_named") if name in wanted}
    return school.act(
        school.held(**wanted), "reviews", {"rating": rating, **body}, user or school.student
    )


def test_visitors_see_open_courses_alone(client: FlaskClient, school: School) -> None:
    [course] = items(client, "/api/courses")
    path = f"/api/courses/{course['id']}"
    assert client.get(path).json["title"] == "Mishnah"
    assert client.get(path).headers["ETag"] == '"1"'
    change = {"status": "archived"}
    client.patch(path, user=school.tutor, json=change, headers={"If-Match": "*"})
    for status in ("", "open", "archived", "open,archived"):
        assert items(client, f"/api/courses?status={status}" if status else "/api/courses") == []
    assert client.get(path).status_code == 404
    assert items(client, "/api/tutors") == []
    assert client.get(path, user=school.student).json["status"] == "archived"
    [seen] = items(client, "/api/courses?status=archived", school.student)
    assert seen["id"] == course["id"]


def test_a_token_that_is_sent_must_be_valid(client: FlaskClient, school: School) -> None:
    for path in ("/api/courses", "/api/tutors"):
        refused = client.get(path, headers={"Authorization": "Bearer x"})
        assert refused.status_code == 401


def test_tutors_who_are_kept_apart_are_left_out(
    client: FlaskClient, school: School, heard: HeardOf
) -> None:
    naomi = a_user("naomi")
    path = f"/api/courses/{items(client, '/api/courses')[0]['id']}"
    lists = ("/api/tutors", "/api/courses")
    heard.block(naomi, school.tutor)
    assert [len(items(client, each, naomi)) for each in lists] == [0, 0]
    assert [len(items(client, each)) for each in lists] == [1, 1]
    heard.suspend(school.tutor)
    assert [len(items(client, each)) for each in lists] == [0, 0]
    assert client.get(path).status_code == 404
    assert client.get(f"/api/tutors/{school.tutor.id}/reviews").status_code == 404


def test_a_deleted_tutor_is_in_no_list(app: Flask, client: FlaskClient, school: School) -> None:
    review(school, 5)
    with app.app_context():
        in_transaction(db.session, lambda: erasure.erase(school.tutor.id))
        assert db.session.scalars(select(TutorListing)).all() == []
    assert items(client, "/api/tutors") == items(client, "/api/courses") == []
    assert client.get(f"/api/tutors/{school.tutor.id}/reviews").status_code == 404


def reviews_of(client: FlaskClient, school: School, query: str = "") -> list[Any]:
    return items(client, f"/api/tutors/{school.tutor.id}/reviews{query}")


def test_reviews_are_listed_newest_first_and_kept_for_a_minute(
    client: FlaskClient, school: School
) -> None:
    for day in (1, 2, 3):
        review(school, day, session_date=f"2030-02-0{day}", text=f"Day {day}")
    path = f"/api/tutors/{school.tutor.id}/reviews?limit=2"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    rest = client.get(f"{path}&cursor={first.json['next']}").json
    texts = [each["text"] for each in first.json["items"] + rest["items"]]
    assert (texts, rest["next"]) == (["Day 3", "Day 2", "Day 1"], None)
    assert {each["course_title"] for each in rest["items"]} == {"Mishnah"}


def test_neither_what_is_kept_back_nor_what_a_tutor_wrote_is_listed(
    client: FlaskClient, school: School
) -> None:
    done = school.held()
    for user, public in ((school.student, False), (school.tutor, True)):
        body = {"rating": 4, "text": "Private", "public": public, "is_named": True}
        assert school.act(done, "reviews", body, user).status_code == 201
    assert reviews_of(client, school) == []


def test_an_author_is_named_only_if_they_say_so(client: FlaskClient, school: School) -> None:
    written = review(school, 5).json
    assert written["is_named"] is False
    [unnamed] = reviews_of(client, school)
    assert unnamed["author_id"] is None
    assert str(school.student.id) not in str(unnamed)
    path = f"/api/sessions/{written['session_id']}/reviews/{written['id']}"
    changed = client.patch(path, user=school.student, json={"is_named": True}).json
    assert changed["is_named"] is True
    [named] = reviews_of(client, school)
    assert named["author_id"] == str(school.student.id)
    [on_page] = client.get(f"/api/tutors/{school.tutor.id}").json["reviews"]
    assert on_page == named


def test_an_author_who_is_suspended_or_gone_is_not_named(
    app: Flask, client: FlaskClient, school: School, heard: HeardOf
) -> None:
    review(school, 5, is_named=True, text="Good")
    heard.suspend(school.student)
    assert reviews_of(client, school)[0]["author_id"] is None
    heard.lift(school.student)
    assert reviews_of(client, school)[0]["author_id"] == str(school.student.id)
    with app.app_context():
        in_transaction(db.session, lambda: erasure.erase(school.student.id))
    [left] = reviews_of(client, school)
    assert (left["author_id"], left["text"], left["rating"]) == (None, None, 5)


def test_the_title_of_an_archived_course_is_not_told(client: FlaskClient, school: School) -> None:
    review(school, 5)
    course = items(client, "/api/courses")[0]["id"]
    client.post("/api/courses", user=school.tutor, json={"title": "Talmud"})
    headers = {"If-Match": "*"}
    path = f"/api/courses/{course}"
    client.patch(path, user=school.tutor, json={"status": "archived"}, headers=headers)
    assert reviews_of(client, school)[0]["course_title"] is None


def test_the_rating_in_lists_is_that_of_the_page(client: FlaskClient, school: School) -> None:
    written = review(school, 2).json
    for change in ({"rating": 4}, {"text": "Better"}, {"rating": 1}):
        path = f"/api/sessions/{written['session_id']}/reviews/{written['id']}"
        client.patch(path, user=school.student, json=change)
        listed = items(client, "/api/tutors")[0]["rating"]
        assert listed == client.get(f"/api/tutors/{school.tutor.id}").json["rating"]
    boss = a_user("boss", "admin")
    client.delete(f"/api/enrollments/{school.enrollment_id}?force=true", user=boss)
    assert items(client, "/api/tutors")[0]["rating"] == {"average": None, "count": 0}


@pytest.mark.usefixtures("race_round")
def test_what_is_changed_at_once_is_all_listed(app: Flask, client: FlaskClient) -> None:
    tutor = a_user("hillel", "tutor")

    def publish(number: int) -> Any:
        body = {"title": f"Course {number}", "subject": f"Subject {number}"}
        return app.test_client().post("/api/courses", user=tutor, json=body)

    def say() -> Any:
        body = {"about": "I teach.", "languages": ["he"]}
        return app.test_client().put("/api/tutors/me/profile", user=tutor, json=body)

    race([*(lambda number=number: publish(number) for number in range(4)), say])
    [listed] = items(client, "/api/tutors?language=he")
    assert listed["subjects"] == [f"Subject {number}" for number in range(4)]


WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def test_an_erasure_locks_the_listing_last_as_all_changes_do(app: Flask, school: School) -> None:
    review(school, 5)
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def erase() -> None:
        with app.app_context():
            in_transaction(db.session, lambda: erasure.erase(school.tutor.id))

    watching = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as other, watching.connect() as watch, ThreadPoolExecutor(1) as pool:
        other.exec_driver_sql("UPDATE reviews SET rating = 1")
        erasing = pool.submit(erase)
        while not watch.exec_driver_sql(WAITING).all():
            assert not erasing.done()
        other.exec_driver_sql("UPDATE tutor_listings SET rating_average = 1")
        other.commit()
        erasing.result()
    assert items(app.test_client(), "/api/tutors") == []


def test_listings_that_are_missing_or_old_are_written(
    app: Flask, client: FlaskClient, school: School
) -> None:
    with app.app_context():
        in_transaction(db.session, lambda: db.session.execute(delete(TutorListing)))
        assert items(client, "/api/tutors") == []
        assert in_transaction(db.session, listings.refresh_some) == 1
        assert len(items(client, "/api/tutors")) == 1
        assert in_transaction(db.session, listings.refresh_some) == 0
        with time_machine.travel(now() + timedelta(days=1, seconds=1), tick=False):
            assert in_transaction(db.session, listings.refresh_some) == 1
            assert in_transaction(db.session, listings.refresh_some) == 0


def test_lists_take_a_constant_number_of_statements(
    app: Flask, client: FlaskClient, school: School
) -> None:
    for count in (1, 2):
        teach(client, f"tutor{count}", "Mishnah", languages=["he"], days=["Sunday"])
        review(school, 5, session_date=f"2030-02-0{count}")
        for path, statements in (
            ("/api/tutors?language=he", 1),
            ("/api/courses?language=he&weekday=Sunday", 2),
            (f"/api/tutors/{school.tutor.id}/reviews", 3),
        ):
            with count_queries(app) as sent:
                assert len(items(client, path)) == count
            assert len(sent) == statements, path


READ_BY = [
    ("/api/tutors", "tutor_listings", "idx_tutor_listings_rank"),
    ("/api/tutors?sort=newest", "tutor_listings", "idx_tutor_listings_newest"),
    ("/api/tutors?subject=subject 7", "tutor_listings", "idx_tutor_listings_filters"),
    ("/api/tutors?language=am", "tutor_listings", "idx_tutor_listings_filters"),
    ("/api/tutors?q=course 777", "tutor_listings", "idx_tutor_listings_words"),
    ("/api/courses", "courses", "idx_courses_open"),
    ("/api/courses?subject=subject 7", "courses", "idx_courses_subject"),
    ("/api/courses?weekday=Sunday", "courses", "idx_courses_open"),
    ("/api/courses?q=course 777", "courses", "idx_courses_search_key"),
]


def test_the_catalogue_is_read_by_indexes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        fill(app.extensions["sqlalchemy"].engine, 3000)
    for path, table, index in READ_BY:
        with explained(app, f"FROM {table}") as plans:
            client.get(path)
        plan = "\n".join(plans)
        assert index in plan, f"{path}\n{plan}"
        assert f"Seq Scan on {table}" not in plan, f"{path}\n{plan}"


MANY_REVIEWS = """
INSERT INTO reviews (session_id, tutor_id, author_id, author_role, rating, public, is_named,
    created_at, updated_at)
SELECT {session}, '{tutor}', gen_random_uuid(), 'student', 5, n %% 50 = 0, false, now(), now()
FROM generate_series(1, 3000) n;
ANALYZE reviews
"""


def test_public_reviews_are_read_by_their_index(
    app: Flask, client: FlaskClient, school: School
) -> None:
    session = school.held()["id"]
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    with engine.begin() as connection:
        written = MANY_REVIEWS.format(session=session, tutor=school.tutor.id)
        for statement in written.split(";"):
            connection.exec_driver_sql(statement)
    with explained(app, "FROM reviews") as plans:
        assert len(reviews_of(client, school)) == 50
    assert "idx_reviews_public" in "\n".join(plans)
