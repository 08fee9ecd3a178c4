"""Input that no honest client sends is refused with a problem document, and breaks nothing."""

from typing import Any

import pytest

from chassis.testing import check_refused, hostile_bodies

BODIES = [
    *hostile_bodies("title"),
    b'{"course_id": {"$ne": null}}',
    b'{"message": "\\u0000"}',
    b'{"text": "\\ud800"}',
    b'{"rating": true}',
    b'{"strokes": [[]]}',
    b'{"languages": [[]]}',
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/courses"),
        ("POST", "/api/enrollments"),
        ("POST", "/api/enrollments/{enrollment}/requests"),
        ("POST", "/api/sessions"),
        ("PATCH", "/api/sessions/{session}"),
        ("POST", "/api/sessions/{session}/reviews"),
        ("PUT", "/api/tutors/me/availability"),
        ("PUT", "/api/tutors/me/profile"),
        ("POST", "/api/whiteboards"),
    ],
)
def test_a_hostile_body_is_a_client_error(school: Any, method: str, path: str) -> None:
    session = school.session()
    target = path.format(enrollment=school.enrollment_id, session=session["id"])

    def send(body: bytes) -> Any:
        return school.client.open(
            target,
            method=method,
            data=body,
            content_type="application/json",
            headers={"If-Match": f'"{session["version"]}"'} if method == "PATCH" else {},
            user=school.tutor,
        )

    check_refused(BODIES, send)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enrolled_courses_id", True),
        ("enrolled_courses_id", 10**30),
        ("session_date", "2030-02-30"),
        ("session_date", "99999-01-01"),
        ("start_time", "24:00"),
        ("end_time", "10:00:00.5"),
        ("alarm_before_minutes", -1),
        ("alarm_before_minutes", 1.5),
        ("topics", ["x"] * 5000),
        ("location", "x" * 5000),
        ("location", "Room\u2064 4"),
        ("topics", ["\u202eevil"]),
        ("rrule", "FREQ=SECONDLY;COUNT=9"),
        ("recurrence_count", 10**9),
    ],
)
def test_an_odd_value_is_refused_by_its_field(school: Any, field: str, value: object) -> None:
    refused = school.book(**{field: value})
    assert refused.status_code == 422
    assert any(error["pointer"].startswith(f"/{field}") for error in refused.json["errors"])


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "%", "_", "{{7*7}}", "😀" * 20, "<script>", "משנה"]
)
def test_a_text_is_taken_literally(school: Any, text: str) -> None:
    course = school.post("/api/courses", None, {"title": text}).json
    session = school.session(topics=[text])
    assert (course["title"], session["topics"]) == (text, [text])


@pytest.mark.parametrize("field", ["title", "subject"])
@pytest.mark.parametrize("text", ["\u202eevil", "Mish\u2064nah", "Mishnah\u3164", "\ufeff"])
def test_a_course_has_a_name_that_can_be_seen(school: Any, field: str, text: str) -> None:
    refused = school.post("/api/courses", None, {"title": "Mishnah", field: text})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, f"/{field}")


def test_paragraphs_may_have_directions_that_end(school: Any) -> None:
    bidirectional = "Read \u2067משנה\u2069 first.\n\u200fמשנה"
    body = {"title": "Mishnah", "description": bidirectional}
    assert school.post("/api/courses", None, body).json["description"] == bidirectional
    refused = school.post("/api/courses", None, {**body, "description": "Read \u2067משנה"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/description")


@pytest.mark.parametrize(
    "session_id", ["0", "-1", "2147483648", "9" * 400, "%00", "1.0", "1e3", "٣"]
)
def test_an_id_that_no_session_has_is_not_found(school: Any, session_id: str) -> None:
    answer = school.client.get(f"/api/sessions/{session_id}", user=school.tutor)
    assert answer.status_code in {400, 404}


@pytest.mark.parametrize(
    "query", ["status=x", "from=x", "sort=1", "limit=0", "limit=1&limit=2", "cursor=W10", "mine=2"]
)
def test_an_odd_query_is_refused(school: Any, query: str) -> None:
    assert school.client.get(f"/api/sessions?{query}", user=school.tutor).status_code == 422
