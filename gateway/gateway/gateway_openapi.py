"""What the gateway adds to the documents of the services: its own operations, problems and names of people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chassis.errors import InvalidToken, Problem, TooManyRequests, Unavailable
from chassis.web.openapi_examples import SCHEMAS
from chassis.web.rest import PROBLEM_TYPE, described
from gateway import views
from gateway.errors import (
    AddressTooLong,
    AmbiguousAddress,
    BadGateway,
    BodyTooLarge,
    BodyTooSlow,
    GatewayTimeout,
    HeadersTooLarge,
    TokenRevoked,
)
from gateway.merging import Document, operations
from gateway.routes import Access, LiveRoute, Route

PROBLEM = {PROBLEM_TYPE: {"schema": {"$ref": f"{SCHEMAS}ProblemDocument"}}}
EVERYWHERE = (AmbiguousAddress, AddressTooLong, HeadersTooLarge, TooManyRequests)
PASSED_ON = (*EVERYWHERE, BadGateway, Unavailable, GatewayTimeout)
WITH_BODY = (BodyTooSlow, BodyTooLarge)
WITH_TOKEN = (InvalidToken, TokenRevoked)


def gateway_document() -> Document:
    """The operations that the gateway answers by itself."""
    document = views.document()
    # How to sign in is the services' to say: all say the same.
    document["components"] = {"schemas": document["components"]["schemas"]}
    for operation in operations(document):
        add_problems(operation, EVERYWHERE)
        if operation["security"]:
            add_problems(operation, WITH_TOKEN)
    return document


def add_passed_on(operation: Document, route: Route) -> None:
    """What the gateway may answer in the stead of the route's service."""
    add_problems(operation, PASSED_ON)
    if "requestBody" in operation:
        add_problems(operation, WITH_BODY)
    if route.access is not Access.PUBLIC:
        add_problems(operation, WITH_TOKEN)


def add_problems(operation: Document, problems: Iterable[type[Problem]]) -> None:
    """Name more problems in the answers of an operation."""
    added: dict[str, dict[str, str]] = defaultdict(dict)
    for problem in problems:
        added[str(problem.status)][problem.code] = problem.title()
    responses = operation.setdefault("responses", {})
    for status, titles in added.items():
        answer = responses.setdefault(status, {"x-problems": [], "content": PROBLEM})
        if "x-problems" in answer:
            known = {named["code"]: named["title"] for named in answer["x-problems"]}
            responses[status] = {**answer, **described({**titles, **known})}
    operation["responses"] = dict(sorted(responses.items()))


def describe_events(
    stream: Document, route: LiveRoute, told: Mapping[str, Document], schemas: Document
) -> None:
    """Say what comes on the stream of a kind of room, in schemas that are added to the others.

    `told` has the schema of the data of each type of event.
    """
    names = {type_: f"{route.event_prefix}{_title(type_)}Event" for type_ in told}
    schemas |= {names[type_]: _event(type_, data) for type_, data in told.items()}
    if names:
        references = {type_: f"{SCHEMAS}{name}" for type_, name in names.items()}
        stream["responses"]["200"]["content"]["text/event-stream"]["schema"] = {
            "oneOf": [{"$ref": reference} for reference in references.values()],
            "discriminator": {"propertyName": "type", "mapping": references},
        }


def _event(type_: str, data: Document) -> Document:
    return {
        "type": "object",
        "description": "The `data` of a Server-Sent Event, as JSON.",
        "required": ["type", "seq", "occurred_at", "data"],
        "properties": {
            "type": {"type": "string", "const": type_},
            "seq": {"type": "integer", "description": "The `id` of the event in its room."},
            "occurred_at": {"type": "string", "format": "date-time"},
            "data": data,
        },
    }


def _title(snake: str) -> str:
    return snake.title().replace("_", "")
