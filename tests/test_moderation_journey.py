"""A person keeps another away in every context, and reports them; an admin decides."""

from typing import Any

import pytest

from .support.people import PASSWORD, People, Person, Visitor, agreed, eventually, register, sign_in
from .support.streams import Stream
from .support.study_sessions import BASE, host_session, join, say


@pytest.fixture
def ruth(gateway: str) -> Person:
    return register(gateway, "ruth")


@pytest.fixture
def boaz(gateway: str) -> Person:
    return register(gateway, "boaz")


@pytest.fixture
def admin(people: People) -> Person:
    return people["admin"]


def block(person: Person, other: Person) -> None:
    agreed(person.put(f"/api/users/me/blocks/{other.id}"))


def report(person: Person, about: str, about_id: Any) -> Any:
    body = {"about": about, "about_id": str(about_id), "kind": "harassment"}
    return agreed(person.post("/api/reports", body))


def decide(admin: Person, made: Any, decision: str) -> Any:
    body = {"decision": decision, "reason": "We do not talk like this."}
    return agreed(admin.post(f"/api/admin/reports/{made['id']}/decide", body))


def told(person: Person, kind: str) -> Any:
    """The data of the person's newest notification of this kind, once it is there."""

    def newest() -> Any:
        items = person.read("/api/notifications")["items"]
        return next((item["data"] for item in items if item["kind"] == kind), None)

    return eventually(newest)


def test_two_people_kept_apart_do_not_meet_in_any_context(
    gateway: str, people: People, ruth: Person, boaz: Person
) -> None:
    """Ruth hosts and teaches, Boaz is blocked."""
    teacher = people["ruth"]
    session = host_session(ruth)
    course = next(
        course["id"]
        for course in boaz.read(f"/api/courses?tutor_id={teacher.id}")["items"]
        if course["status"] == "open"
    )
    block(ruth, boaz)
    block(boaz, teacher)
    eventually(lambda: boaz.get(session).status_code == 404)
    assert boaz.post(f"{session}/join").status_code == 404
    assert boaz.read(f"{BASE}?host_id={ruth.id}")["items"] == []
    eventually(lambda: boaz.get(f"/api/courses/{course}").status_code == 404)
    assert boaz.post("/api/enrollments", {"course_id": course}).status_code == 404
    assert boaz.read(f"/api/users/search?q={ruth.username}")["items"] == []
    overview = boaz.read(f"/api/users/{ruth.id}/overview")
    assert overview["study_sessions"]["items"] == []
    # No one else notices.
    assert Visitor(gateway).get(session).status_code == 200
    listed = ruth.read("/api/users/me/blocks")["items"]
    assert [item["username"] for item in listed] == [boaz.username]
    agreed(ruth.delete(f"/api/users/me/blocks/{boaz.id}"))
    eventually(lambda: boaz.get(session).status_code == 200)


def test_in_a_common_room_the_words_of_the_blocked_are_folded(
    gateway: str, ruth: Person, boaz: Person
) -> None:
    session = host_session(register(gateway, "host"))
    for person in (ruth, boaz):
        join(person, session)
    with Stream(ruth, f"{session}/events") as stream, Stream(boaz, f"{session}/events") as other:
        say(boaz, session, "First.")
        assert stream.until("message").data["folded"] is False
        block(ruth, boaz)
        eventually(lambda: ruth.read(f"{session}/messages")["items"][0]["folded"])

        def is_folded() -> bool:
            say(boaz, session, "Again.")
            return bool(stream.until("message").data["folded"])

        eventually(is_folded)
        assert [other.until("message").data["folded"] for _ in range(2)] == [False, False]
    with Stream(ruth, f"{session}/events") as stream:
        say(boaz, session, "Last.")
        assert stream.until("message").data["folded"] is True


