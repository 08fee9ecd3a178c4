"""One request, found by its id wherever it had an effect."""

import json
from collections.abc import Iterator

import pytest

from dev.ephemeral import EphemeralPlatform
from dev.mailbox import Mailbox

from .support.people import Person, agreed, eventually, register, sign_in
from .support.study_sessions import host_session, join

ID = "followed-by-its-id-0001"
EFFECTS = {
    ("gateway", "request"),
    ("study-session-service", "request"),
    ("user-service-worker", "event_acted_on"),
    ("user-service-worker", "mail_sent"),
}


@pytest.mark.needs("the platform's logs")
def test_a_request_id_reaches_the_logs_and_the_email(
    platform: EphemeralPlatform, mailbox: Mailbox
) -> None:
    ruth, david = sign_in(platform.gateway_url, "ruth"), register(platform.gateway_url, "david")
    session = host_session(ruth)
    join(david, session)
    email_cancellations_to(david)
    agreed(ruth.post(f"{session}/cancel", {"reason": "snow"}, headers={"X-Request-ID": ID}))

    cancelled = mailbox.to(f"{david.username}@example.org", f"{name_of(ruth)} cancelled")
    assert cancelled["X-Request-ID"] == ID
    eventually(lambda: {line[:2] for line in logged(platform)} >= EFFECTS)
    assert len({trace_id for *_, trace_id in logged(platform)}) == 1


def name_of(person: Person) -> str:
    return str(person.read("/api/users/me")["display_name"])


def email_cancellations_to(person: Person) -> None:
    agreed(person.put("/api/notifications/preferences", {"email": {"session_cancelled": True}}))


def logged(platform: EphemeralPlatform) -> Iterator[tuple[str, str, str]]:
    """Program, message and trace of each line that names the request, in all logs."""
    for log in platform.layout.log("any").parent.glob("*.log"):
        for line in log.read_text().splitlines():
            if ID in line:
                fields = json.loads(line)
                yield log.stem, fields["message"], fields["trace_id"]
