"""The platform's OpenAPI document: the services' own, as clients see them through the gateway."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Set
from copy import deepcopy
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog

from chassis.errors import Problem
from gateway.examples import PEOPLE as EXAMPLE_PEOPLE
from gateway.files import File
from gateway.gateway_openapi import (
    add_passed_on,
    describe_events,
    describe_several,
    describe_sign_in,
    gateway_document,
)
from gateway.merging import METHODS, Collision, Document, merge, references
from gateway.people import fill, holders_in
from gateway.problem_types import Types, problem_types
from gateway.refusals import share_refusals
from gateway.routes import LIVE, PEOPLE, PERSON, USER, LiveRoute, Names, People, Roster, route_of
from gateway.upstream import Question, Upstream, ask
from gateway.views.sign_ins import LIKE, BrowserSignIn

DEADLINE = 2.0  # seconds for all services together
FRESH = 60  # seconds for which a complete document is used without asking again
STALE = 5  # seconds for which one is used that lacks a service

log = structlog.get_logger(__name__)

INFO = {
    "title": "Lyceum",
    "version": version("gateway"),
    "description": (Path(__file__).parent / "assets" / "api.md").read_text(),
    "contact": {"name": "The operator of this platform"},
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
}
# The gateway's own answers that have names next to ids.
NAMED = ("/api/dashboard", "/api/search")
NAME = {
    "type": ["string", "null"],
    "description": "From the profile of the person; null if there is none, or while it cannot be had.",
}
DEGRADED = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Services that did not answer: what they would have added is missing.",
}


class Documents:
    """The services' documents, each as it was last seen."""

    def __init__(
        self, services: Mapping[str, Upstream], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = services
        self._clock = clock
        self._seen: dict[str, Document] = {}
        self._published: Document = {}
        self._problem_types: Types = {}
        self._file: File | None = None
        self._until = float("-inf")
        self._lock = threading.Lock()

    def published(self) -> Document:
        """The platform's document. `x-degraded` names services that are in it only as last seen."""
        with self._lock:
            self._keep_up()
            return self._published

    def file(self) -> File:
        """The platform's document as it is sent."""
        with self._lock:
            self._keep_up()
            if self._file is None:
                content = json.dumps(self._published, ensure_ascii=False, separators=(",", ":"))
                self._file = File(content.encode(), "application/json")
            return self._file

    def problem_types(self) -> Types:
        """What the types of problems stand for, by the last segment of their addresses."""
        with self._lock:
            self._keep_up()
            return self._problem_types

    def _keep_up(self) -> None:
        if self._clock() < self._until:
            return
        missing = self._refresh()
        try:
            document = publish(self._seen)
        except Collision as collision:
            # Two deployed services claim the same name. The last document stays until one of them changes.
            log.error("documents_collide", reason=str(collision))
            document, missing = self._published or publish({}), sorted(self._services)
        if missing:
            document = {**document, "x-degraded": missing}
        if document != self._published:
            self._file = None
        self._published = document
        self._problem_types = problem_types(document)
        self._until = self._clock() + (STALE if missing else FRESH)

    def _refresh(self) -> list[str]:
        """Ask all services at once, and return the names of those that did not answer."""
        asked = {
            name: upstream.question("/openapi.json", deadline=DEADLINE)
            for name, upstream in self._services.items()
        }
        ask(*asked.values())
        missing: list[str] = []
        for name, answer in asked.items():
            document = _document_in(name, answer)
            if document:
                self._seen[name] = document
            else:
                missing.append(name)
        return missing


def _document_in(service: str, asked: Question) -> Document | None:
    try:
        document = asked.json()
    except Problem as problem:
        log.warning("document_not_fetched", upstream=service, reason=problem.code)
        return None
    if isinstance(document, dict) and "openapi" in document:
        return document
    return None


def publish(documents: Mapping[str, Document]) -> Document:
    """One document of what clients can reach, with what the gateway adds."""
    own = gateway_document()
    for path in NAMED:
        _add_people(own["paths"][path]["get"], PEOPLE, own["components"]["schemas"])
    seen_outside = {
        service: as_seen_outside(service, document) for service, document in documents.items()
    }
    for live in LIVE:
        if live.service in seen_outside:
            _hand_over(own["paths"].pop(live.document_path), live, seen_outside[live.service])
    if USER in seen_outside:
        _hand_over_sign_ins(own, seen_outside[USER])
    merged = merge({"gateway": own, **seen_outside})
    _describe_several(merged)
    share_refusals(merged)
    return {"openapi": "3.1.0", "info": INFO, "servers": [{"url": "/"}], **merged}


def as_seen_outside(service: str, document: Document) -> Document:
    """A service's document, less what the gateway does not route to it, plus what the gateway adds."""
    document = deepcopy(document)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    reachable = {}
    for path, item in document.get("paths", {}).items():
        route = route_of(path)
        if route and route.service == service:
            reachable[path] = item
            for operation in (item[method] for method in METHODS & item.keys()):
                add_passed_on(operation, route)
                _add_people(operation, route.people, schemas)
    return {**document, "paths": reachable}


def _hand_over(item: Document, live: LiveRoute, document: Document) -> None:
    """Move the stream of a kind of room, which the gateway serves, to the service that owns such rooms."""
    stream, schemas = item["get"], document["components"]["schemas"]
    events = document.get("x-live-events", {}).get(live.kind, {})
    fill(holders_in([event["example"] for event in events.values()], PEOPLE), EXAMPLE_PEOPLE)
    describe_events(stream, live, events, schemas)
    stream["tags"] = [tag["name"] for tag in document.get("tags", [])] or stream["tags"]
    _add_people(stream, PEOPLE, schemas)
    document["paths"][live.document_path] = item


def _hand_over_sign_ins(own: Document, document: Document) -> None:
    """Move the sign-ins of browsers to the service that owns sign-ins, whose answers they describe."""
    paths, schemas = document["paths"], document["components"]["schemas"]
    for path, like in LIKE.items():
        if "post" in paths.get(like, ()):
            describe_sign_in(own["paths"][path]["post"], paths[like]["post"], schemas)
            paths[path] = own["paths"].pop(path)
    if BrowserSignIn.__name__ not in _schemas_in(own["paths"]):
        # It stood for the bodies that are described now.
        own["components"]["schemas"].pop(BrowserSignIn.__name__)


def _describe_several(merged: Document) -> None:
    """Say what the stream of a person may carry, of the services whose documents are there."""
    streams = [merged["paths"][live.document_path]["get"] for live in LIVE]
    described = [stream for stream in streams if _is_described(stream)]
    if described and described[0] is streams[0]:
        describe_several(described[0], described[1:], merged["components"]["schemas"])


def _is_described(stream: Document) -> bool:
    return "oneOf" in stream["responses"]["200"]["content"]["text/event-stream"]["schema"]


def _add_people(operation: Document, people: People, schemas: Document) -> None:
    """Put names next to the ids of people in the examples and schemas of successful answers."""
    responses = operation["responses"].items()
    successes = [answer for status, answer in responses if status.startswith("2")]
    fill(holders_in(_examples_in(successes), people), EXAMPLE_PEOPLE)
    # In one order, so that every process publishes the same document.
    for answered in sorted(_schemas_in(successes)):
        named = False
        for name in sorted(_all_schemas_in(answered, schemas)):
            properties = schemas[name].get("properties", {})
            for field in sorted(people.keys() & properties.keys()):
                properties |= _next_to(people[field])
                named = True
        if named and not answered.endswith("Event"):
            schemas[answered]["properties"]["degraded"] = DEGRADED


def _next_to(names: Names | Roster) -> Document:
    """The properties next to an id, or next to a list of ids."""
    if isinstance(names, Roster):
        person = {"id": {"type": "string", "format": "uuid"}, **_next_to(PERSON)}
        return {names.field: {"type": "array", "items": {"type": "object", "properties": person}}}
    return dict.fromkeys((names.username, names.display_name, names.avatar_url), NAME)


def _examples_in(answers: list[Document]) -> list[Any]:
    examples: list[Any] = []
    for answer in answers:
        contents = answer.get("content", {}).values()
        examples += [content["example"] for content in contents if "example" in content]
    return examples


def _schemas_in(part: Any) -> Set[str]:
    return {name for section, name in references(part) if section == "schemas"}


def _all_schemas_in(start: str, schemas: Document) -> Set[str]:
    """The schema of this name, and all that it refers to, directly or not."""
    found: set[str] = set()
    pending = {start}
    while pending:
        name = pending.pop()
        if name in schemas and name not in found:
            found.add(name)
            pending |= _schemas_in(schemas[name])
    return found
