"""Pages that the gateway makes of several services' answers, before the real ones."""

import pytest
import requests

from tests.client import Person, Visitor, agreed, register, sign_in
from tests.study_sessions import host_session


@pytest.fixture(scope="module")
def ruth(gateway: str) -> Person:
    """A tutor of the demo."""
    return sign_in(gateway, "ruth")


@pytest.fixture(scope="module")
def admin(gateway: str) -> Person:
    return sign_in(gateway, "admin")


@pytest.fixture(scope="module")
def newcomer(gateway: str) -> Person:
    return register(gateway, "newcomer")


def test_the_dashboard_shows_something_of_every_context(ruth: Person) -> None:
    shown = ruth.read("/api/dashboard")
    assert "degraded" not in shown
    assert None not in shown.values()
    assert {part for part in ("study_sessions", "tutoring_sessions", "havrutas") if shown[part]["items"]} == {
        "study_sessions",
        "tutoring_sessions",
        "havrutas",
    }
    lesson = shown["tutoring_sessions"]["items"][0]
    assert lesson["tutor_username"] == "ruth"
    assert lesson["student_display_name"]


def test_the_dashboard_of_a_newcomer_or_an_admin_shows_nothing_of_others(newcomer: Person, admin: Person) -> None:
    for person in (newcomer, admin):
        shown = person.read("/api/dashboard")
        assert "degraded" not in shown
        assert shown["tutoring_sessions"]["items"] == []


def test_what_one_opens_is_next(newcomer: Person) -> None:
    path = host_session(newcomer, title="A session on the dashboard")
    [shown] = newcomer.read("/api/dashboard")["study_sessions"]["items"]
    assert (f"/api/study-sessions/{shown['id']}", shown["host_username"]) == (path, newcomer.username)


def test_one_question_finds_things_in_every_context(ruth: Person, newcomer: Person) -> None:
    host_session(newcomer, title="Berakhot, again")
    found = ruth.read("/api/search?q=berakhot&limit=20")
    assert "degraded" not in found
    assert "Berakhot, again" in {session["title"] for session in found["study_sessions"]["items"]}
    assert "Berakhot" in {text["name"] for text in found["texts"]["items"]}
    assert ruth.read("/api/search?q=boaz")["people"]["items"][0]["username"] == "boaz"


def test_the_export_holds_the_parts_of_all_services_and_of_nobody_else(newcomer: Person, ruth: Person) -> None:
    document = newcomer.read("/api/me/export")
    assert document["user_id"] == str(newcomer.id)
    assert document["account"]["users"][0]["username"] == newcomer.username
    assert document["study_sessions"]["sessions_hosted"]
    assert {"tutoring", "havrutas", "assessments"} <= document.keys()
    assert str(ruth.id) not in str(document)


def test_an_answer_says_what_is_left_of_the_quota(gateway: str) -> None:
    answer = requests.get(f"{gateway}/api/texts", timeout=15)
    assert answer.headers["RateLimit-Policy"].startswith('"reads";q=')
    assert answer.headers["RateLimit"].startswith('"reads";r=')


def test_strangers_see_no_views(gateway: str) -> None:
    stranger = Visitor(gateway)
    paths = ["/api/dashboard", "/api/search?q=x", "/api/me/export"]
    assert [stranger.get(path).status_code for path in paths] == [401, 401, 401]


def test_members_of_a_havruta_have_names(ruth: Person) -> None:
    havruta = agreed(ruth.get("/api/havrutas"))["items"][0]
    assert havruta["owner_username"]
    members = ruth.read(f"/api/havrutas/{havruta['id']}/members")["items"]
    assert all(member["username"] and member["display_name"] for member in members)
