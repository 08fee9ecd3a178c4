"""Optimistic concurrency on the wire: `ETag` is the row's version, `If-Match` the version to change."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import request

from chassis.errors import PreconditionFailed, PreconditionRequired
from chassis.versions import ANY, ExpectedVersion
from chassis.web.openapi import documented

# Nine digits fit the 32 bits of the column.
ETAG = re.compile(r'"([0-9]{1,9})"')
MOST_TAGS = 100
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the version being changed; also a list of them, or `*` for any version.",
    "schema": {"type": "string"},
}

View = TypeVar("View", bound=Callable[..., Any])


def etag(version: int) -> dict[str, str]:
    """The header that names this version."""
    return {"ETag": f'"{version}"'}


def if_match(view: View) -> View:
    """Pass the versions that `If-Match` names as `expected`; 428 without the header, 412 if it names none."""

    @wraps(view)
    def conditional(*args: Any, **kwargs: Any) -> Any:
        header = request.headers.get("If-Match")
        if header is None:
            raise PreconditionRequired
        return view(*args, expected=expected_version(header), **kwargs)

    problems = [PreconditionRequired, PreconditionFailed]
    documented(conditional, parameters=[IF_MATCH], problems=problems)
    return conditional  # type: ignore[return-value]  # it wraps the view it was given


def expected_version(header: str) -> ExpectedVersion:
    """The versions that an `If-Match` header names (RFC 9110, section 13.1.1).

    Weak tags and tags of other servers name no version of ours. `PreconditionFailed` if there are no others.
    """
    if header.strip() == "*":
        return ANY
    versions: set[int] = set()
    for tag in header.split(",", MOST_TAGS):
        if match := ETAG.fullmatch(tag.strip()):
            versions.add(int(match[1]))
    if not versions:
        raise PreconditionFailed
    return ExpectedVersion(frozenset(versions))
