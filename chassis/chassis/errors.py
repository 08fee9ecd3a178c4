"""What can go wrong, in the words of the caller.

A rule raises a subclass: the class name is the stable `code`, the base class is the HTTP status,
the first line of the docstring is the title. `problems.py` turns it into an RFC 9457 document.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict


class FieldError(TypedDict):
    """One wrong field: a JSON Pointer into the body, or `?name` for a query parameter."""

    pointer: str
    detail: str


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    keeps_changes: ClassVar[bool] = (
        False  # True: what the request wrote is committed although it fails
    )

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = extra

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The first line of the class's docstring, without its full stop."""
        return (cls.__doc__ or cls.code).strip().splitlines()[0].rstrip(".")


class Malformed(Problem):
    """The request cannot be read."""

    status = 400


class Unauthorized(Problem):
    """A valid access token is needed."""

    status = 401

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        # RFC 6750, section 3.1: nothing is said to be wrong with a token where none was sent.
        extra.setdefault("headers", {"WWW-Authenticate": "Bearer"})
        super().__init__(detail, **extra)


class InvalidToken(Unauthorized):
    """The access token is not valid."""

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(
            detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}, **extra
        )


class Forbidden(Problem):
    """You may not do this."""

    status = 403


class NotFound(Problem):
    """There is no such thing, or not for you."""

    status = 404


class Conflict(Problem):
    """The request contradicts the present state."""

    status = 409


class Gone(Problem):
    """This was here and will not come back."""

    status = 410


class PreconditionFailed(Problem):
    """Somebody changed it since you read it."""

    status = 412


class UnsupportedMediaType(Problem):
    """The body must be application/json in UTF-8."""

    status = 415


class Invalid(Problem):
    """Some fields are not valid."""

    status = 422


class PreconditionRequired(Problem):
    """Say with If-Match which version you are changing."""

    status = 428


class TooManyRequests(Problem):
    """Too many requests; try again later."""

    status = 429

    def __init__(self, detail: str | None = None, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


class Unavailable(Problem):
    """The service cannot answer just now; try again."""

    status = 503

    def __init__(self, detail: str | None = None, *, retry_after: int = 1, **extra: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **extra)


def invalid(field: str, detail: str) -> Invalid:
    """`Invalid` about one field of the body: `invalid("start_time", "lies in the past")`."""
    return Invalid(errors=[{"pointer": f"/{field}", "detail": detail}])
