"""What the gateway adds to the services' documents: its own operations and problems, and live events."""

from collections.abc import Iterable, Mapping
from copy import deepcopy

from chassis.errors import InvalidToken, TooManyRequests, Unavailable
from chassis.web.openapi_examples import RUTH, SCHEMAS
from chassis.web.strict_requests import BodyTooLarge
from gateway import views
from gateway.errors import (
    AddressTooLong,
    AmbiguousAddress,
    BadGateway,
    BodyTooSlow,
    GatewayTimeout,
    HeadersTooLarge,
    HeadersTooSlow,
    TokenOutdated,
    TokenRevoked,
    TooManyAtOnce,
)
from gateway.examples import SESSION
from gateway.merging import METHODS, Document, operations
from gateway.refusals import add_problems, add_titles
from gateway.routes import Access, LiveRoute, Route
from gateway.views.sign_ins import TOKENS

EVERYWHERE = (
    AmbiguousAddress,
    AddressTooLong,
    HeadersTooLarge,
    HeadersTooSlow,
    TooManyRequests,
    TooManyAtOnce,
)
PASSED_ON = (*EVERYWHERE, BadGateway, Unavailable, GatewayTimeout)
WITH_BODY = (BodyTooSlow, BodyTooLarge)
WITH_TOKEN = (InvalidToken, TokenOutdated, TokenRevoked)
WEB = "/web/"
WEB_SCHEMA = "Browser"  # begins the names of schemas without tokens
WEB_TAG = "web"
WEB_DESCRIPTION = "For the web client alone. Other clients have the same under `/api/auth`."
ROOM = f"study-session:{SESSION}"
NAMES = {"type": "array", "items": {"type": "string"}}
# What a stream of several rooms says of itself.
SEVERAL: Document = {
    "RoomsEvent": {
        "type": "object",
        "description": "The `data` of `event: rooms`, the first on a stream of several rooms.",
        "required": ["rooms"],
        "properties": {
            "rooms": {
                **NAMES,
                "description": "The rooms on this stream.",
                "example": [f"user:{RUTH}", ROOM],
            },
            "degraded": {
                **NAMES,
                "description": "Services that did not answer: their rooms are missing.",
                "example": ["havruta-service"],
            },
        },
    },
    "RoomEndEvent": {
        "type": "object",
        "description": "The `data` of `event: room_end`, the last of a room while the others go on.",
        "required": ["room", "reason"],
        "properties": {
            "room": {"type": "string", "example": ROOM},
            "reason": {"type": "string", "enum": ["not_allowed"], "example": "not_allowed"},
        },
    },
}
EVENT = {"seq": 17, "occurred_at": "2030-03-05T17:04:12Z"}


def gateway_document() -> Document:
    """The operations that the gateway answers by itself."""
    document = views.document()
    # The services' documents already say how to sign in.
    document["components"] = {"schemas": document["components"]["schemas"]}
    for path, item in document["paths"].items():
        if path.startswith(WEB):
            _put_apart(item)
    document["tags"].append({"name": WEB_TAG, "description": WEB_DESCRIPTION})
    for operation in operations(document):
        add_problems(operation, EVERYWHERE)
        if operation["security"]:
            add_problems(operation, WITH_TOKEN)
    return document


def _put_apart(item: Document) -> None:
    """Tag the operations of a path as those of the web client."""
    for method in METHODS & item.keys():
        item[method]["tags"] = [WEB_TAG]


def add_passed_on(operation: Document, route: Route) -> None:
    """Name the problems that the gateway may answer instead of the route's service."""
    add_problems(operation, PASSED_ON)
    if "requestBody" in operation:
        add_problems(operation, WITH_BODY)
    if route.access is not Access.PUBLIC:
        add_problems(operation, WITH_TOKEN)


def describe_events(
    stream: Document, route: LiveRoute, told: Mapping[str, Document], schemas: Document
) -> None:
    """Describe the events on the stream of a kind of room, in schemas that are added to the others.

    `told` has the schema and an example of the data of each type of event.
    """
    references: dict[str, str] = {}
    for type_, data in told.items():
        name = f"{route.event_prefix}{_title(type_)}Event"
        # `ended` of a havruta session reads like `session_ended` of a havruta.
        if name in schemas:
            name = f"{route.event_prefix}Room{_title(type_)}Event"
        schemas[name] = _event(type_, data["schema"])
        references[type_] = f"{SCHEMAS}{name}"
    if references:
        content = _content_of(stream)
        content["schema"] = {
            "oneOf": [{"$ref": reference} for reference in references.values()],
            "discriminator": {"propertyName": "type", "mapping": references},
        }
        type_, data = next(iter(told.items()))
        content["example"] = {**EVENT, "type": type_, "data": data["example"]}


def describe_sign_in(operation: Document, like: Document, schemas: Document) -> None:
    """Describe an operation that moves tokens into cookies by the one that answers them.

    The schemas without tokens are added to the others.
    """
    if "requestBody" in operation:
        operation["requestBody"] = _without_tokens(like["requestBody"], schemas)
    for status, answer in like["responses"].items():
        if named := answer.get("x-problems"):
            titles = {problem["code"]: problem["title"] for problem in named}
            add_titles(operation, {status: titles})
        elif status in operation["responses"]:
            operation["responses"][status] = _without_tokens(answer, schemas)


def _without_tokens(part: Document, schemas: Document) -> Document:
    """A body or an answer without its tokens."""
    left = deepcopy(part)
    content = left["content"]["application/json"]
    content["example"] = _less_tokens(content["example"])
    name = content["schema"]["$ref"].removeprefix(SCHEMAS)
    schema = schemas[name]
    if TOKENS & schema["properties"].keys():
        content["schema"] = {"$ref": f"{SCHEMAS}{WEB_SCHEMA}{name}"}
        schemas[f"{WEB_SCHEMA}{name}"] = {
            **schema,
            "properties": _less_tokens(schema["properties"]),
            "required": [field for field in schema["required"] if field not in TOKENS],
        }
    return left


def _less_tokens(fields: Document) -> Document:
    return {name: value for name, value in fields.items() if name not in TOKENS}


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
            "room": {
                "type": "string",
                "description": "Which room it is of; on a stream of several rooms alone.",
                "example": ROOM,
            },
        },
    }


def describe_several(stream: Document, others: Iterable[Document], schemas: Document) -> None:
    """Describe what comes over the stream of a person that carries rooms of `others`, too."""
    schemas |= SEVERAL
    every = [stream, *others]
    # Two kinds of rooms may have a type of event in common, so the type alone does not tell the schema.
    told = [variant["$ref"] for each in every for variant in _content_of(each)["schema"]["oneOf"]]
    own = [f"{SCHEMAS}{name}" for name in SEVERAL]
    references = dict.fromkeys([*told, *own])
    _content_of(stream)["schema"] = {"anyOf": [{"$ref": reference} for reference in references]}


def _content_of(stream: Document) -> Document:
    content: Document = stream["responses"]["200"]["content"]["text/event-stream"]
    return content


def _title(snake: str) -> str:
    return snake.title().replace("_", "")
