"""What deploy/kubernetes describes, started as it is written there: journeys through all five services.

It takes a minute of two cores, and so is part of `make soak`.
"""

import os
import secrets
from collections.abc import Iterator

import psycopg
import pytest

from dev.cluster import wait_for_end
from dev.kubernetes import Running, running
from dev.manifests import MISSING, has_kubectl

from .support.example_fixtures.assessment import DEFINITION
from .support.people import Person, Visitor, agreed, appoint, eventually, register
from .support.streams import Stream
from .support.study_sessions import heard, host_session, join, news, say

pytestmark = [
    pytest.mark.needs("a platform of its own"),
    pytest.mark.skipif(not has_kubectl(), reason=MISSING),
    pytest.mark.skipif("LYCEUM_SOAK" not in os.environ, reason="takes a minute: make soak"),
]

PARTS = {"account", "study_sessions", "tutoring", "havrutas", "assessments"}
GRANT = ("flask", "--app", "user_service.app", "users", "grant")


@pytest.fixture(scope="module")
def described() -> Iterator[Running]:
    with running() as platform:
        yield platform


@pytest.fixture(scope="module")
def ruth(described: Running) -> Person:
    """An admin by the operator's command, who has made themselves a tutor and an author."""
    ruth = register(described.gateway_url)
    wait_for_end(described.cluster.run("user-service", *GRANT, ruth.username, "admin"))
    ruth.sign_in_again()
    appoint(ruth, ruth, "admin", "tutor", "author")
    return ruth


@pytest.fixture(scope="module")
def boaz(described: Running) -> Person:
    return register(described.gateway_url, "boaz")


def test_the_worker_of_the_user_service_sends_emails(described: Running, boaz: Person) -> None:
    email = described.mailbox.to(f"{boaz.username}@example.org", "Verify")
    assert f"{described.gateway_url}/" in email.as_string()


def test_people_meet_and_talk_and_the_host_is_notified(ruth: Person, boaz: Person) -> None:
    session = host_session(ruth)
    with Stream(ruth, f"{session}/events") as stream:
        join(boaz, session)
        say(boaz, session, "Shalom!")
        assert stream.until("message").data["content"] == "Shalom!"
    assert heard(ruth, session) == [(boaz.username, "Shalom!")]
    # An event of one worker, which another one has acted on.
    assert eventually(lambda: news(ruth, session))


def test_a_student_enrols_in_a_course(ruth: Person, boaz: Person) -> None:
    course = {"title": "Aramaic", "subject": "Languages", "timezone": "UTC"}
    course_id = agreed(ruth.post("/api/courses", course))["id"]
    enrolled = agreed(boaz.post("/api/enrollments", {"course_id": course_id}))
    assert boaz.read("/api/enrollments")["items"][0]["id"] == enrolled["id"]


def test_a_pair_begins_with_one(boaz: Person) -> None:
    made = agreed(boaz.post("/api/havrutas", {"name": "Judges", "book": "Judges"}))
    assert boaz.read(f"/api/havrutas/{made['id']}")["name"] == "Judges"


def test_a_visitor_takes_an_assessment(described: Running, ruth: Person) -> None:
    slug = f"habits-{secrets.token_hex(4)}"
    draft = ruth.post("/api/v2/assessments", {"slug": slug, "definition": DEFINITION})
    agreed(draft)
    condition = {"If-Match": draft.headers["ETag"]}
    agreed(ruth.post(f"/api/v2/assessments/{slug}/publish", headers=condition))
    started = Visitor(described.gateway_url).post("/api/v2/session/start", {"assessment": slug})
    assert agreed(started)["progress"]["questions_total"] == 1


def test_an_export_has_a_part_of_every_service(boaz: Person) -> None:
    document = boaz.read("/api/me/export")
    assert document.keys() >= PARTS


def test_a_password_file_of_a_secret_has_to_be_copied(described: Running) -> None:
    pod = described.folder / "pods/user-service"
    address = f"postgresql://users_service@127.0.0.1:{described.postgres.port}/users?passfile={pod}"
    psycopg.connect(f"{address}/passfile/pgpass").close()
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"{address}/secrets/pgpass")
