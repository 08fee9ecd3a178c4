"""Booking sessions, on the wire."""

from itertools import pairwise
from typing import Any

import pytest

from chassis.testing import a_user, overtaken, race

INVALID_BOOKINGS = [
    ({"end_time": "10:04"}, "/end_time"),
    ({"end_time": "22:01"}, "/end_time"),
    ({"end_time": "10:00"}, "/end_time"),
    ({"session_mode": "in-person"}, "/location"),
    ({"session_mode": "by-letter"}, "/session_mode"),
    ({"priority_level": "none"}, "/priority_level"),
    ({"topics": ["x"] * 51}, "/topics"),
    ({"topics": ["x" * 201]}, "/topics/0"),
    ({"alarm_before_minutes": 10081}, "/alarm_before_minutes"),
    ({"alarm_before_minutes": -1}, "/alarm_before_minutes"),
    ({"whiteboard_id": 999}, "/whiteboard_id"),
    ({"session_date": "2026-02-30"}, "/session_date"),
    ({"session_date": "0001-01-01"}, "/session_date"),
    ({"start_time": "10:00:30"}, "/start_time"),
    ({"start_time": "24:00"}, "/start_time"),
    ({"start_time": "10:00Z"}, "/start_time"),
    ({"tutor_id": "x"}, "/tutor_id"),
    ({"is_recurring": True}, "/session_frequency"),
    ({"rrule": "FREQ=SECONDLY;COUNT=5"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;COUNT=367"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;INTERVAL=53;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;INTERVAL=;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;COUNT=2;UNTIL=20300301"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;UNTIL=20330301"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;UNTIL=20299999"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;BYDAY=2TU;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=DAILY;FREQ=DAILY;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;BYDAY=;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=2"}, "/rrule"),
    ({"rrule": ";;;"}, "/rrule"),
]
INVALID_RECURRENCES = [
    ({"rrule": "FREQ=WEEKLY"}, "/rrule"),
    ({"rrule": "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;COUNT=2"}, "/rrule"),
    ({"rrule": "FREQ=DAILY;INTERVAL=7;BYDAY=WE;UNTIL=20300301"}, "/rrule"),
    (
        {"session_frequency": "weekly", "recurrence_count": 2, "recurrence_until": "2030-03-01"},
        "/recurrence_until",
    ),
    (
        {"session_frequency": "weekly", "recurring_pattern": {"months": ["July"]}},
        "/recurring_pattern",
    ),
]


WEEKLY_RULE = {"rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=2"}
NEEDS = "Needs a session_frequency by which sessions repeat."
NOT_WITH_A_RULE = "Does not go with an rrule."
CONTRADICTIONS: list[tuple[dict[str, Any], dict[str, str]]] = [
    *(
        (
            {**WEEKLY_RULE, "session_frequency": frequency},
            {"/session_frequency": "The rrule says another."},
        )
        for frequency in ("one-time", "daily", "bi-weekly", "monthly")
    ),
    ({**WEEKLY_RULE, "recurrence_count": 2}, {"/recurrence_count": NOT_WITH_A_RULE}),
    ({**WEEKLY_RULE, "recurrence_until": "2030-03-01"}, {"/recurrence_until": NOT_WITH_A_RULE}),
    *(
        (
            {**WEEKLY_RULE, "recurring_pattern": {name: [value]}},
            {f"/recurring_pattern/{name}": NOT_WITH_A_RULE},
        )
        for name, value in (
            ("days", "Tuesday"),
            ("months", "January"),
            ("specific_dates", "2030-01-09"),
        )
    ),
    *(
        ({**one_time, **said}, {pointer: NEEDS})
        for one_time in ({}, {"session_frequency": "one-time"})
        for said, pointer in (
            ({"recurring_pattern": {"days": ["Tuesday"]}}, "/recurring_pattern/days"),
            ({"recurring_pattern": {"months": ["January"]}}, "/recurring_pattern/months"),
            ({"recurrence_count": 2}, "/recurrence_count"),
            ({"recurrence_until": "2030-03-01"}, "/recurrence_until"),
        )
    ),
    (
        {"recurring_pattern": {"specific_dates": ["2030-01-09"]}, "recurrence_count": 2},
        {"/recurrence_count": NEEDS},
    ),
    (
        {"session_frequency": "daily", "recurring_pattern": {"days": ["Tuesday"]}},
        {"/recurring_pattern/days": "Daily is every day; some weekdays are weekly."},
    ),
    *(
        (
            {"is_recurring": False, **said},
            {"/is_recurring": "The other fields say how the session recurs."},
        )
        for said in (
            WEEKLY_RULE,
            {"session_frequency": "weekly"},
            {"session_frequency": "custom"},
            {"recurring_pattern": {"specific_dates": ["2030-01-09"]}},
        )
    ),
    (
        {
            "is_recurring": False,
            **WEEKLY_RULE,
            "session_frequency": "monthly",
            "recurrence_count": 3,
        },
        {
            "/session_frequency": "The rrule says another.",
            "/recurrence_count": NOT_WITH_A_RULE,
            "/is_recurring": "The other fields say how the session recurs.",
        },
    ),
]


@pytest.mark.parametrize(("wrong", "errors"), CONTRADICTIONS)
def test_fields_that_contradict_one_another_are_named(
    school: Any, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    refused = school.book(**wrong)
    assert (refused.status_code, refused.json.get("code")) == (422, "invalid")
    assert {error["pointer"]: error["detail"] for error in refused.json["errors"]} == errors


@pytest.mark.parametrize(
    ("said", "dates"),
    [
        ({**WEEKLY_RULE, "session_frequency": "weekly", "is_recurring": True}, 2),
        ({**WEEKLY_RULE, "session_frequency": "custom"}, 2),
        ({**WEEKLY_RULE, "recurring_pattern": {"days": [], "months": None}}, 2),
        ({"rrule": "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2"}, 2),
        ({"rrule": "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO;COUNT=2"}, 2),
        ({"session_frequency": "weekly", "recurrence_count": 3, "is_recurring": True}, 3),
        ({"session_frequency": "daily", "recurring_pattern": {"months": ["January"]}}, 24),
        ({"session_frequency": "one-time", "is_recurring": False, "recurring_pattern": {}}, 1),
        (
            {
                "session_frequency": "one-time",
                "recurring_pattern": {"specific_dates": ["2030-01-09"]},
            },
            2,
        ),
        ({}, 1),
    ],
)
def test_fields_that_say_the_same_go_together(
    school: Any, said: dict[str, Any], dates: int
) -> None:
    assert len(school.session(**said)["occurrences"]) == dates


def test_the_tutor_books_a_session_with_the_older_columns(school: Any) -> None:
    booked = school.book(
        topics=["Newton's laws"], session_mode="hybrid", location="Room 2", is_featured=True
    )
    assert booked.status_code == 201
    assert booked.headers["ETag"] == '"1"'
    session = booked.json
    assert session["duration"] == 60
    assert (session["starts_at"], session["ends_at"]) == (
        "2030-01-08T09:00:00Z",
        "2030-01-08T10:00:00Z",
    )
    assert (session["tutor_id"], session["student_id"]) == (
        str(school.tutor.id),
        str(school.student.id),
    )
    assert session["tutor_attendance_status"] is None
    assert session["topics"] == ["Newton's laws"]


@pytest.mark.parametrize(("wrong", "pointer"), INVALID_BOOKINGS)
def test_a_refused_booking_names_the_field(
    school: Any, wrong: dict[str, Any], pointer: str
) -> None:
    refused = school.book(**wrong)
    assert refused.status_code == 422, refused.json
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


@pytest.mark.parametrize(("wrong", "pointer"), INVALID_RECURRENCES)
def test_an_invalid_recurrence_is_refused_with_its_own_code(
    school: Any, wrong: dict[str, Any], pointer: str
) -> None:
    refused = school.book(**wrong)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_recurrence")
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


def test_a_session_may_cross_midnight(school: Any) -> None:
    session = school.session(start_time="23:30", end_time="00:30")
    assert session["duration"] == 60
    assert session["ends_at"] == "2030-01-08T23:30:00Z"


def test_only_the_tutor_of_the_enrolment_may_book(school: Any) -> None:
    assert school.book(school.student).status_code == 403
    assert school.book(a_user("hillel", "tutor")).status_code == 404
    assert school.book(a_user("boss", "admin")).status_code == 403


@pytest.mark.usefixtures("race_round")
def test_the_same_idempotency_key_books_once(school: Any) -> None:
    body = {
        "enrolled_courses_id": school.enrollment_id,
        "session_date": "2030-01-08",
        "start_time": "10:00",
        "end_time": "11:00",
    }
    answers = race(
        [lambda: school.post("/api/sessions", None, body, **{"Idempotency-Key": "k"})] * 5
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1


def test_a_tutor_is_not_in_two_sessions_at_the_same_time(school: Any) -> None:
    first = school.session()
    other = school.enroll(a_user("david"))
    refused = school.book(enrolled_courses_id=other, start_time="10:30", end_time="11:30")
    assert refused.status_code == 409
    assert refused.json["code"] == "time_conflict"
    assert refused.json["who"] == "tutor"
    assert refused.json["session_id"] == first["id"]


def test_a_conflict_of_the_student_hides_the_other_session(
    school: Any,
) -> None:
    school.session()
    hillel = a_user("hillel", "tutor")
    other = school.enroll(school.student, hillel)
    refused = school.book(hillel, enrolled_courses_id=other, start_time="10:30", end_time="11:30")
    assert refused.status_code == 409
    assert (refused.json["who"], refused.json["session_id"]) == ("student", None)


def test_a_person_does_not_teach_and_learn_at_the_same_time(school: Any) -> None:
    school.session()
    hillel = a_user("hillel", "tutor")
    learning = school.enroll(school.tutor, hillel)
    assert school.book(hillel, enrolled_courses_id=learning).status_code == 409


def test_sessions_may_follow_one_another_without_a_break(school: Any) -> None:
    school.session(start_time="10:00", end_time="11:00")
    school.session(start_time="11:00", end_time="12:00")
    school.session(start_time="09:00", end_time="10:00")


def test_a_cancelled_session_frees_its_time(school: Any) -> None:
    first = school.session()
    school.post(f"/api/sessions/{first['id']}/cancel")
    school.session()


@pytest.mark.usefixtures("race_round")
def test_a_time_is_booked_by_one_of_sixteen_concurrent_requests(school: Any) -> None:
    enrollments = [school.enroll(a_user(f"student{number}")) for number in range(16)]
    answers = race([lambda e=e: school.book(enrolled_courses_id=e) for e in enrollments])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert {a.json["code"] for a in answers if a.status_code == 409} == {"time_conflict"}


@pytest.mark.usefixtures("race_round")
def test_thirty_staggered_concurrent_bookings_do_not_overlap(school: Any) -> None:
    enrollments = [school.enroll(a_user(f"student{number}")) for number in range(6)]

    def book(number: int) -> Any:
        start, end = (
            f"{10 + number // 12}:{number % 12 * 5:02}",
            f"{11 + number // 12}:{number % 12 * 5:02}",
        )
        return school.book(
            enrolled_courses_id=enrollments[number % 6], start_time=start, end_time=end
        )

    answers = race([lambda n=n: book(n) for n in range(30)])
    booked = sorted(
        (a.json["starts_at"], a.json["ends_at"]) for a in answers if a.status_code == 201
    )
    assert booked
    assert {a.status_code for a in answers} <= {201, 409}
    assert all(before[1] <= after[0] for before, after in pairwise(booked))


@pytest.mark.usefixtures("race_round")
def test_a_student_is_booked_by_one_of_eight_concurrent_tutors(school: Any) -> None:
    tutors = [a_user(f"tutor{number}", "tutor") for number in range(8)]
    enrollments = [school.enroll(school.student, tutor) for tutor in tutors]
    answers = race(
        [
            lambda t=tutor, e=enrollment: school.book(t, enrolled_courses_id=e)
            for tutor, enrollment in zip(tutors, enrollments, strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


@pytest.mark.usefixtures("race_round")
def test_series_booked_in_opposite_orders_do_not_block_each_other(school: Any) -> None:
    enrollments = [school.enroll(a_user(f"student{number}")) for number in range(16)]
    forwards = {"rrule": "FREQ=WEEKLY;COUNT=8"}
    backwards = {
        "is_recurring": True,
        "recurring_pattern": {
            "specific_dates": [f"2030-{m:02}-{d:02}" for m, d in _tuesdays()][::-1]
        },
    }
    answers = race(
        [
            lambda e=e, n=n: school.book(
                enrolled_courses_id=e, **(forwards if n % 2 else backwards)
            )
            for n, e in enumerate(enrollments)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert all(
        len(answer.json["conflicts"]) == 8 for answer in answers if answer.status_code == 409
    )


def _tuesdays() -> list[tuple[int, int]]:
    return [(1, 8), (1, 15), (1, 22), (1, 29), (2, 5), (2, 12), (2, 19), (2, 26)]


def test_all_conflicts_of_a_series_are_listed_and_nothing_is_written(school: Any) -> None:
    taken = [school.session(session_date=day)["id"] for day in ("2030-01-15", "2030-01-29")]
    refused = school.book(rrule="FREQ=WEEKLY;COUNT=4")
    assert refused.status_code == 409
    assert [clash["session_id"] for clash in refused.json["conflicts"]] == taken
    listed = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert [session["id"] for session in listed] == taken


def test_the_taken_dates_of_a_series_may_be_skipped(school: Any) -> None:
    school.session(session_date="2030-01-15")
    booked = school.session(rrule="FREQ=WEEKLY;COUNT=4", on_conflict="skip")
    assert [one["session_date"] for one in booked["occurrences"]] == [
        "2030-01-08",
        "2030-01-22",
        "2030-01-29",
    ]
    assert [one["session_date"] for one in booked["skipped"]] == ["2030-01-15"]


def test_a_fully_taken_series_is_refused_despite_skipping(school: Any) -> None:
    school.session(rrule="FREQ=WEEKLY;COUNT=4")
    assert school.book(rrule="FREQ=WEEKLY;COUNT=4", on_conflict="skip").status_code == 409


def test_a_preview_writes_nothing(school: Any) -> None:
    taken = school.session(session_date="2030-01-15")
    body = {
        "enrolled_courses_id": school.enrollment_id,
        "session_date": "2030-01-08",
        "start_time": "10:00",
        "end_time": "11:00",
        "rrule": "FREQ=WEEKLY;COUNT=3",
    }
    shown = school.post("/api/sessions/preview", None, body)
    assert shown.status_code == 200
    assert [one["session_date"] for one in shown.json["occurrences"]] == [
        "2030-01-08",
        "2030-01-15",
        "2030-01-22",
    ]
    assert [one["session_id"] for one in shown.json["conflicts"]] == [taken["id"]]
    assert len(school.client.get("/api/sessions", user=school.tutor).json["items"]) == 1


def test_a_frequency_and_a_pattern_make_a_series(school: Any) -> None:
    pattern = {"days": ["Tuesday", "Thursday"], "months": None, "specific_dates": None}
    booked = school.session(
        is_recurring=True,
        session_frequency="bi-weekly",
        recurring_pattern=pattern,
        recurrence_count=4,
    )
    days = [one["session_date"] for one in booked["occurrences"]]
    assert days == ["2030-01-08", "2030-01-10", "2030-01-22", "2030-01-24"]
    assert booked["session_frequency"] == "bi-weekly"
    assert booked["recurring_pattern"] == {
        "days": ["Tuesday", "Thursday"],
        "months": [],
        "specific_dates": [],
    }


def test_null_and_empty_lists_of_a_pattern_mean_the_same(school: Any) -> None:
    def days(pattern: Any) -> list[str]:
        body = {
            "enrolled_courses_id": school.enrollment_id,
            "session_date": "2030-01-08",
            "start_time": "10:00",
            "end_time": "11:00",
            "session_frequency": "weekly",
            "recurring_pattern": pattern,
        }
        return [
            one["session_date"]
            for one in school.post("/api/sessions/preview", None, body).json["occurrences"]
        ]

    empty = days({"days": [], "months": [], "specific_dates": []})
    assert empty == days({"days": None, "months": None, "specific_dates": None}) == days(None)
    assert len(empty) == 13


def test_nothing_is_booked_in_a_paused_enrolment(school: Any) -> None:
    school.post(f"/api/enrollments/{school.enrollment_id}/pause")
    refused = school.book()
    assert refused.status_code == 409
    assert refused.json["code"] == "enrollment_not_active"


def test_a_whiteboard_of_other_people_is_refused(school: Any) -> None:
    def board(enrollment: int) -> int:
        return int(
            school.post("/api/whiteboards", None, {"enrolled_courses_id": enrollment}).json["id"]
        )

    assert school.book(whiteboard_id=board(school.enroll(a_user("david")))).status_code == 422
    assert school.book(whiteboard_id=board(school.enroll(school.student))).status_code == 201


def test_a_whiteboard_deleted_meanwhile_is_refused(school: Any, app: Any) -> None:
    board = school.post("/api/whiteboards", body={"enrolled_courses_id": school.enrollment_id}).json
    refused = overtaken(
        app, "DELETE FROM whiteboard_sessions", lambda: school.book(whiteboard_id=board["id"])
    )
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/whiteboard_id")


def test_a_booked_series_notifies_the_student_once(school: Any, app: Any) -> None:
    school.session(rrule="FREQ=WEEKLY;COUNT=5")
    with app.app_context():
        messages = app.extensions["worker"].messages
        bodies = messages.db.session.scalars(
            messages.outbox.select().with_only_columns(messages.outbox.c.body)
        ).all()
    asked = [body["data"] for body in bodies if body["type"] == "notification.requested"]
    notifications = [notice for notice in asked if notice["kind"] == "session_booked"]
    assert [notice["user_ids"] for notice in notifications] == [[str(school.student.id)]]
    assert notifications[0]["data"]["count"] == 5
    assert notifications[0]["data"]["title"] == "Mishnah"
