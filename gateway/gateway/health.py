"""Health: `/healthz` says that the gateway answers, `/readyz` tells the state of each service behind it."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from cachetools import TTLCache, cached
from flask import Flask, current_app, request
from marshmallow import fields
from prometheus_client import Gauge

from chassis.auth.authorization import public
from chassis.auth.service_tokens import ServiceIdentity
from chassis.errors import Problem
from chassis.json_schema import MAP, an_object
from chassis.web.fields import Answer, Choice
from chassis.web.rest import Blueprint
from gateway.upstream import Question, Upstream, ask

STATUS = "/internal/status"
DEADLINE = 1.0  # seconds for all services together
MEMORY = 1.0  # seconds: asking the gateway often does not mean asking the services often

blueprint = Blueprint("health")


class Grade(StrEnum):
    """The state of a service; the worst last."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


GRADES = list(Grade)
USABLE = {Grade.OK, Grade.DEGRADED}

STATE = an_object(checks=MAP)  # what is read of a service's answer

READY = Gauge(
    "service_ready",
    "Whether a service can be used: 1, or 0.",
    ["service"],
    multiprocess_mode="mostrecent",
)


class Summary(StrEnum):
    """The state of the platform."""

    READY = "ready"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class Health(Answer):
    """The gateway answers."""

    status = Choice(Grade, required=True, metadata={"example": "ok"})
    service = fields.String(required=True, metadata={"example": "gateway"})


class Readiness(Answer):
    """The state of the platform, and of each service."""

    status = Choice(Summary, required=True, metadata={"example": "ready"})
    checks = fields.Dict(
        keys=fields.String(),
        values=Choice(Grade),
        required=True,
        metadata={"example": {"user-service": "ok"}},
    )


def install(app: Flask, identity: ServiceIdentity, internal: Mapping[str, Upstream]) -> None:
    """Have the services asked for their state, at their internal listeners, for `/readyz` and `/metrics`."""

    @cached(TTLCache(maxsize=1, ttl=MEMORY))
    def grades() -> dict[str, Grade]:
        asked = {
            name: upstream.question(STATUS, identity.token_for(name), deadline=DEADLINE)
            for name, upstream in internal.items()
        }
        ask(*asked.values())
        return {name: grade_of(answer) for name, answer in asked.items()}

    app.extensions["grades"] = grades

    @app.before_request
    def show_grades() -> None:
        if request.path == "/metrics":
            for name, grade in grades().items():
                READY.labels(name).set(grade in USABLE)


@blueprint.get("/healthz", "get_health")
@public
@blueprint.response(200, Health)
def get_health() -> dict[str, str]:
    """Check that the gateway answers."""
    return {"status": Grade.OK, "service": "gateway"}


@blueprint.get("/readyz", "get_readiness")
@public
@blueprint.response(200, Readiness)
@blueprint.alt_response(503, schema=Readiness, description="No service can be used.")
def get_readiness() -> tuple[dict[str, object], int]:
    """Check how each service is."""
    grades: Callable[[], dict[str, Grade]] = current_app.extensions["grades"]
    found = grades()
    status = summary(found)
    answer: dict[str, object] = {"status": status, "checks": found}
    return answer, 503 if status == Summary.UNAVAILABLE else 200


def grade_of(asked: Question) -> Grade:
    """The worst of a service's own checks; `unreachable` if it does not answer."""
    try:
        status = asked.json()
        # An unknown word is no good sign: index raises, and the service counts as unreachable.
        return GRADES[max(map(GRADES.index, status["checks"].values()), default=0)]
    except (Problem, AttributeError, KeyError, TypeError, ValueError):
        return Grade.UNREACHABLE


def summary(grades: Mapping[str, Grade]) -> Summary:
    """The gateway is of use as long as one service is; it is `ready` when all are."""
    usable = [grade for grade in grades.values() if grade in USABLE]
    if not usable:
        return Summary.UNAVAILABLE
    if len(usable) < len(grades):
        return Summary.DEGRADED
    return Summary.READY
