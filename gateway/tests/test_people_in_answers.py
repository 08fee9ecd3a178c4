"""Names and pictures next to the ids of people."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from chassis.errors import Problem
from gateway.edge.profiles import CHUNK, ON_THE_LOOP, ProfileCache
from gateway.errors import BadGateway
from gateway.routes import HOST, PERSON, People
from gateway.routes import PEOPLE as ROUTED

from .support.account_events import publish
from .support.event_loop import Loop
from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import Asked, answer, as_json

Expand = Callable[..., bytes]

USER = "user-service"
STUDY = "study-session-service"
PEOPLE = {"host_id": HOST, "user_id": PERSON}


def profile(user_id: str) -> dict[str, Any]:
    return {
        "id": user_id,
        "username": f"u-{user_id[:4]}",
        "display_name": f"U {user_id[:4]}",
        "avatar_url": None,
    }


def profiles(asked: Asked, _: object) -> bytes:
    """The user-service's answer about a batch of ids."""
    return as_json({"items": [profile(user_id) for user_id in ids_in(asked)]})


def ids_in(asked: Asked) -> list[str]:
    return parse_qs(urlsplit(asked.target).query)["ids"][0].split(",")


def test_a_session_comes_with_the_names_of_its_host(gateway: Gateway, services: Doubles) -> None:
    host = str(uuid4())
    services[USER].reply = profiles
    services[STUDY].reply = lambda *_: as_json({"id": 1, "host_id": host, "latitude": 31.778})
    assert gateway.get("/api/study-sessions/1").json == {
        "id": 1,
        "host_id": host,
        "latitude": 31.778,
        "host_username": f"u-{host[:4]}",
        "host_display_name": f"U {host[:4]}",
        "host_avatar_url": None,
    }


@pytest.mark.parametrize(
    "path", ["/api/study-sessions/1/participants", "/api/study-sessions/1/messages"]
)
def test_a_page_of_people_takes_one_request(gateway: Gateway, services: Doubles, path: str) -> None:
    ids = [str(uuid4()) for _ in range(100)]
    services[USER].reply = profiles
    services[STUDY].reply = lambda *_: as_json(
        {"items": [{"user_id": i} for i in ids * 2], "next": None}
    )
    page = gateway.get(path).json
    assert [item["username"] for item in page["items"]] == [f"u-{i[:4]}" for i in ids * 2]
    assert "degraded" not in page
    assert len(services[USER].asked) == 1


def test_a_changed_profile_is_fetched_again(gateway: Gateway, services: Doubles) -> None:
    host = str(uuid4())
    services[USER].reply = profiles
    services[STUDY].reply = lambda *_: as_json({"host_id": host})
    gateway.get("/api/study-sessions/1")
    services[USER].reply = lambda *_: as_json(
        {"items": [{**profile(host), "display_name": "Renamed"}]}
    )
    publish("user.updated", host)
    deadline = time.monotonic() + 10
    while gateway.get("/api/study-sessions/1").json["host_display_name"] != "Renamed":
        assert time.monotonic() < deadline


