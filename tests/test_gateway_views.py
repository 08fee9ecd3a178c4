"""Views: answers that the gateway puts together from several services, here the real ones."""

import re
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
    session = shown["tutoring_sessions"]["items"][0]
    assert session["tutor_username"] == "ruth"
    assert session["student_display_name"]


def test_the_dashboard_of_a_newcomer_or_an_admin_shows_nothing_of_others(
    newcomer: Person, admin: Person
) -> None:
    for person in (newcomer, admin):
        shown = person.read("/api/dashboard")
        assert "degraded" not in shown
        assert shown["tutoring_sessions"]["items"] == []


def test_the_dashboard_shows_a_hosted_session(newcomer: Person) -> None:
    path = host_session(newcomer, title="A session on the dashboard")
    [shown] = newcomer.read("/api/dashboard")["study_sessions"]["items"]
    assert (f"/api/study-sessions/{shown['id']}", shown["host_username"]) == (
        path,
        newcomer.username,
    )


def test_a_search_finds_sessions_texts_and_people(ruth: Person, newcomer: Person) -> None:
    host_session(newcomer, title="Berakhot, again")
    found = ruth.read("/api/search?q=berakhot&limit=20")
    assert "degraded" not in found
    assert any("Berakhot" in session["title"] for session in found["study_sessions"]["items"])
    assert "Berakhot" in {text["name"] for text in found["texts"]["items"]}
    assert ruth.read("/api/search?q=boaz")["people"]["items"][0]["username"] == "boaz"


def test_the_export_covers_all_services_and_only_the_caller(newcomer: Person, ruth: Person) -> None:
    document = newcomer.read("/api/me/export")
    assert document["user_id"] == str(newcomer.id)
    assert document["account"]["users"][0]["username"] == newcomer.username
    assert document["study_sessions"]["study_sessions"]
    assert {"tutoring", "havrutas", "assessments"} <= document.keys()
    assert str(ruth.id) not in str(document)


def test_the_overview_of_a_person_shows_what_they_do(newcomer: Person, ruth: Person) -> None:
    shown = newcomer.read(f"/api/users/{ruth.id}/overview")
    assert "degraded" not in shown
    assert shown["profile"]["username"] == "ruth"
    assert shown["courses"]["items"]
    assert shown["experience"]["total_xp"] >= 0
    assert shown["havrutas"].keys() == {"sessions", "minutes"}


def test_the_calendar_holds_study_tutoring_and_havruta_sessions(ruth: Person) -> None:
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


def test_a_calendar_program_reads_the_feed_until_it_is_deleted(
    gateway: str, newcomer: Person
) -> None:
    host_session(newcomer, title="In the feed")
    visitor = Visitor(gateway)
    path = agreed(newcomer.post("/api/calendar/feed"))["url"].removeprefix(gateway)
    feed = visitor.get(path)
    assert (feed.status_code, feed.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "In the feed" in [
        str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(feed.text).walk("VEVENT")
    ]
    assert visitor.get(path, headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    agreed(newcomer.delete("/api/calendar/feed"))
    assert visitor.get(path).status_code == 404


def test_a_program_with_both_feeds_of_a_tutor_shows_no_lesson_twice(
    gateway: str, ruth: Person
) -> None:
    shown = []
    for address in ("/api/calendar/feed", "/api/sessions/calendar"):
        path = agreed(ruth.post(address))["url"].removeprefix(gateway)
        feed = Visitor(gateway).get(path)
        assert feed.status_code == 200
        shown.append(set(re.findall("BEGIN:VEVENT.*?END:VEVENT", feed.text, re.DOTALL)))
        agreed(ruth.delete(address))
    everything, lessons = shown
    assert lessons
    assert lessons < everything
    others = [re.search("UID:(.*?-session)-", event) for event in everything - lessons]
    assert {found and found[1] for found in others} == {"study-session", "havruta-session"}


def month() -> str:
    """The month from yesterday on, as a query."""
    begin = datetime.now(UTC) - timedelta(days=1)
    return f"from={begin:%Y-%m-%dT%H:%M:%SZ}&to={begin + timedelta(days=31):%Y-%m-%dT%H:%M:%SZ}"


def test_an_answer_says_what_is_left_of_the_quota(gateway: str) -> None:
    answer = requests.get(f"{gateway}/api/texts", timeout=15)
    assert answer.headers["RateLimit-Policy"].startswith('"reads";q=')
    assert answer.headers["RateLimit"].startswith('"reads";r=')


def test_visitors_see_no_views(gateway: str) -> None:
    visitor = Visitor(gateway)
    paths = ["/api/dashboard", "/api/search?q=x", "/api/me/export", f"/api/calendar?{month()}"]
    assert [visitor.get(path).status_code for path in paths] == [401, 401, 401, 401]


def test_members_of_a_havruta_have_names(ruth: Person) -> None:
    havruta = agreed(ruth.get("/api/havrutas"))["items"][0]
    assert havruta["owner_username"]
    members = ruth.read(f"/api/havrutas/{havruta['id']}/members")["items"]
    assert all(member["username"] and member["display_name"] for member in members)
