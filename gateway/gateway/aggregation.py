"""Puts one answer together from parts: all services are asked at once, and one that fails takes its
part away alone.
"""

from collections.abc import Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import gevent
import structlog
from flask import current_app, request
from marshmallow import ValidationError

from chassis.auth.service_tokens import ServiceIdentity
from chassis.errors import NotFound, Problem, Unavailable
from gateway.clients import abort_on_disconnect
from gateway.errors import BadGateway
from gateway.people import ProfileCache, name_people
from gateway.routes import PEOPLE, USER
from gateway.shapes import Shape
from gateway.upstream import MAX_ANSWER, Upstream

INTERNAL = "/internal/"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one service adds to a view."""

    name: str
    service: str
    target: str  # `{name}` stands for a value of the request; under /internal/ the gateway asks as itself
    shape: Shape
    required: bool = False  # without it there is no view at all
    most: int = MAX_ANSWER


@dataclass(frozen=True)
class Aggregate:
    """The parts by name, None where one failed, and the services whose parts those are."""

    parts: dict[str, Any]
    degraded: list[str]

    def document(self, **more: Any) -> dict[str, Any]:
        """What was gathered and what else there is to say, marked `degraded` if anything is missing."""
        return {**more, **self.parts, **({"degraded": self.degraded} if self.degraded else {})}


class Aggregator:
    """Asks the services for the parts of a view."""

    def __init__(
        self,
        services: Mapping[str, Upstream],
        internal: Mapping[str, Upstream],
        identity: ServiceIdentity,
        profiles: ProfileCache,
    ) -> None:
        self._services = services
        self._internal = internal
        self._identity = identity
        self._profiles = profiles

    def gather(
        self,
        parts: Sequence[Part],
        values: Mapping[str, str],
        *,
        deadline: float,
        token: str | None = None,
    ) -> Aggregate:
        """All parts, asked for at once and waited for no longer than `deadline` in seconds.

        `Unavailable` if a required part failed, or every one; `NotFound` if a required one is not there.
        """
        with abort_on_disconnect(request.environ.get("gunicorn.socket")):
            outcomes = self._ask_all(parts, values, token, deadline)
        failures = {
            part.name: outcomes[part.name]
            for part in parts
            if isinstance(outcomes[part.name], Problem)
        }
        missing = [part for part in parts if part.name in failures]
        for part in missing:
            log.warning(
                "part_failed",
                part=part.name,
                upstream=part.service,
                reason=failures[part.name].code,
            )
            if part.required:
                raise (
                    failures[part.name]
                    if isinstance(failures[part.name], NotFound)
                    else without(part)
                )
        if len(missing) == len(parts):
            raise Unavailable("no service that this is made of answers just now")
        found = {part.name: None if part in missing else outcomes[part.name] for part in parts}
        return Aggregate(found, sorted({part.service for part in missing}))

    def name_people(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with names beside the ids of people; it is not waited for a service that
        just failed.
        """
        if USER not in document.get("degraded", ()) and not name_people(
            document, PEOPLE, self._profiles
        ):
            document["degraded"] = sorted({*document.get("degraded", ()), USER})
        return document

    def _ask_all(
        self, parts: Sequence[Part], values: Mapping[str, str], token: str | None, deadline: float
    ) -> dict[str, Any]:
        # Each in a copy of our context: the request's id and trace go with every question.
        asked = {
            p.name: gevent.spawn(copy_context().run, self._ask, p, values, token, deadline)
            for p in parts
        }
        try:
            return {name: answer.get() for name, answer in asked.items()}
        finally:
            # When the client has hung up, nobody waits for the answers any more.
            gevent.killall(list(asked.values()), block=False)

    def _ask(
        self, part: Part, values: Mapping[str, str], token: str | None, deadline: float
    ) -> Any:
        """The part, or the problem that there was with it."""
        internal = part.target.startswith(INTERNAL)
        upstream = (self._internal if internal else self._services)[part.service]
        credentials = (self._identity.token_for(part.service), token) if internal else (token, None)
        # Even a slash is escaped: what somebody writes must not become part of the address.
        target = part.target.format_map(
            {name: quote(value, safe="") for name, value in values.items()}
        )
        try:
            found = upstream.fetch(target, *credentials, deadline=deadline, most=part.most)
            return part.shape.load(found)
        except Problem as problem:
            return problem
        except (ValidationError, TypeError):
            return BadGateway(f"{part.service} answered with something else")


def without(part: Part) -> Unavailable:
    return Unavailable(
        f"{part.service} does not answer just now, and there is nothing to say without it"
    )


def aggregator() -> Aggregator:
    """That of the present application."""
    found: Aggregator = current_app.extensions["aggregator"]
    return found
