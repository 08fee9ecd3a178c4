"""What is left of the words of people who delete their accounts: a word of its own stands in each text that
an operation takes, and all databases, both Redis and the logs are searched for it.
"""

import contextlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pytest
import requests

from dev.ephemeral import LOW_COST, EphemeralPlatform
from dev.mailbox import Receiver

from .support.example_fixtures import ExampleFixtures
from .support.leftover_personal_data import is_in, mentions
from .support.operations import Operation, operations
from .support.people import People, Person, agreed, eventually, sign_in

# What gives an account its name.
NAMING = ("register_account", "register_account_in_browser", "change_username")

pytestmark = pytest.mark.needs("databases and logs to look into")

SETTLED_WITHIN = 30.0  # seconds

# Strings in which nobody says anything: they have a form, or the platform has issued them. Their schemas tell
# which others are one of a list, an id, a time or bytes.
FORMAL = """
    assessment book client_id code current_password device_token dimension email emails end_time join_code
    key languages locale login new_password password ref refresh_token rrule session_id slug start_time ticket
    timezone token tool
"""
FORMATS = frozenset({"uuid", "date", "date-time", "base64url"})
# What the staff writes about a person goes with the account of that person.
OF_STAFF = frozenset(
    {
        "suspend_user",
        "lift_suspension",
        "accept_application",
        "decline_application",
        "decide_report",
    }
)

# What stays: the name of a course that others took, what was studied in a lesson of theirs, and for thirty
# days what events say, for a service that was away.
STAYS = {
    "create_course.title": {"table tutoring-service courses"},
    "create_course.subject": {"table tutoring-service courses"},
    "update_course.title": {"table tutoring-service courses"},
    "update_course.subject": {"table tutoring-service courses"},
    "update_tutoring_session.topics": {
        "table tutoring-service sessions",
        "table tutoring-service session_changes",
    },
    "complete_tutoring_session.topics_covered": {"table tutoring-service sessions"},
    **{
        text: {f"table {service} outbox", f"redis events:{service}"}
        for text, service in (
            ("cancel_study_session.reason", "study-session-service"),
            ("cancel_tutoring_session.reason", "tutoring-service"),
            ("decline_session_request.reason", "tutoring-service"),
            ("remove_parent.reason", "tutoring-service"),
            ("remove_participant.reason", "study-session-service"),
            ("remove_havruta_member.reason", "havruta-service"),
            ("cancel_havruta_session.reason", "havruta-service"),
            ("book_tutoring_session.location", "tutoring-service"),
            ("replace_tutoring_session.location", "tutoring-service"),
        )
    },
}
# A preview keeps nothing, and a later example needs the hour of the booking.
NOT_KEPT = {
    f"{operation}.{text}"
    for operation in ("preview_tutoring_session", "book_tutoring_session")
    for text in ("topics", "location")
} | {"create_booking.topics", "create_booking.note"}


@pytest.fixture(scope="module")
def platform(postgres_url: str, receiver: Receiver) -> Iterator[EphemeralPlatform]:
    with EphemeralPlatform(
        postgres_url, demo=True, smtp_url=receiver.url, password_cost=LOW_COST
    ) as platform:
        yield platform


class Writers:
    """People who write a word of its own into each text, and where each word was written."""

    def __init__(self, fixtures: ExampleFixtures, schemas: Mapping[str, Any]) -> None:
        self._fixtures = fixtures
        self._schemas = schemas
        self.mark = f"q{secrets.token_hex(4)}"
        self.places: list[str] = []
        self.people: dict[str, Person] = {}

    def write(self, operation: Operation) -> None:
        """Send the example of the operation, and the texts that it leaves out, with a word in each."""
        before = len(self.places)
        call = self._fixtures.call(operation)
        example = operation.example(call.values)
        described = operation.document["requestBody"]["content"]
        formal = {*FORMAL.split(), *choices_in(described, self._schemas)}
        texts = optional_texts(described["application/json"]["schema"], self._schemas)
        more = {name: text for name, text in texts.items() if name not in formal}
        body = self._marked(operation.id, {**more, **example.body}, formal)
        if len(self.places) == before:
            return
        sent = {"params": example.query, "headers": example.headers, "json": body}
        said = agreed(call.caller.request(operation.method, example.path, **sent))
        writer = call.caller
        if operation.id in NAMING:
            writer = sign_in(writer.gateway, body["username"], body["password"])
        assert isinstance(writer, Person), said
        self.people[str(writer.id)] = writer

    def found(self, platform: EphemeralPlatform) -> Mapping[str, set[str]]:
        """For each place with words that are left, the tables, keys and logs where they are."""
        left = defaultdict(set)
        for where, text in mentions(platform, self.mark):
            for number, place in enumerate(self.places):
                if is_in(text, self._word(number)):
                    left[place].add(where)
        return left

    def _word(self, number: int) -> str:
        return f"{self.mark}x{number}x"

    def _marked(self, place: str, value: Any, formal: Collection[str]) -> Any:
        if isinstance(value, dict):
            return {
                name: item if name in formal else self._marked(f"{place}.{name}", item, formal)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self._marked(place, item, formal) for item in value]
        if not isinstance(value, str):
            return value
        word = self._word(len(self.places))
        self.places.append(place)
        return f"{value}/{word}" if value.startswith("https:") else word


def optional_texts(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, str]:
    """An empty text for each field of a body that takes any text."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    texts = {}
    for name, field in schema.get("properties", {}).items():
        if "string" in field.get("type", ()):
            texts[name] = "https://example.org" if field.get("format") == "uri" else ""
    return texts


def choices_in(schema: Any, schemas: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """The names of the fields in a schema that take one of a list, an id, a time or bytes."""
    if isinstance(schema, list):
        for item in schema:
            yield from choices_in(item, schemas, name)
    if not isinstance(schema, dict):
        return
    if "enum" in schema or schema.get("format") in FORMATS:
        yield name
    if "$ref" in schema:
        yield from choices_in(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    fields = schema.get("properties", {})
    for field, described in fields.items():
        yield from choices_in(described, schemas, field)
    for key, item in schema.items():
        if key not in ("properties", "example", "examples"):
            yield from choices_in(item, schemas, name)


@pytest.fixture(scope="module")
def writers(platform: EphemeralPlatform, receiver: Receiver) -> Writers:
    gateway = platform.gateway_url
    schemas = requests.get(f"{gateway}/openapi.json", timeout=15).json()["components"]["schemas"]
    fixtures = ExampleFixtures(gateway, People(gateway), lambda: receiver)
    writers = Writers(fixtures, schemas)
    for operation in operations(gateway):
        if "requestBody" in operation.document and operation.id not in OF_STAFF:
            writers.write(operation)
    return writers


def test_nothing_is_left_but_what_belongs_to_others(
    platform: EphemeralPlatform, writers: Writers
) -> None:
    written = writers.found(platform)
    assert set(writers.places) - written.keys() <= NOT_KEPT
    for person in writers.people.values():
        person.leave()
    with contextlib.suppress(AssertionError):  # The assertion below says what is left.
        eventually(lambda: writers.found(platform) == STAYS, within=SETTLED_WITHIN)
    assert writers.found(platform) == STAYS
