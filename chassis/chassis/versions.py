"""Optimistic concurrency on the wire: `ETag` is the row's version, `If-Match` says which one is
being changed.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, request

from chassis.errors import PreconditionFailed, PreconditionRequired

# Nine digits fit the 32 bits of the column.
ETAG = re.compile(r'"([0-9]{1,9})"')
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the version being changed.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}

View = TypeVar("View", bound=Callable[..., Any])


def etag(version: int) -> dict[str, str]:
    """The header that names this version."""
    return {"ETag": f'"{version}"'}


def if_match(view: View) -> View:
    """Pass the version named by `If-Match` as `version`; 428 without the header, 412 if it is no version."""

    @wraps(view)
    def conditional(*args: Any, **kwargs: Any) -> Any:
        header = request.headers.get("If-Match")
        if header is None:
            raise PreconditionRequired
        match = ETAG.fullmatch(header.strip())
        if not match:
            raise PreconditionFailed
        return view(*args, version=int(match[1]), **kwargs)

    documentation = deepcopy(getattr(view, "_apidoc", {}))
    documentation.setdefault("arguments", {}).setdefault("parameters", []).append(IF_MATCH)
    documentation.setdefault("problems", []).extend([PreconditionRequired, PreconditionFailed])
    conditional._apidoc = documentation  # type: ignore[attr-defined]  # a mark on the function
    return conditional  # type: ignore[return-value]  # it wraps the view it was given


def not_modified(view: View) -> View:
    """Answer 304 without a body when `If-None-Match` names the present version."""

    @wraps(view)
    def conditional(*args: Any, **kwargs: Any) -> Response:
        response: Response = make_response(view(*args, **kwargs))
        response.make_conditional(request)
        return response

    return conditional  # type: ignore[return-value]  # it wraps the view it was given
