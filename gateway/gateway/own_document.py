"""The part of the OpenAPI document that describes what the gateway answers by itself."""

import re
from collections.abc import Mapping

from chassis.web.openapi_examples import add_examples
from chassis.web.rest import PROBLEM_TYPE
from gateway import views
from gateway.examples import EVENTS, EXAMPLES, SESSION
from gateway.merging import Document, operations
from gateway.routes import LIVE, SERVICES, LiveRoute
from gateway.tickets import LIFETIME

# What the gateway may answer in a service's stead.
ANSWERS = {
    "AmbiguousAddress": "`ambiguous_address`: The address can be read in more than one way",
    "AddressTooLong": "`uri_too_long`: The address is longer than 4,094 characters",
    "HeadersTooLarge": "`request_header_fields_too_large`: The headers are too many or too long",
    "InvalidToken": "`invalid_token`, `token_revoked`: The access token is not valid",
    "BodyTooSlow": "`body_too_slow`: The body did not arrive in time",
    "BodyTooLarge": "`body_too_large`: The body is larger than this operation takes",
    "BadGateway": "`bad_gateway`: A service gave no usable answer",
    "Unavailable": "`unavailable`: The service cannot answer just now; try again",
    "GatewayTimeout": "`gateway_timeout`: A service did not answer in time",
    "MayNotWatch": "`forbidden`: You may not watch this room",
    "NoSuchRoom": "`not_found`: There is no such room, or not for you",
    "WrongParameter": "`invalid`: A parameter is not valid",
    "TooManyRequests": "`too_many_requests`: Too many requests; try again later",
    "TooManyStreams": "`too_many_streams`, `too_many_requests`: You have too many streams open, or open them too often",
}
STREAM = (
    "Server-Sent Events. Each has an `id` that grows by one; a client that comes back with the last one it saw, in "
    "`Last-Event-ID` or `last_event_id`, misses nothing of the last thousand. `event: reset` means that its place is "
    "gone: read the room anew. `event: end` says why the stream ends. A comment comes every 15 seconds."
)
TEXT = {"type": "string"}
TICKET = "Vb1nJ0y6mXcQ2sTzR8kWd5hLfPgA9eUoRiK4tM7qYwE"
CHECKS = dict.fromkeys(SERVICES, "ok")
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
PARAMETER = re.compile(r"<(uuid|int):(\w+)>")
KINDS = {
    "uuid": {"type": "string", "format": "uuid", "example": SESSION},
    "int": {"type": "integer", "minimum": 0, "example": 5},
}
RESUMING = [
    {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The last event that was seen.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
        "example": "17",
    },
    {
        "name": "last_event_id",
        "in": "query",
        "description": "The same, where no header can be sent.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"},
        "example": "17",
    },
    {
        "name": "ticket",
        "in": "query",
        "description": "In place of a token; good for one stream.",
        "schema": TEXT,
        "example": TICKET,
    },
]


def own_document() -> Document:
    """Health, tickets, streams and views, and the answers that any operation may get from the gateway."""
    pages = views.document()
    problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    answers = {name: {"description": text, "content": problem} for name, text in ANSWERS.items()}
    alive = _object(
        status={"type": "string", "example": "ok"}, service={"type": "string", "example": "gateway"}
    )
    states = _object(
        status={"type": "string", "example": "ready"}, checks={"type": "object", "example": CHECKS}
    )
    document = {
        "tags": [
            *pages["tags"],
        ],
        "components": {"schemas": pages["components"]["schemas"], "responses": answers},
        "paths": {
            "/healthz": {
                "get": _health("get_health", "Check that the gateway answers.", {"200": alive})
            },
            "/readyz": {
                "get": _health(
                    "get_readiness", "Check how each service is.", {"200": states, "503": states}
                )
            },
            "/api/events/tickets": {"post": _ticket()},
            **_answered_by_us(pages["paths"]),
            **{PARAMETER.sub(r"{\2}", route.path): {"get": _stream(route)} for route in LIVE},
        },
    }
    return add_examples(document, EXAMPLES)


def _answered_by_us(paths: Document) -> Document:
    """The views, with what any operation may answer before its own work begins."""
    for operation in operations({"paths": paths}):
        added = {"400": "AmbiguousAddress", "429": "TooManyRequests"}
        added |= {"401": "InvalidToken"} if operation["security"] else {}
        operation["responses"] = dict(sorted({**operation["responses"], **_refer(added)}.items()))
    return paths


def _health(name: str, summary: str, answers: Mapping[str, Document]) -> Document:
    responses = {
        status: {"description": summary, "content": {"application/json": {"schema": schema}}}
        for status, schema in answers.items()
    }
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["gateway"],
        "security": [],
        "responses": responses,
    }


def _ticket() -> Document:
    ticket = _object(
        ticket={"type": "string", "example": TICKET},
        expires_in={"type": "integer", "example": LIFETIME},
    )
    return {
        "operationId": "create_stream_ticket",
        "summary": "Create a ticket that opens one stream without a token, once, within half a minute.",
        "tags": ["gateway"],
        "security": BEARER,
        "responses": {
            "201": {"description": "Created", "content": {"application/json": {"schema": ticket}}},
            **_refer(
                {
                    "400": "AmbiguousAddress",
                    "401": "InvalidToken",
                    "429": "TooManyRequests",
                    "503": "Unavailable",
                }
            ),
        },
    }


def _stream(route: LiveRoute) -> Document:
    refusals = {
        "400": "AmbiguousAddress",
        "401": "InvalidToken",
        "403": "MayNotWatch",
        "404": "NoSuchRoom",
        "422": "WrongParameter",
        "429": "TooManyStreams",
        "502": "BadGateway",
        "503": "Unavailable",
        "504": "GatewayTimeout",
    }
    ids = [
        {"name": name, "in": "path", "required": True, "schema": KINDS[kind]}
        for kind, name in PARAMETER.findall(route.path)
    ]
    return {
        "operationId": f"stream_{route.kind.replace('-', '_')}_events",
        "summary": f"Stream what happens in the room of a {route.kind.replace('-', ' ')}.",
        "description": STREAM,
        "tags": [route.service.removesuffix("-service")],
        "security": [*BEARER, {}],
        "parameters": [*ids, *RESUMING],
        "responses": {
            "200": {
                "description": "The stream",
                "content": {"text/event-stream": {"schema": TEXT, "example": EVENTS}},
            },
            **_refer(refusals),
        },
    }


def _object(**properties: Document) -> Document:
    return {"type": "object", "properties": properties}


def _refer(answers: Mapping[str, str]) -> Document:
    return {status: {"$ref": f"#/components/responses/{name}"} for status, name in answers.items()}
