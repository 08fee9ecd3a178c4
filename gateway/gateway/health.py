"""Health: `/healthz` says that the gateway answers, `/readyz` how each service behind it is."""

from collections.abc import Mapping

import gevent
from cachetools import TTLCache, cached
from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from chassis.auth.service_tokens import ServiceIdentity
from chassis.errors import Problem
from gateway.upstream import Upstream

DEADLINE = 1.0  # seconds for all services together
MEMORY = 1.0  # seconds: asking the gateway often does not mean asking the services often

GRADES = ("ok", "degraded", "failed", "unreachable")  # the worst last


def install(app: Flask, identity: ServiceIdentity, internal: Mapping[str, Upstream]) -> None:
    """Serve health. `internal` are the services' internal listeners."""

    @cached(TTLCache(maxsize=1, ttl=MEMORY))
    def states() -> dict[str, str]:
        asked = {
            name: gevent.spawn(state_of, upstream, identity.token_for(name))
            for name, upstream in internal.items()
        }
        return {name: answer.get() for name, answer in asked.items()}

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok", service="gateway")

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        found = states()
        return jsonify(status=summary(found), checks=found), 503 if summary(
            found
        ) == "unavailable" else 200


def state_of(upstream: Upstream, token: str) -> str:
    """The worst of a service's own checks; `unreachable` if it does not answer."""
    try:
        status = upstream.fetch("/internal/status", token, deadline=DEADLINE)
        # A word that we do not know is no good sign: index raises, and the service counts as
        # unreachable.
        return max(status["checks"].values(), key=GRADES.index, default="ok")
    except (Problem, AttributeError, KeyError, TypeError, ValueError):
        return "unreachable"


def summary(states: Mapping[str, str]) -> str:
    """The gateway is of use as long as one service is; it is `ready` when all are."""
    usable = [state for state in states.values() if state in {"ok", "degraded"}]
    if not usable:
        return "unavailable"
    return "ready" if len(usable) == len(states) else "degraded"
