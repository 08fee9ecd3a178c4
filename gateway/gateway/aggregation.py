"""Puts one answer together from parts. All services are asked at once; one that fails is missed alone."""

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
    # `{name}` stands for a value of the request. Under /internal/ the gateway asks with its own token.
    target: str
    shape: Shape
    required: bool = False  # without a required part there is no view at all
    most: int = MAX_ANSWER


@dataclass(frozen=True)
class Aggregate:
    """The parts by name, None where one failed, and the services whose parts those are."""

    parts: dict[str, Any]
    degraded: list[str]

    def document(self, **more: Any) -> dict[str, Any]:
        """The parts with further fields, marked `degraded` if a part is missing."""
        document = {**more, **self.parts}
        if self.degraded:
            document["degraded"] = self.degraded
        return document


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
        """All parts, asked for at once, within `deadline` in seconds.

        `Unavailable` if a required part failed, or every part; `NotFound` if a required part does not exist.
        """
        with abort_on_disconnect(request.environ.get("gunicorn.socket")):
            outcomes = self._ask_all(parts, values, token, deadline)
        found: dict[str, Any] = {}
        degraded: list[str] = []
        for part in parts:
            outcome = outcomes[part.name]
            if isinstance(outcome, Problem):
                give_up(part, outcome)
                degraded.append(part.service)
                outcome = None
            found[part.name] = outcome
        if len(degraded) == len(parts):
            raise Unavailable("none of the services for this answers just now")
        return Aggregate(found, sorted(set(degraded)))

    def name_people(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with names next to the ids of people; a user-service that just failed is not asked."""
        degraded = document.get("degraded", ())
        if USER not in degraded and not name_people(document, PEOPLE, self._profiles):
            document["degraded"] = sorted({*degraded, USER})
        return document

    def _ask_all(
        self, parts: Sequence[Part], values: Mapping[str, str], token: str | None, deadline: float
    ) -> dict[str, Any]:
        # Each greenlet has a copy of our context, so that each question carries the request's id and trace.
        asked = {
            p.name: gevent.spawn(copy_context().run, self._ask, p, values, token, deadline)
            for p in parts
        }
        try:
            return {name: answer.get() for name, answer in asked.items()}
        finally:
            # When the client has hung up, the answers are of no use any more.
            gevent.killall(list(asked.values()), block=False)

    def _ask(
        self, part: Part, values: Mapping[str, str], token: str | None, deadline: float
    ) -> Any:
        """The part, or the problem that kept it away."""
        credentials: tuple[str | None, str | None]
        if part.target.startswith(INTERNAL):
            upstream = self._internal[part.service]
            credentials = (self._identity.token_for(part.service), token)
        else:
            upstream = self._services[part.service]
            credentials = (token, None)
        # Even a slash is escaped: what a person writes must not become part of the address.
        target = part.target.format_map(
            {name: quote(value, safe="") for name, value in values.items()}
        )
        try:
            found = upstream.fetch(target, *credentials, deadline=deadline, most=part.most)
            return part.shape.load(found)
        except Problem as problem:
            return problem
        except (ValidationError, TypeError):
            return BadGateway(f"{part.service} gave an answer of another form")


def give_up(part: Part, problem: Problem) -> None:
    """Note that the part failed; raise if there is no view without it."""
    log.warning("part_failed", part=part.name, upstream=part.service, reason=problem.code)
    if not part.required:
        return
    if isinstance(problem, NotFound):
        raise problem
    raise Unavailable(f"{part.service} does not answer just now, and is needed for this")


def aggregator() -> Aggregator:
    """The aggregator of the present application."""
    found: Aggregator = current_app.extensions["aggregator"]
    return found
