"""A person applies, becomes a tutor and is found by a visitor; a parent follows a student by a code alone."""

from uuid import UUID

import pytest

from dev.mailbox import Mailbox, token_in

from .support.people import People, Person, Visitor, agreed, eventually, register

ABOUT = "Ten years of Aramaic."
EVERY_DAY = [
    {"weekday": day, "start_time": "00:00", "end_time": "00:00"}
    for day in ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
]


def refresh(person: Person) -> None:
    """Exchange the refresh token, as a client does that is answered `token_outdated`."""
    spent = {"refresh_token": person.refresh_token}
    renewed = agreed(Visitor(person.gateway).post("/api/auth/refresh", spent))
    person.refresh_token = renewed["refresh_token"]
    person.use(renewed["access_token"])


@pytest.fixture(scope="module")
def tutor(gateway: str, people: People, mailbox: Mailbox) -> Person:
    """A person who has applied, and was accepted by an admin."""
    person, admin = register(gateway, "rachel"), people["admin"]
    email = mailbox.to(f"{person.username}@example.org", "Verify")
    agreed(person.post("/api/auth/verify-email", {"token": token_in(email)}))
    wanted = {"role": "tutor", "text": ABOUT, "subjects": ["Aramaic"]}
    assert person.post("/api/courses", {"title": "Verbs"}).status_code == 403
    application = agreed(person.post("/api/users/me/applications", wanted))
    path = f"/api/admin/applications/{application['id']}/accept"
    accepted = agreed(admin.post(path, {"reason": "Welcome."}))
    assert accepted["username"] == person.username
    assert accepted["decided_by_username"] == admin.username
    eventually(lambda: person.get("/api/users/me").json().get("code") == "token_outdated")
    refresh(person)
    return person


def test_an_applicant_is_told(tutor: Person, mailbox: Mailbox) -> None:
    [told] = eventually(lambda: tutor.read("/api/notifications")["items"])
    assert told["kind"] == "application_decided"
    said = {"role": "tutor", "status": "accepted", "reason": "Welcome."}
    # Which admin it was is not told.
    assert (told["data"], told["actor_id"]) == (said, None)
    address = f"{tutor.username}@example.org"
    assert mailbox.to(address, "Your application was accepted")


def test_a_visitor_reads_the_page_of_a_new_tutor(gateway: str, tutor: Person) -> None:
    visitor, path = Visitor(gateway), f"/api/tutors/{tutor.id}"
    assert visitor.get(path).status_code == 404
    course = agreed(tutor.post("/api/courses", {"title": "Verbs", "subject": "Aramaic"}))
    said = {"about": ABOUT, "languages": ["HE", "en-gb"]}
    agreed(tutor.put("/api/tutors/me/profile", said))
    agreed(tutor.put("/api/tutors/me/availability", {"timezone": "UTC", "weekly": EVERY_DAY}))
    answer = visitor.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    page = agreed(answer)
    assert page["tutor_username"] == tutor.username
    assert (page["about"], page["languages"]) == (ABOUT, ["he", "en-GB"])
    assert ([shown["id"] for shown in page["courses"]], page["subjects"]) == (
        [course["id"]],
        ["Aramaic"],
    )
    assert len(page["next_free_times"]) == 5


def test_a_parent_without_any_role_follows_by_a_code(gateway: str, tutor: Person) -> None:
    student, parent = register(gateway, "pupil"), register(gateway, "parent")
    course = agreed(tutor.post("/api/courses", {"title": "Nouns"}))
    enrolment = agreed(student.post("/api/enrollments", {"course_id": course["id"]}))
    path = f"/api/enrollments/{enrolment['id']}"
    assert parent.read("/api/users/me")["roles"] == ["learner"]
    assert parent.get(path).status_code == 404
    code = agreed(student.post(f"{path}/parent-codes"))["code"]
    agreed(parent.post("/api/enrollments/join", {"code": code}))
    assert UUID(parent.read(path)["student_id"]) == student.id
