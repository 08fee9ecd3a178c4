"""Health: `/healthz` says that the gateway answers, `/readyz` tells the state of each service behind it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from flask import Flask, current_app, request
from marshmallow import fields
from prometheus_client import Gauge

from chassis.auth.authorization import public
from chassis.auth.service_tokens import ServiceIdentity
from chassis.telemetry.build import build_of
from chassis.web.fields import Answer, Choice
from chassis.web.rest import Blueprint
from gateway.states import USABLE, Grade, asking, running_versions
from gateway.upstream import Upstream

blueprint = Blueprint("health")

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


class RunningVersion(Answer):
    """A version that runs, and the programs that are of it."""

    version = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "1.4.0", "description": "null of a program that does not say it."},
    )
    revision = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "example": "5e3a8a0d1f0c6f7d4b1e2c9a8b7d6e5f4a3b2c1d",
            "description": "The commit that the image was built from; null if it is not known.",
        },
    )
    programs = fields.List(
        fields.String(), required=True, metadata={"example": ["gateway", "user-service"]}
    )


class Readiness(Answer):
    """The state of the platform, of each service, and which versions run."""

    status = Choice(Summary, required=True, metadata={"example": "ready"})
    checks = fields.Dict(
        keys=fields.String(),
        values=Choice(Grade),
        required=True,
        metadata={"example": {"user-service": "ok"}},
    )
    versions = fields.List(
        fields.Nested(RunningVersion),
        required=True,
        metadata={
            "description": "Of the gateway and of each service that answers: one, if all are the same."
        },
    )


def install(app: Flask, identity: ServiceIdentity, internal: Mapping[str, Upstream]) -> None:
    """Have the services asked for their state, at their internal listeners, for `/readyz` and `/metrics`."""
    states = asking(identity, internal)
    own = {"gateway": build_of("gateway")}

    def readiness() -> dict[str, Any]:
        found = states()
        grades = {name: state.grade for name, state in found.items()}
        builds = {name: state.build for name, state in found.items() if state.build}
        return {
            "status": summary(grades),
            "checks": grades,
            "versions": running_versions(own | builds),
        }

    app.extensions["readiness"] = readiness

    @app.before_request
    def show_grades() -> None:
        if request.path == "/metrics":
            for name, state in states().items():
                READY.labels(name).set(state.grade in USABLE)


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
def get_readiness() -> tuple[dict[str, Any], int]:
    """Check how each service is, and which versions run."""
    readiness: Callable[[], dict[str, Any]] = current_app.extensions["readiness"]
    answer = readiness()
    return answer, 503 if answer["status"] == Summary.UNAVAILABLE else 200


def summary(grades: Mapping[str, Grade]) -> Summary:
    """The gateway is of use as long as one service is; it is `ready` when all are."""
    usable = [grade for grade in grades.values() if grade in USABLE]
    if not usable:
        return Summary.UNAVAILABLE
    if len(usable) < len(grades):
        return Summary.DEGRADED
    return Summary.READY
