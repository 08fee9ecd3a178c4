"""The requests in all enrolments of a person."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from chassis import testing
from chassis.testing import HeardOf, User, a_user
from tutoring_service import request_lists

from .support.plans import explained

PATH = "/api/session-requests"
TIMES = {"start_time": "10:00", "end_time": "11:00"}


class Class:
    """A tutor with two students, one with a parent; and another tutor of the first student."""

    def __init__(self, school: Any) -> None:
        self.client, self.school = school.client, school
        self.tutor, self.student = school.tutor, school.student
        self.second, self.parent = a_user("orpah"), a_user("naomi")
        self.other_tutor, self.stranger = a_user("hillel", "tutor"), a_user("david")
        self.admin = a_user("boss", "admin")
        self.first_id = school.enrollment_id
        self.second_id = school.enroll(self.second, title="Talmud", timezone="Asia/Jerusalem")
        self.other_id = school.enroll(self.student, self.other_tutor, title="Aramaic")
        code = school.post(f"/api/enrollments/{self.first_id}/parent-codes", self.student).json
        joined = school.post("/api/enrollments/join", self.parent, {"code": code["code"]})
        assert joined.status_code == 200
        self._day = 0

    def ask(self, enrollment_id: int, student: User) -> Any:
        self._day += 1
        wanted = {**TIMES, "session_date": f"2030-02-{self._day:02}"}
        asked = self.school.post(f"/api/enrollments/{enrollment_id}/requests", student, wanted)
        assert asked.status_code == 201, asked.json
        return asked.json

    def ask_all_round(self) -> list[int]:
        """A request in each enrolment, twice: in the first, the second and that of the other tutor."""
        of = [
            (self.first_id, self.student),
            (self.second_id, self.second),
            (self.other_id, self.student),
        ]
        return [self.ask(*each)["id"] for each in of * 2]

    def answer(self, request: Any, what: str, user: User | None = None) -> Any:
        path = f"/api/enrollments/{request['enrolled_courses_id']}/requests/{request['id']}/{what}"
        answered = self.school.post(path, user)
        assert answered.status_code == 200, answered.json
        return answered.json

    def listed(self, user: User, query: str = "", path: str = PATH) -> list[Any]:
        answer = self.client.get(f"{path}?{query}", user=user)
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def ids(self, user: User, query: str = "") -> list[int]:
        return [request["id"] for request in self.listed(user, query)]


@pytest.fixture
def group(school: Any) -> Class:
    return Class(school)


def test_each_sees_the_requests_of_their_enrolments_the_oldest_first(group: Class) -> None:
    asked = group.ask_all_round()
    assert group.ids(group.tutor) == [asked[0], asked[1], asked[3], asked[4]]
    assert group.ids(group.student) == [asked[0], asked[2], asked[3], asked[5]]
    assert group.ids(group.second) == [asked[1], asked[4]]
    assert group.ids(group.parent) == [asked[0], asked[3]]
    assert group.ids(group.other_tutor) == [asked[2], asked[5]]
    assert group.ids(group.stranger) == group.ids(group.admin) == []
    assert group.client.get(PATH).status_code == 401


def test_a_role_finds_the_requests_of_enrolments_in_that_role(group: Class) -> None:
    asked = group.ask_all_round()
    taught = group.school.enroll(group.tutor, group.other_tutor)
    own = group.ask(taught, group.tutor)["id"]
    assert group.ids(group.tutor) == [asked[0], asked[1], asked[3], asked[4], own]
    assert group.ids(group.tutor, "role=tutor") == [asked[0], asked[1], asked[3], asked[4]]
    assert group.ids(group.tutor, "role=student") == [own]
    assert group.ids(group.tutor, "role=parent") == []
    assert group.ids(group.parent, "role=parent") == [asked[0], asked[3]]


def test_a_status_finds_the_requests_that_have_it(group: Class) -> None:
    first, second, third, fourth = (
        group.ask(enrollment_id, student)
        for enrollment_id, student in [
            (group.first_id, group.student),
            (group.second_id, group.second),
        ]
        * 2
    )
    group.answer(first, "accept")
    group.answer(second, "decline")
    group.answer(third, "withdraw", group.student)
    for status, request in {
        "accepted": first,
        "declined": second,
        "withdrawn": third,
        "pending": fourth,
    }.items():
        assert group.ids(group.tutor, f"status={status}") == [request["id"]]
    assert group.ids(group.tutor, "status=pending,accepted") == [first["id"], fourth["id"]]
    assert group.ids(group.parent, "status=pending,accepted") == [first["id"]]


@pytest.mark.parametrize("query", ["", "&status=pending,declined", "&role=tutor"])
def test_each_page_continues_where_the_last_one_ended(group: Class, query: str) -> None:
    group.ask_all_round()
    group.answer(group.ask(group.first_id, group.student), "decline")
    whole, paged, cursor = group.ids(group.tutor), [], ""
    while cursor is not None:
        address = f"{PATH}?limit=2{query}{cursor and f'&cursor={cursor}'}"
        page = group.client.get(address, user=group.tutor).json
        assert len(page["items"]) <= 2
        paged += [request["id"] for request in page["items"]]
        cursor = page["next"]
    assert paged == whole
    assert len(whole) == 5


@pytest.mark.parametrize(
    "query", ["status=lost", "status=", "role=admin", "role=x", "limit=0", "cursor=x", "mine=true"]
)
def test_an_invalid_query_is_refused(school: Any, query: str) -> None:
    assert school.client.get(f"{PATH}?{query}", user=school.tutor).status_code == 422


def test_every_answer_with_a_request_says_what_it_is_shown_with(group: Class) -> None:
    about = {
        "course_title": "Talmud",
        "tutor_id": str(group.tutor.id),
        "student_id": str(group.second.id),
        "timezone": "Asia/Jerusalem",
        "enrollment_status": "active",
    }
    asked = [group.ask(group.second_id, group.second) for _ in range(3)]
    last = [
        group.answer(asked[0], "accept"),
        group.answer(asked[1], "decline"),
        group.answer(asked[2], "withdraw", group.second),
    ]
    again = group.answer(asked[0], "accept")
    for answer in (*asked, *last, again):
        assert {name: answer[name] for name in about} == about
    assert group.listed(group.second) == last
    assert group.listed(group.tutor, path=f"/api/enrollments/{group.second_id}/requests") == last
    group.school.post(f"/api/enrollments/{group.second_id}/pause")
    assert {request["enrollment_status"] for request in group.listed(group.tutor)} == {"paused"}


def test_a_parent_who_has_left_sees_nothing(group: Class) -> None:
    group.ask_all_round()
    assert group.ids(group.parent) != []
    path = f"/api/enrollments/{group.first_id}/parents/{group.parent.id}"
    assert group.client.delete(path, user=group.student).status_code == 204
    assert group.ids(group.parent) == []


KEPT_APART: dict[str, Callable[[Class, HeardOf], None]] = {
    "no one": lambda _, __: None,
    "the student blocks the tutor": lambda group, heard: heard.block(group.student, group.tutor),
    "the tutor blocks the student": lambda group, heard: heard.block(group.tutor, group.student),
    "the tutor blocks the parent": lambda group, heard: heard.block(group.tutor, group.parent),
    "the tutor is suspended": lambda group, heard: heard.suspend(group.tutor),
    "the student is suspended": lambda group, heard: heard.suspend(group.student),
}


@pytest.mark.parametrize("apart", KEPT_APART)
def test_it_holds_what_the_lists_of_the_enrolments_hold(
    group: Class, heard: HeardOf, apart: str
) -> None:
    group.ask_all_round()
    KEPT_APART[apart](group, heard)
    for user in (group.tutor, group.student, group.second, group.parent, group.stranger):
        each = [
            request
            for enrollment in group.listed(user, path="/api/enrollments")
            for request in group.listed(user, path=f"/api/enrollments/{enrollment['id']}/requests")
        ]
        assert group.listed(user) == sorted(each, key=lambda request: request["id"])


def test_the_list_takes_one_query_however_long_it_is(app: Flask, group: Class) -> None:
    def queries() -> int:
        with testing.count_queries(app) as statements:
            assert group.listed(group.tutor)
        return len(statements)

    group.ask(group.first_id, group.student)
    one = queries()
    group.ask_all_round()
    assert queries() == one == 1


def test_a_second_list_of_the_same_shape_builds_and_compiles_nothing(
    app: Flask, client: Any
) -> None:
    def work(query: str) -> tuple[int, int]:
        with testing.count_compiled(app) as compiled:
            assert client.get(f"{PATH}?{query}", user=a_user("student")).status_code == 200
        return request_lists._statement.cache_info().misses, len(compiled)

    request_lists._statement.cache_clear()
    testing.forget_compiled(app)
    assert work("status=pending&limit=5") == (1, 1)
    assert work("status=accepted,declined") == work("") == (1, 0)
    assert work("role=tutor") == (2, 1)


MANY = """
SET LOCAL statement_timeout = 0;
INSERT INTO courses (id, tutor_id, title)
SELECT n, md5('tutor' || n % 300)::uuid, 'x' FROM generate_series(1, 15000) n;
ANALYZE courses;
INSERT INTO enrolled_courses (id, tutor_id, student_id, course_id)
SELECT n, md5('tutor' || n % 300)::uuid, md5('student' || n % 5000)::uuid, n
FROM generate_series(1, 15000) n;
ANALYZE enrolled_courses;
INSERT INTO enrollment_parents (enrollment_id, parent_id, joined_at)
SELECT n, md5('parent' || n % 5000)::uuid, now() FROM generate_series(1, 15000) n;
INSERT INTO session_requests
    (enrolled_courses_id, session_date, start_time, end_time, topics, status, created_at)
