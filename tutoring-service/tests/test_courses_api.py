"""Courses, on the wire."""

from typing import Any

import pytest

from chassis.testing import a_user, race


def publish(school: Any, **wanted: Any) -> dict[str, Any]:
    return dict(school.post("/api/courses", None, {"title": "Mishnah", **wanted}).json)


def change(school: Any, course: dict[str, Any], user: Any = None, **changes: Any) -> Any:
    return school.client.patch(
        f"/api/courses/{course['id']}",
        user=user or school.tutor,
        json=changes,
        headers={"If-Match": f'"{course["version"]}"'},
    )


def titles(school: Any, query: str) -> list[str]:
    path = f"/api/courses?tutor_id={school.tutor.id}&{query}"
    found = school.client.get(path, user=school.student).json["items"]
    return [course["title"] for course in found]


def test_a_tutor_publishes_and_changes_a_course(school: Any) -> None:
    made = school.post("/api/courses", None, {"title": " Mishnah ", "timezone": "Asia/Jerusalem"})
    assert (made.status_code, made.json["title"], made.headers["ETag"]) == (201, "Mishnah", '"1"')
    path = f"/api/courses/{made.json['id']}"
    changed = school.client.patch(
        path, user=school.tutor, json={"status": "archived"}, headers={"If-Match": '"1"'}
    )
    assert changed.json["version"] == 2
    assert (
        school.client.patch(
            path, user=school.tutor, json={}, headers={"If-Match": '"1"'}
        ).status_code
        == 412
    )
    stranger = a_user("hillel", "tutor")
    assert (
        school.client.patch(path, user=stranger, json={}, headers={"If-Match": '"2"'}).status_code
        == 404
    )
    assert (
        school.post("/api/enrollments", a_user(), {"course_id": made.json["id"]}).json["code"]
        == "course_archived"
    )


def test_only_a_tutor_may_publish_a_course(school: Any) -> None:
    assert school.post("/api/courses", school.student, {"title": "x"}).json["code"] == "forbidden"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"title": " "}, {"title": "x", "timezone": "Mars/Base"}, {"title": "x", "price": 5}],
)
def test_an_invalid_course_is_refused(school: Any, wrong: dict[str, Any]) -> None:
    assert school.post("/api/courses", None, wrong).status_code == 422


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posixrules", "posix/UTC", "right/UTC"])
def test_a_zone_that_depends_on_the_machine_is_refused(school: Any, zone: str) -> None:
    hours = {"timezone": zone, "weekly": []}
    slots = f"/api/tutors/{school.tutor.id}/slots?from=2030-01-08&tz={zone}"
    for refused, pointer in (
        (school.post("/api/courses", None, {"title": "x", "timezone": zone}), "/timezone"),
        (
            school.client.put("/api/tutors/me/availability", user=school.tutor, json=hours),
            "/timezone",
        ),
        (school.client.get(slots, user=school.student), "?tz"),
    ):
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


@pytest.mark.parametrize("zone", ["US/Eastern", "Asia/Calcutta", "EST5EDT", "Etc/GMT+5", "Zulu"])
def test_a_link_and_a_zone_without_a_place_are_zones(school: Any, zone: str) -> None:
    assert publish(school, timezone=zone)["timezone"] == zone


def test_courses_are_found_by_tutor_newest_first(school: Any) -> None:
    for title in ("first", "second"):
        school.post("/api/courses", None, {"title": title})
    found = school.client.get(
        f"/api/courses?tutor_id={school.tutor.id}&limit=2", user=school.student
    )
    assert [course["title"] for course in found.json["items"]] == ["second", "first"]
    assert 'rel="next"' in found.headers["Link"]


@pytest.mark.usefixtures("race_round")
def test_ten_concurrent_changes_change_a_version_once(school: Any) -> None:
    course = publish(school)
    answers = race([lambda n=n: change(school, course, title=f"Title {n}") for n in range(10)])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9


def test_a_change_without_a_version_is_refused(school: Any) -> None:
    path = f"/api/courses/{publish(school)['id']}"
    refused = school.client.patch(path, user=school.tutor, json={"title": "x"})
    assert (refused.status_code, refused.json["code"]) == (428, "precondition_required")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": None}, "/title"),
        ({"timezone": "Mars/Base"}, "/timezone"),
        ({"status": "closed"}, "/status"),
        ({"tutor_id": "x"}, "/tutor_id"),
        ({"version": 7}, "/version"),
    ],
)
def test_a_refused_change_names_the_field_and_changes_nothing(
    school: Any, wrong: dict[str, Any], pointer: str
) -> None:
    course = publish(school)
    refused = change(school, course, **wrong)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    shown = school.client.get(f"/api/courses/{course['id']}", user=school.student)
    assert (shown.json, shown.headers["ETag"]) == (course, '"1"')


def test_an_enrolment_keeps_the_time_zone_that_it_began_with(school: Any) -> None:
    course = publish(school, timezone="Asia/Jerusalem")
    first = school.post("/api/enrollments", school.student, {"course_id": course["id"]}).json
    assert change(school, course, timezone="America/New_York").status_code == 200
    second = school.post("/api/enrollments", a_user("david"), {"course_id": course["id"]}).json
    assert (first["timezone"], second["timezone"]) == ("Asia/Jerusalem", "America/New_York")
    kept = school.client.get(f"/api/enrollments/{first['id']}", user=school.student).json
    assert kept["timezone"] == "Asia/Jerusalem"


def test_an_archived_course_can_be_opened_again(school: Any) -> None:
    course = publish(school)
    archived = change(school, course, status="archived").json
    assert titles(school, "status=open") == titles(school, "") == ["Mishnah"]
    assert titles(school, "status=archived") == ["Mishnah"]
    assert change(school, archived, status="open").json["status"] == "open"
    enrolled = school.post("/api/enrollments", a_user("david"), {"course_id": course["id"]})
    assert enrolled.status_code == 201


def test_courses_are_listed_by_several_states_and_in_pages(school: Any) -> None:
    for title in ("one", "two", "three"):
        course = publish(school, title=title)
    change(school, course, status="archived")
    assert titles(school, "status=open,archived&limit=2") == ["three", "two"]
    path = f"/api/courses?tutor_id={school.tutor.id}&status=open,archived&limit=2"
    page = school.client.get(path, user=school.student).json
    rest = school.client.get(f"{path}&cursor={page['next']}", user=school.student).json
    assert [found["title"] for found in rest["items"]] == ["one", "Mishnah"]


def test_a_course_of_another_tutor_may_be_read_but_not_changed(school: Any) -> None:
    course, hillel = publish(school), a_user("hillel", "tutor")
    assert school.client.get(f"/api/courses/{course['id']}", user=hillel).json == course
    assert change(school, course, hillel, title="Mine").status_code == 404
    assert school.client.get("/api/courses/2147483647", user=hillel).status_code == 404
