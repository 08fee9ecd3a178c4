"""Health: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from collections.abc import Callable

from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from chassis.auth.authorization import internal
from chassis.data.reading import only_reads

Check = Callable[[], str]
"""Says `ok`, `degraded` or `failed`."""


def install(app: Flask, service: str, checks: dict[str, Check]) -> None:
    """Serve health; ready means that no check says `failed`."""

    @app.get("/healthz")
    @only_reads()
    def healthz() -> Response:
        return jsonify(status="ok", service=service)

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        results = {name: check() for name, check in checks.items()}
        if "failed" in results.values():
            return jsonify(status="unavailable", checks=results), 503
        return jsonify(status="ready", checks=results)

    @app.get("/internal/status")
    @internal
    def status() -> Response:
        return jsonify(service=service, checks={name: check() for name, check in checks.items()})