def test_profiles_are_cached(gateway: Gateway, services: Doubles) -> None:
    host = str(uuid4())
    services[USER].reply = profiles
    services[STUDY].reply = lambda *_: as_json({"host_id": host})
    replies = [gateway.get("/api/study-sessions/1").json for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert len(services[USER].asked) == 1


@pytest.mark.parametrize(
    "reply", [answer(500), answer(200, b"nonsense"), as_json({"items": [1]}), as_json([])]
)
def test_names_are_null_without_the_user_service(
    gateway: Gateway, services: Doubles, reply: bytes
) -> None:
    host = str(uuid4())
    services[USER].reply = lambda *_: reply
    services[STUDY].reply = lambda *_: as_json({"items": [{"host_id": host}], "next": None})
    degraded = gateway.get("/api/study-sessions").json
    unknown = {"host_username": None, "host_display_name": None, "host_avatar_url": None}
    assert degraded == {
        "items": [{"host_id": host, **unknown}],
        "next": None,
        "degraded": [USER],
    }


def test_a_hung_user_service_does_not_hold_up_an_answer(
    gateway: Gateway, services: Doubles
) -> None:
    def hang(*_: object) -> None:
        services[USER].stopping.wait(8)

    services[USER].reply = hang
    services[STUDY].reply = lambda *_: as_json({"host_id": str(uuid4())})
    reply = gateway.get("/api/study-sessions/1")
    assert (reply.status, reply.json["degraded"]) == (200, [USER])


def test_the_headers_of_an_answer_fit_its_new_content(gateway: Gateway, services: Doubles) -> None:
    services[USER].reply = profiles
    content = json.dumps(
        {"type": "FeatureCollection", "features": [{"properties": {"host_id": str(uuid4())}}]}
    )
    services[STUDY].reply = lambda *_: answer(
        200,
        content.encode(),
        content_type="application/geo+json",
        etag='"7"',
        link='</x>; rel="next"',
    )
    reply = gateway.get("/api/study-sessions")
    assert int(reply.headers["Content-Length"]) == len(reply.body) > len(content)
    assert "host_username" in reply.json["features"][0]["properties"]
    assert (reply.headers["ETag"], reply.headers["Link"]) == ('"7"', '</x>; rel="next"')


def test_an_answer_that_is_not_the_announced_json_is_a_bad_gateway(
    gateway: Gateway, services: Doubles
) -> None:
    services[STUDY].reply = lambda *_: answer(200, b'{"host_id": ', content_type="application/json")
    assert gateway.get("/api/study-sessions/1").status == 502


def test_answers_of_a_route_without_people_are_left_as_they_are(
    gateway: Gateway, services: Doubles
) -> None:
    content = b'{"user_id" :  "%s"}' % str(uuid4()).encode()
    services["assessment-service"].reply = lambda *_: answer(
        200, content, content_type="application/json"
    )
    assert gateway.get("/api/v2/assessments").body == content


@pytest.mark.parametrize("prefix", ["tutor", "student", "author", "owner", "navigator", "inviter"])
def test_each_field_for_a_person_gets_names_next_to_it(
    gateway: Gateway, services: Doubles, prefix: str
) -> None:
    user_id = str(uuid4())
    services[USER].reply = profiles
    services["havruta-service"].reply = lambda *_: as_json({f"{prefix}_id": user_id})
    assert gateway.get("/api/havrutas/1").json == {
        f"{prefix}_id": user_id,
        f"{prefix}_username": f"u-{user_id[:4]}",
        f"{prefix}_display_name": f"U {user_id[:4]}",
        f"{prefix}_avatar_url": None,
    }


def test_several_fields_for_people_take_one_request(gateway: Gateway, services: Doubles) -> None:
    services[USER].reply = profiles
    sessions = [
        {"tutor_id": str(uuid4()), "student_id": str(uuid4()), "cancelled_by": None}
        for _ in range(40)
    ]
    services["tutoring-service"].reply = lambda *_: as_json({"items": sessions, "next": None})
    for session in gateway.get("/api/sessions").json["items"]:
        assert session["tutor_username"] == f"u-{session['tutor_id'][:4]}"
        assert session["student_username"] == f"u-{session['student_id'][:4]}"
    assert len(services[USER].asked) == 1


@pytest.fixture
def expand(loop: Loop, services: Doubles) -> Expand:
    """Put names into a content, by a cache that remembers nobody yet."""
    services[USER].reply = profiles
    cache = ProfileCache(loop.service(USER, services[USER].url), loop.loop, loop.threads)

    def expand(content: bytes, people: People = ROUTED) -> bytes:
        found = loop.wait_for(partial(cache.expand, content, people))
        if isinstance(found, Problem):
            raise found
        return found

    return expand


def test_a_list_of_ids_gets_a_list_of_profiles(expand: Expand) -> None:
    ids = [str(uuid4()) for _ in range(3)]
    content = json.dumps([{"attendees": ids}, {"attendees": []}, {"attendees": None}]).encode()
    document = json.loads(expand(content))
    assert document[0] == {"attendees": ids, "attended_by": [profile(user_id) for user_id in ids]}
    assert document[1:] == [{"attendees": [], "attended_by": []}, {"attendees": None}]


def test_the_content_of_a_whiteboard_operation_gets_no_names(expand: Expand) -> None:
    content = json.dumps(
        {"author_id": str(uuid4()), "operation": {"author_id": str(uuid4())}}
    ).encode()
    document = json.loads(expand(content))
    assert "author_username" in document
    assert document["operation"].keys() == {"author_id"}


def test_many_people_are_asked_for_in_chunks(expand: Expand, services: Doubles) -> None:
    members = [{"user_id": str(uuid4())} for _ in range(2 * CHUNK + 1)]
    named = json.loads(expand(json.dumps(members).encode(), PEOPLE))
    assert [member["username"] for member in named] == [f"u-{m['user_id'][:4]}" for m in members]
    batches = [ids_in(asked) for asked in services[USER].asked]
    assert sorted(map(len, batches)) == [1, CHUNK, CHUNK]


def test_a_large_answer_gets_names_too(expand: Expand) -> None:
    padding = "a" * (2 * ON_THE_LOOP)
    person = {"user_id": str(uuid4()), "text": padding}
    named = json.loads(expand(json.dumps(person).encode()))
    assert (named["username"], named["text"]) == (f"u-{person['user_id'][:4]}", padding)


def test_answers_that_meet_share_one_question(loop: Loop, services: Doubles) -> None:
    services[USER].reply = profiles
    cache = ProfileCache(loop.service(USER, services[USER].url), loop.loop, loop.threads)
    ids = [str(uuid4()) for _ in range(10)]

    def ask(then: Callable[[int], None]) -> None:
        left = [20]

        def named(_: bytes | Problem) -> None:
            left[0] -= 1
            if not left[0]:
                then(0)

        for user_id in ids * 2:
            cache.expand(json.dumps({"user_id": user_id}).encode(), PEOPLE, named)

    loop.wait_for(ask)
    assert [sorted(ids_in(asked)) for asked in services[USER].asked] == [sorted(ids)]


def test_an_unknown_person_has_no_names(expand: Expand, services: Doubles) -> None:
    services[USER].reply = lambda *_: as_json({"items": []})
    document = json.loads(expand(json.dumps({"user_id": str(uuid4())}).encode()))
    assert (document["username"], document["display_name"], document["avatar_url"]) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize("value", [None, 7, "", "not-an-id", ["x"], {"a": 1}, "a,b"])
def test_an_invalid_id_is_not_asked_for(expand: Expand, services: Doubles, value: object) -> None:
    content = json.dumps({"host_id": value}).encode()
    assert expand(content) == content
    assert services[USER].asked == []


def test_a_list_stays_a_list_when_names_are_missing(expand: Expand, services: Doubles) -> None:
    services[USER].reply = lambda *_: answer(503)
    [person] = content = [{"user_id": str(uuid4())}]
    unknown = {"username": None, "display_name": None, "avatar_url": None}
    assert json.loads(expand(json.dumps(content).encode())) == [{**person, **unknown}]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000])
def test_broken_json_is_a_bad_gateway(expand: Expand, content: bytes) -> None:
    with pytest.raises(BadGateway):
        expand(content)
