"""Health: `/healthz` says that the process answers, `/readyz` whether it can work, and which build it is."""

from collections.abc import Callable
from dataclasses import asdict

from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from chassis.auth.authorization import internal
from chassis.data.reading import only_reads
from chassis.telemetry.build import build_of

Check = Callable[[], str]
"""Says `ok`, `degraded` or `failed`."""


def install(app: Flask, service: str, checks: dict[str, Check]) -> None:
    """Serve health; ready means that no check says `failed`."""
    build = asdict(build_of(service))

    @app.get("/healthz")
    @only_reads()
    def healthz() -> Response:
        return jsonify(status="ok", service=service)

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        results = {name: check() for name, check in checks.items()}
        if "failed" in results.values():
            return jsonify(status="unavailable", checks=results, **build), 503
        return jsonify(status="ready", checks=results, **build)

    @app.get("/internal/status")
    @internal
    def status() -> Response:
        results = {name: check() for name, check in checks.items()}
        return jsonify(service=service, checks=results, **build)