def test_an_invitation_of_the_blocked_reaches_no_one(people: People) -> None:
    ruth, esther = people["ruth"], people["esther"]
    havruta = agreed(ruth.post("/api/havrutas", {"name": "Evenings", "book": "Ruth"}))
    block(esther, ruth)
    try:
        path = f"/api/havrutas/{havruta['id']}/invitations"
        [invited] = agreed(ruth.post(path, {"emails": ["esther@lyceum.example"]}))["results"]
        assert invited["status"] == "sent"

        def seen() -> list[str]:
            return [item["id"] for item in esther.read("/api/invitations/mine")["items"]]

        eventually(lambda: invited["invitation_id"] not in seen())
        accept = f"/api/invitations/{invited['invitation_id']}/accept"
        assert esther.post(accept).status_code == 404
    finally:
        agreed(esther.delete(f"/api/users/me/blocks/{ruth.id}"))
        agreed(ruth.post(f"/api/havrutas/{havruta['id']}/archive"))


def test_a_reported_message_is_hidden_and_all_concerned_are_told(
    gateway: str, admin: Person, ruth: Person, boaz: Person
) -> None:
    session = host_session(ruth)
    join(boaz, session)
    message = say(boaz, session, "Go away, all of you.")
    made = report(ruth, "message", message["id"])
    # The author deletes it before an admin looks.
    agreed(boaz.delete(f"{session}/messages/{message['id']}"))
    [seen] = admin.read(f"/api/admin/reports?author_id={boaz.id}")["items"]
    assert seen["words"] == {"content": "Go away, all of you."}
    assert (seen["author_username"], seen["reporter_username"]) == (boaz.username, ruth.username)
    worse = say(boaz, session, "You heard me.")
    again = report(ruth, "message", worse["id"])
    decide(admin, made, "dismiss")
    decide(admin, again, "hide")

    def words() -> Any:
        items = ruth.read(f"{session}/messages")["items"]
        return {item["id"]: item["content"] for item in items}

    eventually(lambda: words()[worse["id"]] is None)
    assert told(ruth, "report_decided")["decision"] == "hide"
    assert told(boaz, "content_hidden")["reason"] == "We do not talk like this."
    decisions = [item["decision"] for item in ruth.read("/api/users/me/reports")["items"]]
    assert decisions == ["hide", "dismiss"]


def test_a_reported_host_is_suspended_and_their_sessions_are_gone(
    gateway: str, admin: Person, ruth: Person, boaz: Person
) -> None:
    session, other = host_session(boaz), host_session(boaz)
    made = report(ruth, "study_session", session.rpartition("/")[2])
    decide(admin, made, "suspend")
    for path in (session, other):
        eventually(lambda path=path: Visitor(gateway).get(path).status_code == 404)
    login = {"login": boaz.username, "password": PASSWORD}
    refused = Visitor(gateway).post("/api/auth/login", login).json()
    assert refused["code"] == "account_suspended"
    reason = {"reason": "A second chance."}
    agreed(admin.post(f"/api/admin/users/{boaz.id}/lift-suspension", reason))
    eventually(lambda: Visitor(gateway).get(other).status_code == 200)
    # What was hidden by itself stays hidden to all but those in it.
    assert Visitor(gateway).get(session).status_code == 404
    assert sign_in(gateway, boaz.username, PASSWORD).get(session).status_code == 200


def test_what_one_cannot_see_one_cannot_report(ruth: Person, boaz: Person) -> None:
    private = host_session(ruth, visibility="private").rpartition("/")[2]
    body = {"about": "study_session", "about_id": private, "kind": "spam"}
    assert boaz.post("/api/reports", body).status_code == 404
    own = {"about": "person", "about_id": str(boaz.id), "kind": "other"}
    assert boaz.post("/api/reports", own).json()["code"] == "own_words"
    made = {**own, "about_id": str(ruth.id)}
    assert boaz.post("/api/reports", made).status_code == 201
    assert boaz.post("/api/reports", made).json()["code"] == "already_reported"
