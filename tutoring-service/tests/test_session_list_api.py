"""Which sessions each person sees, and how they are found."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from chassis import testing
from chassis.testing import User, a_user
from tutoring_service import sessions

from .support.plans import explained

FILTERS: list[tuple[str, list[str]]] = [
    ("", ["01-08", "01-09", "01-10", "01-11"]),
    ("sort=-session_date", ["01-11", "01-10", "01-09", "01-08"]),
    ("sort=created_at", ["01-08", "01-09", "01-10", "01-11"]),
    ("status=cancelled", ["01-09"]),
    ("status=cancelled,scheduled", ["01-08", "01-09", "01-10", "01-11"]),
    ("session_mode=hybrid,in-person", ["01-10"]),
    ("session_mode=hybrid", ["01-10"]),
    ("priority_level=urgent", ["01-11"]),
    ("is_featured=true", ["01-10"]),
    ("is_featured=false", ["01-08", "01-09", "01-11"]),
    ("is_recurring=true", []),
    ("has_whiteboard=true", ["01-08"]),
    ("from=2030-01-09&to=2030-01-10&tz=Europe/Berlin", ["01-09", "01-10"]),
    ("from=2030-01-09T09:00:01Z", ["01-10", "01-11"]),
    ("to=2030-01-09T09:00:00Z", ["01-08"]),
    ("role=tutor", ["01-08", "01-09", "01-10", "01-11"]),
    ("role=student", []),
    ("role=parent", []),
]


@pytest.fixture
def full(school: Any) -> Any:
    board = school.post(
        "/api/whiteboards", None, {"enrolled_courses_id": school.enrollment_id}
    ).json
    school.session(whiteboard_id=board["id"])
    second = school.session(session_date="2030-01-09")
    school.post(f"/api/sessions/{second['id']}/cancel")
    school.session(
        session_date="2030-01-10", session_mode="hybrid", location="Room 2", is_featured=True
    )
    school.session(session_date="2030-01-11", priority_level="urgent")
    return school


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_a_filter_finds_the_matching_sessions(full: Any, query: str, expected: list[str]) -> None:
    listed = full.client.get(f"/api/sessions?{query}", user=full.tutor)
    assert listed.status_code == 200, listed.json
    assert [session["session_date"][5:] for session in listed.json["items"]] == expected


@pytest.mark.parametrize("sort", ["session_date", "-session_date", "created_at", "-created_at"])
def test_each_page_continues_where_the_last_one_ended(full: Any, sort: str) -> None:
    whole = [
        s["id"]
        for s in full.client.get(f"/api/sessions?sort={sort}", user=full.student).json["items"]
    ]
    paged, query = [], f"/api/sessions?sort={sort}&limit=1"
    cursor = ""
    while cursor is not None:
        page = full.client.get(
            query + (f"&cursor={cursor}" if cursor else ""), user=full.student
        ).json
        paged += [session["id"] for session in page["items"]]
        cursor = page["next"]
    assert paged == whole
    assert len(whole) == 4


@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "limit=0",
        "cursor=x",
        "from=yesterday",
        "tz=Mars",
        "unknown=1",
        "from=2030-02-01&to=2030-01-01",
    ],
)
def test_an_invalid_query_is_refused(school: Any, query: str) -> None:
    assert school.client.get(f"/api/sessions?{query}", user=school.tutor).status_code == 422


@pytest.mark.parametrize("path", ["/api/sessions", "/api/tutors/{tutor}/slots"])
def test_a_period_that_ends_before_it_begins_names_the_parameter(school: Any, path: str) -> None:
    address = path.format(tutor=school.tutor.id)
    query = "from=2030-02-01&to=2030-01-01"
    refused = school.client.get(f"{address}?{query}", user=school.student)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "?to")


PEOPLE: list[tuple[str, Callable[[Any], User | None], int, int, int]] = [
    ("tutor", lambda s: s.tutor, 200, 200, 200),
    ("student", lambda s: s.student, 200, 403, 200),
    ("another tutor", lambda s: a_user("hillel", "tutor"), 404, 404, 404),
    ("another student", lambda s: a_user("david"), 404, 404, 404),
    ("an unrelated parent", lambda s: a_user("naomi"), 404, 404, 404),
    ("an admin", lambda s: a_user("boss", "admin"), 200, 403, 403),
    ("anonymous", lambda s: None, 401, 401, 401),
]


@pytest.mark.parametrize(
    ("name", "user", "read", "change", "cancel"), PEOPLE, ids=[row[0] for row in PEOPLE]
)
def test_each_role_may_read_change_and_cancel_as_listed(
    school: Any, name: str, user: Any, read: int, change: int, cancel: int
) -> None:
    session, caller = school.session(), user(school)
    path = f"/api/sessions/{session['id']}"
    assert school.client.get(path, user=caller).status_code == read
    changed = school.client.patch(
        path, user=caller, json={"is_featured": True}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == change
    assert school.client.post(f"{path}/cancel", user=caller).status_code == cancel


def test_strangers_find_nothing_and_an_admin_everything(full: Any) -> None:
    assert full.client.get("/api/sessions", user=a_user("david")).json["items"] == []
    assert len(full.client.get("/api/sessions", user=a_user("boss", "admin")).json["items"]) == 4


def test_an_unchanged_session_is_not_sent_again(school: Any) -> None:
    session = school.session()
    again = school.client.get(
        f"/api/sessions/{session['id']}", user=school.tutor, headers={"If-None-Match": '"1"'}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/api/sessions", "/api/enrollments", "/api/courses"])
def test_a_list_takes_one_query_however_long_it_is(app: Flask, school: Any, path: str) -> None:
    def queries() -> int:
        with testing.count_queries(app) as statements:
            assert school.client.get(path, user=school.tutor).json["items"]
        return len(statements)

    school.session()
    one = queries()
    school.session(session_date="2030-02-01", rrule="FREQ=WEEKLY;COUNT=20")
    for number in range(3):
        school.enroll(a_user(f"student{number}"))
    assert queries() == one == 1


MANY = """
SET LOCAL statement_timeout = 0;
INSERT INTO courses (id, tutor_id, title) VALUES (1, gen_random_uuid(), 'x');
INSERT INTO enrolled_courses (id, tutor_id, student_id, course_id)
SELECT n, md5('tutor' || n % 100)::uuid, md5('student' || n)::uuid, 1 FROM generate_series(1, 1000) n;
INSERT INTO sessions (id, enrolled_courses_id, session_date, start_time, end_time, status)
SELECT n, n % 1000 + 1, date '2030-01-01' + n / 1000, '10:00', '11:00',
    CASE n % 10 WHEN 0 THEN 'scheduled' ELSE 'completed' END
