"""Pages that the gateway makes of several services' answers, before the real ones."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import requests

from .support.people import People, Person, Visitor, agreed, register
from .support.study_sessions import host_session


@pytest.fixture(scope="module")
def ruth(people: People) -> Person:
    """A tutor of the demo."""
    return people["ruth"]


@pytest.fixture(scope="module")
def admin(people: People) -> Person:
    return people["admin"]


@pytest.fixture(scope="module")
def newcomer(gateway: str) -> Person:
    return register(gateway, "newcomer")


def test_the_dashboard_shows_something_of_every_context(ruth: Person) -> None:
    shown = ruth.read("/api/dashboard")
    assert "degraded" not in shown
    assert None not in shown.values()
    assert {
        part for part in ("study_sessions", "tutoring_sessions", "havrutas") if shown[part]["items"]
    } == {
        "study_sessions",
        "tutoring_sessions",
        "havrutas",
    }
    lesson = shown["tutoring_sessions"]["items"][0]
    assert lesson["tutor_username"] == "ruth"
    assert lesson["student_display_name"]


def test_the_dashboard_of_a_newcomer_or_an_admin_shows_nothing_of_others(
    newcomer: Person, admin: Person
) -> None:
    for person in (newcomer, admin):
        shown = person.read("/api/dashboard")
        assert "degraded" not in shown
        assert shown["tutoring_sessions"]["items"] == []


def test_what_one_opens_is_next(newcomer: Person) -> None:
    path = host_session(newcomer, title="A session on the dashboard")
    [shown] = newcomer.read("/api/dashboard")["study_sessions"]["items"]
    assert (f"/api/study-sessions/{shown['id']}", shown["host_username"]) == (
        path,
        newcomer.username,
    )


def test_one_question_finds_things_in_every_context(ruth: Person, newcomer: Person) -> None:
    host_session(newcomer, title="Berakhot, again")
    found = ruth.read("/api/search?q=berakhot&limit=20")
    assert "degraded" not in found
    assert any("Berakhot" in session["title"] for session in found["study_sessions"]["items"])
    assert "Berakhot" in {text["name"] for text in found["texts"]["items"]}
    assert ruth.read("/api/search?q=boaz")["people"]["items"][0]["username"] == "boaz"


def test_the_export_holds_the_parts_of_all_services_and_of_nobody_else(
    newcomer: Person, ruth: Person
) -> None:
    document = newcomer.read("/api/me/export")
    assert document["user_id"] == str(newcomer.id)
    assert document["account"]["users"][0]["username"] == newcomer.username
    assert document["study_sessions"]["study_sessions"]
    assert {"tutoring", "havrutas", "assessments"} <= document.keys()
    assert str(ruth.id) not in str(document)


def test_a_profile_shows_what_its_person_does(newcomer: Person, ruth: Person) -> None:
    shown = newcomer.read(f"/api/users/{ruth.id}/overview")
    assert "degraded" not in shown
    assert shown["profile"]["username"] == "ruth"
    assert shown["courses"]["items"]
    assert shown["experience"]["total_xp"] >= 0
    assert shown["havrutas"].keys() == {"sessions", "minutes"}


def test_the_calendar_holds_sessions_of_every_kind(ruth: Person) -> None:
    calendar = ruth.read(f"/api/calendar?{month()}")
    assert "degraded" not in calendar
    assert {entry["kind"] for entry in calendar["items"]} == {
        "study_session",
        "tutoring_session",
        "havruta_session",
    }
    assert [entry["starts_at"] for entry in calendar["items"]] == sorted(
        e["starts_at"] for e in calendar["items"]
    )
    assert all(ruth.get(entry["path"]).ok for entry in calendar["items"])


def test_sessions_at_the_same_time_overlap_in_the_calendar(gateway: str) -> None:
    busy = register(gateway, "busy")
    for _ in range(2):
        host_session(busy)
    assert [entry["overlaps"] for entry in busy.read(f"/api/calendar?{month()}")["items"]] == [
        True,
        True,
    ]


def test_a_calendar_program_reads_the_feed_until_it_is_taken_back(
    gateway: str, newcomer: Person
) -> None:
    host_session(newcomer, title="In the feed")
    stranger = Visitor(gateway)
    path = agreed(newcomer.post("/api/calendar/feed"))["url"].removeprefix(gateway)
    feed = stranger.get(path)
    assert (feed.status_code, feed.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "In the feed" in [
        str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(feed.text).walk("VEVENT")
    ]
    assert stranger.get(path, headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    agreed(newcomer.delete("/api/calendar/feed"))
    assert stranger.get(path).status_code == 404


def month() -> str:
    """From yesterday on, as a query."""
    begin = datetime.now(UTC) - timedelta(days=1)
    return f"from={begin:%Y-%m-%dT%H:%M:%SZ}&to={begin + timedelta(days=31):%Y-%m-%dT%H:%M:%SZ}"


def test_an_answer_says_what_is_left_of_the_quota(gateway: str) -> None:
    answer = requests.get(f"{gateway}/api/texts", timeout=15)
    assert answer.headers["RateLimit-Policy"].startswith('"reads";q=')
    assert answer.headers["RateLimit"].startswith('"reads";r=')


def test_strangers_see_no_views(gateway: str) -> None:
    stranger = Visitor(gateway)
    paths = ["/api/dashboard", "/api/search?q=x", "/api/me/export", f"/api/calendar?{month()}"]
    assert [stranger.get(path).status_code for path in paths] == [401, 401, 401, 401]


def test_members_of_a_havruta_have_names(ruth: Person) -> None:
    havruta = agreed(ruth.get("/api/havrutas"))["items"][0]
    assert havruta["owner_username"]
    members = ruth.read(f"/api/havrutas/{havruta['id']}/members")["items"]
    assert all(member["username"] and member["display_name"] for member in members)
