"""What was changed of a session, by which person, and when."""

from typing import Any

import pytest
import time_machine

from chassis.testing import a_user


def history(school: Any, session: dict[str, Any], user: Any = None, query: str = "") -> Any:
    path = f"/api/sessions/{session['id']}/history{query}"
    return school.client.get(path, user=user or school.tutor)


def kinds(school: Any, session: dict[str, Any]) -> list[str]:
    return [change["kind"] for change in history(school, session).json["items"]]


def mark(school: Any, session: dict[str, Any], **marks: str | None) -> Any:
    path = f"/api/sessions/{session['id']}/attendance"
    body = {"tutor_attendance_status": None, "student_attendance_status": None}
    body |= {f"{role}_attendance_status": mark for role, mark in marks.items()}
    return school.client.put(path, user=school.tutor, json=body)


def test_a_move_is_kept_with_the_times_before_and_after(school: Any) -> None:
    session = school.session()
    with time_machine.travel("2030-01-02T12:00:00Z", tick=False):
        school.patch(session, {"start_time": "14:00", "end_time": "15:00"})
    [change] = history(school, session).json["items"]
    assert (change["kind"], change["changed_by"]) == ("rescheduled", str(school.tutor.id))
    assert change["changed_at"] == "2030-01-02T12:00:00Z"
    assert change["before"]["starts_at"] == "2030-01-08T09:00:00Z"
    assert change["after"]["starts_at"] == "2030-01-08T13:00:00Z"


def test_a_change_records_only_the_fields_that_differ(school: Any) -> None:
    session = school.session(topics=["Nouns"])
    school.patch(session, {"topics": ["Verbs"], "is_featured": False})
    [change] = history(school, session).json["items"]
    assert (change["before"], change["after"]) == ({"topics": ["Nouns"]}, {"topics": ["Verbs"]})


def test_a_request_that_changes_nothing_is_not_recorded(school: Any) -> None:
    session = school.session(topics=["Nouns"])
    school.patch(session, {"topics": ["Nouns"]})
    done = school.completed()
    for _ in range(2):
        mark(school, done, student="present")
    assert kinds(school, session) == []
    assert kinds(school, done) == ["attendance"]


def test_a_move_with_new_details_is_two_changes(school: Any) -> None:
    session = school.session()
    school.patch(session, {"session_date": "2030-01-09", "topics": ["Verbs"]})
    assert kinds(school, session) == ["rescheduled", "changed"]


def test_a_refused_change_is_not_in_the_history(school: Any) -> None:
    session = school.session()
    school.session(start_time="14:00", end_time="15:00")
    refused = school.patch(session, {"start_time": "14:30", "end_time": "15:30"})
    assert refused.json["code"] == "time_conflict"
    assert kinds(school, session) == []


def test_each_session_of_a_series_has_its_own_history(school: Any) -> None:
    first = school.session(session_frequency="weekly", is_recurring=True, recurrence_count=3)
    school.patch(first, {"topics": ["Verbs"]}, scope="all")
    ids = [one["id"] for one in first["occurrences"]]
    assert [kinds(school, {"id": session_id}) for session_id in ids] == [["changed"]] * 3


def test_a_history_is_read_in_pages_oldest_first(school: Any) -> None:
    done = school.completed()
    for student in ("absent", "late", "present"):
        mark(school, done, student=student)
    page = history(school, done, query="?limit=2").json
    rest = history(school, done, query=f"?limit=2&cursor={page['next']}").json
    marked = [change["after"]["student"] for change in page["items"] + rest["items"]]
    assert marked == ["absent", "late", "present"]
    assert rest["next"] is None


def test_only_participants_may_read_the_history(school: Any) -> None:
    session = school.session()
    school.patch(session, {"topics": ["Verbs"]})
    assert len(history(school, session, school.student).json["items"]) == 1
    assert history(school, session, a_user("stranger")).status_code == 404


@pytest.mark.parametrize("query", ["?limit=0", "?limit=x", "?cursor=x", "?kind=changed"])
def test_a_wrong_parameter_is_named(school: Any, query: str) -> None:
    refused = history(school, school.session(), query=query)
    name = query.partition("=")[0]
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, name)