FROM generate_series(1, 30000) n;
ANALYZE enrolled_courses; ANALYZE sessions;
INSERT INTO session_bookings
    (session_id, enrolled_courses_id, tutor_id, student_id, starts_at, ends_at, timezone, held)
SELECT s.id, e.id, e.tutor_id, e.student_id,
    s.session_date + s.start_time, s.session_date + s.end_time, 'UTC', false
FROM sessions s JOIN enrolled_courses e ON e.id = s.enrolled_courses_id;
ANALYZE sessions; ANALYZE session_bookings
"""


READ_BY = [
    ("", {"idx_session_bookings_tutor", "idx_session_bookings_student"}),
    ("?role=tutor&from=2030-01-10", {"idx_session_bookings_tutor"}),
    ("?role=student", {"idx_session_bookings_student"}),
    (
        "?enrolled_courses_id=7&status=scheduled&role=tutor",
        {"idx_sessions_enrolled_courses_status_date"},
    ),
]


def test_the_list_of_sessions_reads_by_index(app: Flask, client: Any) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    tutor = User("tutor", ("learner", "tutor"), id=_tutor(engine))
    for query, indexes in READ_BY:
        with explained(app, "FROM sessions") as plans:
            assert client.get(f"/api/sessions{query}", user=tutor).status_code == 200
        plan = "\n".join(plans)
        assert "Seq Scan on session_bookings" not in plan
        assert "Seq Scan on sessions" not in plan
        assert all(index in plan for index in indexes), plan


MORE_ENROLLMENTS = """
INSERT INTO courses (id, tutor_id, title)
SELECT n, gen_random_uuid(), 'x' FROM generate_series(1001, 15000) n;
ANALYZE courses;
INSERT INTO enrolled_courses (id, tutor_id, student_id, course_id)
SELECT n, gen_random_uuid(), gen_random_uuid(), n FROM generate_series(1001, 15000) n;
ANALYZE enrolled_courses
"""


def test_the_list_of_enrolments_reads_by_index(app: Flask, client: Any) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    tutor = User("tutor", ("learner", "tutor"), id=_tutor(engine))
    with engine.begin() as connection:
        for statement in MORE_ENROLLMENTS.split(";"):
            connection.execute(text(statement))
    for for_any in (False, True):
        with explained(app, "FROM enrolled_courses", for_any=for_any) as plans:
            assert client.get("/api/enrollments", user=tutor).status_code == 200
        plan = "\n".join(plans)
        # Of the parents' table, which is empty here, PostgreSQL may read the nothing that there is.
        for table in ("enrolled_courses", "courses"):
            assert f"Seq Scan on {table}" not in plan, plan
        assert "Merge Cond" not in plan, "it goes through the enrolments of all people"
        assert "idx_enrolled_courses_tutor" in plan, plan
        assert "idx_enrolled_courses_student" in plan, plan


def _tutor(engine: Any) -> Any:
    with engine.begin() as connection:
        for statement in MANY.split(";"):
            connection.execute(text(statement))
        return connection.execute(text("SELECT md5('tutor7')::uuid")).scalar_one()


def test_a_second_list_of_the_same_shape_builds_and_compiles_nothing(
    app: Flask, client: Any
) -> None:
    def work(query: str) -> tuple[int, int]:
        with testing.count_compiled(app) as compiled:
            assert client.get(f"/api/sessions{query}", user=a_user("student")).status_code == 200
        return sessions._statement.cache_info().misses, len(compiled)

    sessions._statement.cache_clear()
    testing.forget_compiled(app)
    first = work("?mine=true&status=scheduled&from=2030-01-01&is_featured=true&limit=5")
    second = work("?mine=true&status=completed,cancelled&from=2031-05-05&is_featured=false")
    assert (first, second) == ((1, 1), (1, 0))
    assert work("?mine=true&status=completed&role=tutor") == (2, 1)
