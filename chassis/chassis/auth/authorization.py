"""Who may call an operation: each operation declares it with a decorator, or it cannot be routed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import structlog
from flask import current_app, g, request

from chassis.auth.tokens import Caller
from chassis.errors import Forbidden, Unauthorized
from chassis.telemetry import security_log

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Every caller, signed in or not; a token is not looked at."""
    return guarded_by(view, "public", lambda: None)


def optional(view: View) -> View:
    """Every caller; a token that is sent must be valid."""

    def check() -> None:
        g.caller = None
        if "Authorization" in request.headers:
            g.caller = _verified(_bearer())

    return guarded_by(view, "optional", check)


def signed_in(view: View) -> View:
    """Callers with a valid access token."""

    def check() -> None:
        g.caller = _verified(_bearer())

    return guarded_by(view, "signed-in", check)


def role(name: str) -> Callable[[View], View]:
    """Callers with a valid access token and this role."""

    def check() -> None:
        g.caller = _verified(_bearer())
        if name not in g.caller.roles:
            security_log.failed("access.denied", g.caller.id, reason=f"role:{name}")
            raise Forbidden(f"Your account does not have the role {name}.", required=name)

    return lambda view: guarded_by(view, f"role:{name}", check)


def internal(view: View) -> View:
    """Other services, with a service token; the caller's name is `g.peer`."""

    def check() -> None:
        g.peer = current_app.extensions["peers"].verify(_bearer())

    return guarded_by(view, "internal", check)


def on_behalf(view: View) -> View:
    """Other services, with a service token, for the person whose access token is the `Subject-Token`."""

    def check() -> None:
        g.peer = current_app.extensions["peers"].verify(_bearer())
        subject = request.headers.get("Subject-Token")
        if not subject:
            raise Unauthorized("Subject-Token is missing")
        g.caller = _verified(subject)

    return guarded_by(view, "internal", check)


def caller() -> Caller:
    """The person that calls, or on whose behalf another service calls."""
    return g.caller  # type: ignore[no-any-return]  # flask.g is untyped


def caller_or_none() -> Caller | None:
    """The person that calls; None for a caller that is not signed in."""
    return g.get("caller")  # type: ignore[no-any-return]  # flask.g is untyped


def access_of(view: Any) -> str | None:
    """What a view declares: public, optional, signed-in, role:<name>, internal; None if nothing."""
    return getattr(view, "_access", None)


def guarded_by(view: View, name: str, check: Callable[[], None]) -> View:
    """The view behind a check of its own, declared under one of the names that `access_of` returns."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        check()
        return view(*args, **kwargs)

    guarded._access = name  # type: ignore[attr-defined]  # a mark on the function
    return guarded  # type: ignore[return-value]  # it wraps the view it was given


def _verified(token: str) -> Caller:
    caller: Caller = current_app.extensions["verifier"].verify(token)
    structlog.contextvars.bind_contextvars(user_id=str(caller.id))
    return caller


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    # RFC 9110, section 11.1: the name of a scheme may be written in capitals.
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    return token.strip()
