"""Changing sessions and series, on the wire."""

from typing import Any

import pytest
import time_machine

from chassis.testing import a_user, race


def items(school: Any, query: str = "") -> list[dict[str, Any]]:
    return list(school.client.get(f"/api/sessions{query}", user=school.tutor).json["items"])


def days(school: Any, series_id: int | None = None) -> list[str]:
    return [s["session_date"][5:] for s in items(school) if series_id in (None, s["series_id"])]


def test_a_change_must_name_the_present_version(school: Any) -> None:
    session = school.session()
    path = f"/api/sessions/{session['id']}"
    assert (
        school.client.patch(path, user=school.tutor, json={"is_featured": True}).status_code == 428
    )
    changed = school.patch(session, {"is_featured": True})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == '"2"'
    assert school.patch(session, {"is_featured": False}).status_code == 412


@pytest.mark.usefixtures("race_round")
def test_twenty_concurrent_changes_change_a_version_once(school: Any) -> None:
    session = school.session()
    answers = race(
        [lambda n=n: school.patch(session, {"topics": [f"topic {n}"]}) for n in range(20)]
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    (winner,) = [answer.json["topics"] for answer in answers if answer.status_code == 200]
    assert school.read(session["id"])["topics"] == winner


def test_only_the_tutor_may_change_a_session(school: Any) -> None:
    session = school.session()
    assert school.patch(session, {"is_featured": True}, user=school.student).status_code == 403
    assert school.patch(session, {"is_featured": True}, user=a_user("stranger")).status_code == 404


def test_a_move_keeps_the_length_and_is_recorded(school: Any) -> None:
    session = school.session(start_time="10:00", end_time="11:30")
    moved = school.patch(session, {"session_date": "2030-01-09", "start_time": "12:00"}).json
    assert (moved["session_date"], moved["start_time"], moved["end_time"]) == (
        "2030-01-09",
        "12:00:00",
        "13:30:00",
    )
    (change,) = school.client.get(
        f"/api/sessions/{session['id']}/history", user=school.student
    ).json["items"]
    assert change["kind"] == "rescheduled"
    assert change["before"]["session_date"] == "2030-01-08"
    assert change["after"]["start_time"] == "12:00:00"
    assert change["changed_by"] == str(school.tutor.id)


def test_a_move_onto_another_session_is_a_conflict(school: Any) -> None:
    school.session()
    second = school.session(start_time="12:00", end_time="13:00")
    refused = school.patch(second, {"start_time": "10:30", "end_time": "11:30"})
    assert (refused.status_code, refused.json["code"]) == (409, "time_conflict")


def test_a_moved_session_may_overlap_its_own_former_time(school: Any) -> None:
    session = school.session()
    assert school.patch(session, {"start_time": "10:30"}).status_code == 200


@pytest.mark.usefixtures("race_round")
def test_a_free_time_is_taken_by_one_of_two_concurrent_moves(school: Any) -> None:
    first, second = school.session(), school.session(start_time="12:00", end_time="13:00")
    answers = race(
        [
            lambda s=s: school.patch(s, {"start_time": "14:00", "end_time": "15:00"})
            for s in (first, second)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_a_replacement_resets_omitted_fields(school: Any) -> None:
    session = school.session(topics=["Verbs"], is_featured=True)
    body = {
        "session_date": "2030-01-08",
        "start_time": "10:00",
        "end_time": "11:00",
        "priority_level": "high",
    }
    replaced = school.client.put(
        f"/api/sessions/{session['id']}", user=school.tutor, json=body, headers={"If-Match": '"1"'}
    )
    assert replaced.status_code == 200
    assert (replaced.json["topics"], replaced.json["is_featured"]) == ([], False)
    assert replaced.json["priority_level"] == "high"


def test_a_completed_session_accepts_covered_topics_but_no_move(school: Any) -> None:
    done = school.completed()
    refused = school.patch(done, {"start_time": "09:00", "end_time": "10:00"})
    assert (refused.status_code, refused.json["code"]) == (409, "not_changeable")
    assert school.patch(done, {"topics_covered": ["Verbs"]}).json["topics_covered"] == ["Verbs"]


def test_covered_topics_are_refused_before_a_session_begins(school: Any) -> None:
    assert school.patch(school.session(), {"topics_covered": ["Verbs"]}).status_code == 409


def test_a_session_changed_to_in_person_needs_a_location(school: Any) -> None:
    assert school.patch(school.session(), {"session_mode": "in-person"}).status_code == 422


def test_changing_this_occurrence_detaches_it(school: Any) -> None:
    first = school.session(rrule="FREQ=WEEKLY;COUNT=4")
    second = items(school)[1]
    school.patch(second, {"session_date": "2030-01-16"}, scope="this")
    school.patch(first, {"start_time": "15:00", "end_time": "16:00"}, scope="all")
    shown = {s["session_date"][5:]: s["start_time"][:5] for s in items(school)}
    assert shown == {"01-08": "15:00", "01-16": "10:00", "01-22": "15:00", "01-29": "15:00"}


def test_changing_the_future_occurrences_splits_the_series(school: Any) -> None:
    school.session(rrule="FREQ=WEEKLY;COUNT=4")
    third = items(school)[2]
    changed = school.patch(third, {"session_date": "2030-01-23"}, scope="future")
    assert changed.status_code == 200, changed.json
    first, *_ = items(school)
    new = changed.json["series_id"]
    assert new != first["series_id"]
    assert days(school, first["series_id"]) == ["01-08", "01-15"]
    assert days(school, new) == ["01-23", "01-30"]
    assert changed.json["recurring_pattern"]["days"] == ["Wednesday"]


def test_a_series_may_be_moved_onto_its_own_dates(school: Any) -> None:
    first = school.session(rrule="FREQ=WEEKLY;COUNT=4")
    moved = school.patch(first, {"session_date": "2030-01-15"}, scope="all")
    assert moved.status_code == 200, moved.json
    assert days(school) == ["01-15", "01-22", "01-29", "02-05"]
    assert {s["series_id"] for s in items(school)} == {first["series_id"]}


def test_changing_all_leaves_past_and_completed_occurrences(school: Any) -> None:
    first = school.session(rrule="FREQ=WEEKLY;COUNT=4")
    with time_machine.travel("2030-01-16T12:00:00Z"):
        school.post(f"/api/sessions/{first['id']}/start")
        school.post(f"/api/sessions/{first['id']}/complete")
        third = items(school)[2]
        school.patch(
            third, {"topics": ["Changed"], "start_time": "11:00", "end_time": "12:00"}, scope="all"
        )
        shown = [(s["session_date"][5:], s["start_time"][:5], s["topics"]) for s in items(school)]
    assert shown == [
        ("01-08", "10:00", []),
        ("01-15", "10:00", []),
        ("01-22", "11:00", ["Changed"]),
        ("01-29", "11:00", ["Changed"]),
    ]


def test_covered_topics_are_refused_for_coming_occurrences(school: Any) -> None:
    first = school.session(rrule="FREQ=WEEKLY;COUNT=3")
    with time_machine.travel("2030-01-08T09:00:00Z"):
        school.post(f"/api/sessions/{first['id']}/start")
        done = school.post(f"/api/sessions/{first['id']}/complete").json
        refused = school.patch(done, {"topics_covered": ["Verbs"]}, scope="all")
    assert (refused.status_code, refused.json["code"]) == (409, "not_changeable")
    assert [session["topics_covered"] for session in items(school)] == [[], [], []]


def test_every_session_of_an_in_person_series_needs_a_location(school: Any) -> None:
    school.session(rrule="FREQ=WEEKLY;COUNT=3")
    second = school.patch(items(school)[1], {"location": "Library"}).json
    refused = school.patch(second, {"session_mode": "in-person"}, scope="future")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/location")
    assert {session["session_mode"] for session in items(school)} == {"online"}


def test_a_series_that_cannot_move_as_a_whole_does_not_move(school: Any) -> None:
    first = school.session(rrule="FREQ=WEEKLY;COUNT=4")
    school.session(session_date="2030-01-22", start_time="12:00", end_time="13:00")
    refused = school.patch(first, {"start_time": "12:00", "end_time": "13:00"}, scope="all")
    assert refused.status_code == 409
    assert [clash["session_date"] for clash in refused.json["conflicts"]] == ["2030-01-22"]
    assert {s["start_time"] for s in items(school) if s["series_id"]} == {"10:00:00"}


def test_a_series_moved_by_a_day_keeps_its_hour_over_a_clock_change(school: Any) -> None:
    first = school.session(
        session_date="2030-03-24", start_time="02:30", end_time="03:30", rrule="FREQ=WEEKLY;COUNT=3"
    )
    shown = [(s["session_date"][5:], s["start_time"][:5]) for s in items(school)]
    assert shown == [("03-24", "02:30"), ("03-31", "03:30"), ("04-07", "02:30")]
    school.patch(first, {"session_date": "2030-03-25"}, scope="all")
    shown = [(s["session_date"][5:], s["start_time"][:5]) for s in items(school)]
    assert shown == [("03-25", "02:30"), ("04-01", "02:30"), ("04-08", "02:30")]


def test_a_cancellation_covers_the_occurrences_of_its_scope(school: Any) -> None:
    def statuses(scope: str) -> list[str]:
        school.session(rrule="FREQ=WEEKLY;COUNT=4")
        second = items(school, "?status=scheduled")[1]
        school.post(f"/api/sessions/{second['id']}/cancel", None, {"scope": scope})
        shown = [s["status"] for s in items(school) if s["series_id"] == second["series_id"]]
        for left in items(school, "?status=scheduled"):
            school.post(f"/api/sessions/{left['id']}/cancel")
        return shown

    assert statuses("this") == ["scheduled", "cancelled", "scheduled", "scheduled"]
    assert statuses("future") == ["scheduled", "cancelled", "cancelled", "cancelled"]
    assert statuses("all") == ["cancelled"] * 4
