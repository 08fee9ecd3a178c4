"""What can go wrong, in the words of the caller.

A rule raises a subclass. The class states its stable `code`, its base class gives the HTTP status,
and the first line of its docstring is the title. `web/problems.py` turns it into an RFC 9457 document.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar, TypedDict

from chassis.clock import rfc3339

# More would help no one. Their number must not grow with what a client sends.
MOST_ERRORS = 50


class FieldError(TypedDict):
    """One wrong field: a JSON Pointer into the body, or `?name` for a query parameter."""

    pointer: str
    detail: str


class Problem(Exception):
    """Something went wrong. Of the `errors` it takes the first 50, and asks for no more."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    # True: what the request wrote is committed although the request fails.
    keeps_changes: ClassVar[bool] = False

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.errors = list(islice(errors, MOST_ERRORS))
        self.headers = dict(headers or {})
        self.extra = extra

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} does not state its code")

    @classmethod
    def title(cls) -> str:
        """The first line of the class's docstring, without its full stop."""
        return (cls.__doc__ or cls.code).strip().splitlines()[0].rstrip(".")


class Malformed(Problem):
    """The request cannot be read."""

    code = "malformed"
    status = 400


class Unauthorized(Problem):
    """A valid access token is needed."""

    code = "unauthorized"
    status = 401

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        # RFC 6750, section 3.1: the answer to a request without a token names no error of the token.
        extra.setdefault("headers", {"WWW-Authenticate": "Bearer"})
        super().__init__(detail, **extra)


class InvalidToken(Unauthorized):
    """The access token is not valid."""

    code = "invalid_token"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(
            detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}, **extra
        )


class Forbidden(Problem):
    """You do not have permission for this.

    `required` names the part that has the permission: `host`, `owner`, `tutor`, `participant`, …
    """

    code = "forbidden"
    status = 403

    def __init__(
        self, detail: str | None = None, *, required: str | None = None, **extra: Any
    ) -> None:
        if required:
            extra["required"] = required
        super().__init__(detail, **extra)


class NotFound(Problem):
    """It does not exist, or you may not see it."""

    code = "not_found"
    status = 404


class Conflict(Problem):
    """The request contradicts the present state."""

    code = "conflict"
    status = 409


class InvalidTransition(Conflict):
    """The present status does not allow this step; `from` and `to` name it."""

    code = "invalid_transition"

    def __init__(self, before: str, after: str, detail: str | None = None, **extra: Any) -> None:
        # `from` is a keyword of Python, and no name of an argument.
        steps: dict[str, Any] = {"from": str(before), "to": str(after)}
        super().__init__(detail, **steps, **extra)


class TooEarly(Conflict):
    """It is too early for this; `earliest` says from when on it is possible."""

    code = "too_early"

    def __init__(self, earliest: datetime, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, earliest=rfc3339(earliest), **extra)


class DeadlinePassed(Conflict):
    """It is too late for this; `deadline` says until when it was possible."""

    code = "deadline_passed"

    def __init__(self, deadline: datetime, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, deadline=rfc3339(deadline), **extra)


class Gone(Problem):
    """It existed, and was removed for good."""

    code = "gone"
    status = 410


class PreconditionFailed(Problem):
    """It was changed since you read it."""

    code = "precondition_failed"
    status = 412


class UnsupportedMediaType(Problem):
    """The body must be application/json in UTF-8."""

    code = "unsupported_media_type"
    status = 415


class Invalid(Problem):
    """Some fields are not valid."""

    code = "invalid"
    status = 422


class PreconditionRequired(Problem):
    """Say with If-Match which version you are changing."""

    code = "precondition_required"
    status = 428


class TooManyRequests(Problem):
    """Too many requests; try again later."""

    code = "too_many_requests"
    status = 429

    def __init__(self, detail: str | None = None, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class Unavailable(Problem):
    """The service cannot answer just now; try again."""

    code = "unavailable"
    status = 503

    def __init__(self, detail: str | None = None, *, retry_after: int = 1, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


def invalid(field: str, detail: str) -> Invalid:
    """`Invalid` about one field of the body: `invalid("start_time", "lies in the past")`."""
    return Invalid(errors=[{"pointer": f"/{field}", "detail": detail}])
