"""Puts one answer together from parts. All services are asked at once; one that fails is missed alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from flask import Response, current_app, request
from marshmallow import ValidationError

from chassis.auth.service_tokens import ServiceIdentity
from chassis.errors import NotFound, Problem, Unavailable
from chassis.web.problems import instance_of
from gateway.edge.profiles import ProfileCache
from gateway.errors import BadGateway
from gateway.people import Known, fill, holders_in
from gateway.routes import PEOPLE, USER
from gateway.shapes import Shape, take
from gateway.upstream import Answer, Question, Upstream, ask

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
        # Even a slash is escaped: what a person writes must not become part of the address.
        escaped = {name: quote(value, safe="") for name, value in values.items()}
        asked = {part.name: self._question(part, escaped, token, deadline) for part in parts}
        ask(*asked.values())
        found: dict[str, Any] = {}
        degraded: list[str] = []
        for part in parts:
            outcome = outcome_of(part, asked[part.name])
            if isinstance(outcome, Problem):
                give_up(part, outcome)
                degraded.append(part.service)
                outcome = None
            found[part.name] = outcome
        if len(degraded) == len(parts):
            raise Unavailable("none of the services for this answers just now")
        return Aggregate(found, sorted(set(degraded)))

    def send(
        self, service: str, target: str, document: Mapping[str, Any], *, deadline: float, token: str
    ) -> Answer:
        """What the internal listener of a service answers to a document, on behalf of this person."""
        question = self._internal[service].question(
            target,
            self._identity.token_for(service),
            token,
            deadline=deadline,
            body=orjson.dumps(document),
        )
        ask(question)
        return question.result()

    def name_people(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with names next to the ids of people; a user-service that just failed is not asked."""
        degraded = document.get("degraded", ())
        holders = list(holders_in(document, PEOPLE))
        known: Known = {}
        if USER not in degraded and holders:
            ids = [user_id for _, _, user_ids in holders for user_id in user_ids]
            known, answered = self._profiles.wait_for(ids)
            if not answered:
                document["degraded"] = sorted({*degraded, USER})
        fill(holders, known)
        return document

    def _question(
        self, part: Part, escaped: Mapping[str, str], token: str | None, deadline: float
    ) -> Question:
        target = part.target.format_map(escaped)
        if part.target.startswith(INTERNAL):
            own = self._identity.token_for(part.service)
            upstream = self._internal[part.service]
            return upstream.question(target, own, token, deadline=deadline)
        upstream = self._services[part.service]
        return upstream.question(target, token, deadline=deadline)


def outcome_of(part: Part, asked: Question) -> Any:
    """The part, or the problem that kept it away."""
    try:
        return take(part.shape, asked.json())
    except Problem as problem:
        return problem
    except ValidationError:
        return BadGateway(f"{part.service} gave an answer of another form")


def give_up(part: Part, problem: Problem) -> None:
    """Note that the part failed; raise if there is no view without it."""
    log.warning("part_failed", part=part.name, upstream=part.service, reason=problem.code)
    if not part.required:
        return
    if isinstance(problem, NotFound):
        raise problem
    raise Unavailable(f"{part.service} does not answer just now, and is needed for this")


def passed_on(refusal: Answer, service: str) -> Response:
    """What a service refuses, as the answer to the request of the client, who knows nothing of ours."""
    try:
        problem = orjson.loads(refusal.body)
        problem["instance"] = instance_of(request.path)
    except (ValueError, TypeError):
        raise BadGateway(f"{service} answered {refusal.status} with something else") from None
    response = refusal.response(orjson.dumps(problem))
    response.content_type = "application/problem+json"
    return response


def answer(document: dict[str, Any]) -> Response:
    """The document as `jsonify` would write it."""
    body = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
    return Response(body, mimetype="application/json")


def aggregator() -> Aggregator:
    """The aggregator of the present application."""
    found: Aggregator = current_app.extensions["aggregator"]
    return found