SELECT n % 15000 + 1, '2030-01-08', '10:00', '11:00', '[]',
    CASE n % 7 WHEN 0 THEN 'pending' ELSE 'accepted' END, now()
FROM generate_series(1, 60000) n;
ANALYZE enrollment_parents; ANALYZE session_requests
"""


@pytest.fixture
def busy_tutor(app: Flask) -> Iterator[User]:
    """One of many, with many requests of the students of all."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    with engine.begin() as connection:
        for statement in MANY.split(";"):
            connection.execute(text(statement))
        tutor_id = connection.execute(text("SELECT md5('tutor7')::uuid")).scalar_one()
    yield User("tutor", ("learner", "tutor"), id=tutor_id)
    # Rows that are deleted stay for a while, and are gone through for each session that is deleted.
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE session_requests"))


def test_the_list_reads_by_index(app: Flask, client: Any, busy_tutor: User) -> None:
    queries = ("", "status=pending", "status=pending,declined&limit=100", "role=tutor")
    for query, for_any in product(queries, (False, True)):
        with explained(app, "FROM session_requests", for_any=for_any) as plans:
            answer = client.get(f"{PATH}?{query}", user=busy_tutor)
        assert len(answer.json["items"]) > 0
        plan = "\n".join(plans)
        assert "Seq Scan" not in plan, plan
        assert "Merge Cond" not in plan, "it goes through the requests of all people"
        indexes = {"idx_session_requests_enrolled_courses_status", "idx_enrolled_courses_tutor"}
        assert {index for index in indexes if index not in plan} == set(), plan
