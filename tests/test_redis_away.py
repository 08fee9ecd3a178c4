"""Redis stopped or hanging: accounts and study sessions keep working, and nothing that was said
meanwhile is lost.
"""

import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from dev.ephemeral import EphemeralPlatform

from .support.people import PASSWORD, People, Person, Visitor, agreed, eventually, register
from .support.streams import Stream, attempt
from .support.study_sessions import BASE, heard, host_session, join, leave, news, say

pytestmark = pytest.mark.needs("a Redis to stop")

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def fragile(postgres_url: str) -> Iterator[EphemeralPlatform]:
    """A platform whose Redis comes and goes."""
    with EphemeralPlatform(postgres_url, demo=True) as platform:
        yield platform


@pytest.fixture(params=["stopped", "hanging"])
def outage(request: pytest.FixtureRequest, fragile: EphemeralPlatform) -> Outage:
    """A while without Redis. A stopped Redis comes back empty."""

    @contextlib.contextmanager
    def stopped() -> Iterator[None]:
        fragile.redis.stop()
        yield
        fragile.redis.start()

    @contextlib.contextmanager
    def hanging() -> Iterator[None]:
        fragile.redis.kill(signal.SIGSTOP)
        yield
        fragile.redis.kill(signal.SIGCONT)

    return {"stopped": stopped, "hanging": hanging}[request.param]


@pytest.fixture(scope="module")
def people(fragile: EphemeralPlatform) -> People:
    return People(fragile.gateway_url)


@pytest.fixture
def ruth(people: People) -> Person:
    return people["ruth"]


@pytest.fixture
def boaz(people: People) -> Person:
    return people["boaz"]


@pytest.fixture
def miriam(people: People) -> Person:
    return people["miriam"]


def test_accounts_work_without_redis(fragile: EphemeralPlatform, outage: Outage) -> None:
    with outage():
        david = register(fragile.gateway_url, "david")
        visitor = Visitor(fragile.gateway_url)
        credentials = {"login": david.username, "password": PASSWORD}
        assert agreed(visitor.post("/api/auth/login", credentials))["user"]["id"] == str(david.id)
        david.use(
            agreed(visitor.post("/api/auth/refresh", {"refresh_token": david.refresh_token}))[
                "access_token"
            ]
        )
        assert agreed(david.patch("/api/users/me", {"bio": "Away"}))["bio"] == "Away"
        assert visitor.read(f"/api/users/{david.id}")["bio"] == "Away"
        assert len(david.read("/api/auth/sessions")["items"]) == 2
        assert (
            visitor.post("/api/auth/login", credentials | {"password": "wrong"}).status_code == 401
        )
        agreed(
            visitor.post("/api/auth/forgot-password", {"email": f"{david.username}@example.org"})
        )
        agreed(david.post("/api/auth/verify-email/resend"))
        agreed(david.put("/api/notifications/preferences", {"email": {"reminder": False}}))
        assert david.read("/api/notifications")["items"] == []
        agreed(david.post("/api/notifications/read-all"))
        agreed(
            david.put(
                "/api/users/me/password",
                {"current_password": PASSWORD, "new_password": PASSWORD[::-1]},
            )
        )
        agreed(david.post("/api/auth/logout"))


def test_study_sessions_work_without_redis(outage: Outage, ruth: Person, boaz: Person) -> None:
    with outage():
        session = host_session(ruth, subject="Astronomy")
        near = f"{BASE}?lat=31.778&lng=35.235&subject=Astronomy"
        assert session.rpartition("/")[2] in [found["id"] for found in boaz.read(near)["items"]]
        assert boaz.read(f"{BASE}/clusters?bbox=35,31,36,32&zoom=10")
        join(boaz, session)
        said = say(boaz, session, "Shalom")
        agreed(boaz.patch(f"{session}/messages/{said['id']}", {"content": "Shalom!"}))
        assert heard(ruth, session) == [("boaz", "Shalom!")]
        agreed(ruth.patch(session, {"title": "Stars"}, headers={"If-Match": '"1"'}))
        assert [seen["user_id"] for seen in ruth.read(session)["participants"]] == [
            str(ruth.id),
            str(boaz.id),
        ]
        agreed(ruth.post(f"{session}/host", {"user_id": str(boaz.id)}))
        leave(ruth, session)
        agreed(boaz.delete(f"{session}/messages/{said['id']}"))
        assert agreed(boaz.post(f"{session}/cancel"))["status"] == "cancelled"
        assert ruth.read(f"{BASE}/mine?when=past")


def test_a_stream_refused_in_the_outage_resumes_where_it_was(
    outage: Outage, ruth: Person, boaz: Person
) -> None:
    session = host_session(ruth)
    join(boaz, session)
    with Stream(ruth, f"{session}/events") as stream:
        say(boaz, session, "before")
        seen = stream.next()
    with outage():
        assert attempt(ruth, f"{session}/events") == 503
        say(boaz, session, "meanwhile")
    eventually(lambda: attempt(ruth, f"{session}/events") == 200)
    with Stream(ruth, f"{session}/events", last_event_id=seen.id) as stream:
        say(boaz, session, "after")
        assert [event.data["content"] for event in stream.take(2)] == ["meanwhile", "after"]


def test_an_open_stream_catches_up_after_the_outage(
    outage: Outage, ruth: Person, boaz: Person
) -> None:
    session = host_session(ruth)
    join(boaz, session)
    with Stream(ruth, f"{session}/events") as stream:
        with outage():
            say(boaz, session, "meanwhile")
        assert stream.until("message").data["content"] == "meanwhile"


def test_a_notification_from_the_outage_arrives_after_it(
    outage: Outage, ruth: Person, boaz: Person, miriam: Person
) -> None:
    session = host_session(ruth, max_participants=2)
    join(boaz, session)
    with outage():
        join(miriam, session, waitlist=True)
        leave(boaz, session)
    assert eventually(lambda: news(miriam, session)) == ["waitlist_promotion"]


def test_an_event_that_redis_lost_is_published_again(
    fragile: EphemeralPlatform, ruth: Person, boaz: Person
) -> None:
    session = host_session(ruth)
    join(boaz, session)
    fragile.stop_program("user-service-worker")
    agreed(ruth.post(f"{session}/cancel"))
    with Stream(ruth, f"{session}/events", last_event_id=0) as stream:
        stream.until("cancelled")  # So Redis had the event that came with it.
    fragile.redis.stop()
    fragile.redis.start()
    fragile.start_program("user-service-worker")
    assert eventually(lambda: news(boaz, session)) == ["session_cancelled"]
