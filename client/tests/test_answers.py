"""What answers and refusals carry."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from lyceum_client import Patience, Refused, Unreachable, Unreadable, answer_of, etag

from .support.gateways import Hangup, Reply, gateway, problem, script

ONCE = Patience(attempts=1)


def test_an_answer_has_its_version_status_and_headers(client: Any) -> None:
    reply = Reply(201, {"id": "7"}, {"ETag": '"3"', "Location": "/api/courses/7"})
    with gateway(script(reply)) as served, client(served.address) as lyceum:
        course = lyceum.ask("create_course", {"title": "Aramaic"})
    assert course == {"id": "7"}
    assert (course.etag, course.status, course.headers["location"]) == (
        '"3"',
        201,
        "/api/courses/7",
    )
    assert (etag(course), answer_of(course).status) == ('"3"', 201)


def test_an_answer_without_a_version_says_so(client: Any) -> None:
    with gateway(script(Reply(200, {}))) as served, client(served.address) as lyceum:
        account = lyceum.ask("get_own_account")
    assert account.etag is None
    with pytest.raises(LookupError, match="no ETag"):
        etag(account)
    with pytest.raises(TypeError):
        etag({"id": "7"})


def test_text_and_nothing_are_answers(client: Any) -> None:
    calendar = Reply(200, "BEGIN:VCALENDAR שלום".encode(), {"Content-Type": "text/calendar"})
    with gateway(script(calendar, Reply(204))) as served, client(served.address) as lyceum:
        text = lyceum.ask("get_calendar_feed", "secret")
        assert (text, text.status) == ("BEGIN:VCALENDAR שלום", 200)
        assert lyceum.ask("log_out") is None


@pytest.mark.parametrize("ending", ["", "/", "//"])
def test_an_address_may_end_with_a_slash(client: Any, ending: str) -> None:
    with gateway(script(Reply(200, {}))) as served, client(served.address + ending) as lyceum:
        lyceum.ask("get_text", "a/b ?ä")
    assert [asked.path for asked in served.asked] == ["/api/texts/a%2Fb%20%3F%C3%A4"]


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://", "", "/api"])
def test_what_is_no_address_is_refused(client: Any, address: str) -> None:
    with pytest.raises(ValueError, match="not the address of a gateway"):
        client(address)


def test_a_refusal_carries_what_the_platform_says(client: Any) -> None:
    wrong = [{"pointer": "/title", "detail": "Missing."}]
    refused = problem(422, "invalid", {"X-Request-ID": "r1"}, errors=wrong, request_id="r1")
    with (
        gateway(script(refused)) as served,
        client(served.address) as lyceum,
        pytest.raises(Refused, match="422 invalid") as refusal,
    ):
        lyceum.ask("create_course", {})
    error = refusal.value
    assert (error.status, error.code, error.errors) == (422, "invalid", wrong)
    assert (error.request_id, error.headers["x-request-id"]) == ("r1", "r1")
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("7", 7), ("0", 0), ("soon", None), ("-1", None), ("1.5", None), ("٣", None), ("", None)],
)
def test_seconds_to_wait_are_read(given: str, seconds: float | None) -> None:
    assert Refused(503, {}, {"Retry-After": given}).retry_after == seconds


def test_a_date_to_wait_for_is_read() -> None:
    def until(moment: datetime) -> float | None:
        headers = {"Retry-After": format_datetime(moment, usegmt=True)}
        return Refused(503, {}, headers).retry_after

    in_an_hour = until(datetime.now(UTC) + timedelta(hours=1))
    assert in_an_hour
    assert 3500 < in_an_hour <= 3600
    assert until(datetime.now(UTC) - timedelta(hours=1)) == 0


def test_what_a_proxy_answers_is_a_refusal_as_well(client: Any) -> None:
    page = Reply(502, b"<h1>Bad Gateway</h1>", {"Content-Type": "text/html"})
    odd = Reply(521, b'["what"]', {"Content-Type": "application/json"})
    moved = Reply(308, b"", {"Location": "https://elsewhere.example/"})
    with gateway(script(page, odd, moved)) as served, client(served.address) as lyceum:
        for status in (502, 521, 308):
            with pytest.raises(Refused) as refusal:
                lyceum.ask("get_health")
            assert (refusal.value.status, refusal.value.code) == (status, "")
            assert (refusal.value.errors, refusal.value.request_id) == ([], None)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b'{"status": ', {"Content-Type": "application/json"}),
        (b"7", {"Content-Type": "application/json"}),
        (b"\xff", {"Content-Type": "text/plain"}),
        (b"not gzip", {"Content-Type": "application/json", "Content-Encoding": "gzip"}),
    ],
)
def test_an_answer_that_cannot_be_read_says_so(
    client: Any, content: bytes, headers: dict[str, str]
) -> None:
    with (
        gateway(script(Reply(200, content, headers))) as served,
        client(served.address) as lyceum,
        pytest.raises(Unreadable),
    ):
        lyceum.ask("get_health")


def test_a_lost_connection_is_of_the_family(client: Any) -> None:
    with (
        gateway(script(Hangup())) as served,
        client(served.address, patience=ONCE) as lyceum,
        pytest.raises(Unreachable),
    ):
        lyceum.ask("get_health")
    with client(served.address, patience=ONCE) as lyceum, pytest.raises(Unreachable):
        lyceum.ask("get_health")


def test_no_password_of_another_program_is_sent(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ruth password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with gateway(script(Reply(200, {}))) as served, client(served.address, "mine") as lyceum:
        lyceum.ask("get_own_account")
        lyceum.ask("get_health")
    assert [asked.token for asked in served.asked] == ["mine", None]


def test_lists_are_read_to_their_end(client: Any) -> None:
    pages = {None: ("ab", "2"), "2": ("", "3"), "3": ("c", None)}

    def answer(asked: Any) -> Reply:
        cursor = asked.path.partition("cursor=")[2] or None
        items, following = pages[cursor]
        return Reply(200, {"items": list(items), "next": following})

    with gateway(answer) as served, client(served.address) as lyceum:
        assert lyceum.items("list_courses", limit=2) == ["a", "b", "c"]
    assert all("limit=2" in asked.path for asked in served.asked)
