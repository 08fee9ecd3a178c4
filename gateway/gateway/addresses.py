"""Reads the address of a request as it came over the wire, and writes the one that goes to a service.

If two programs read one address differently, a request gets past a check. So an address that can be read in
two ways is refused, and a service gets an address that is written again from the segments that were
matched.
"""

import re
from urllib.parse import quote, unquote, unquote_to_bytes

from chassis.web.strict_requests import check_text
from gateway.errors import AmbiguousAddress

# What RFC 3986 allows in a path, but for the semicolon, which some programs read as the start of parameters.
PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*)+")
# Slash, backslash, dot, percent sign, question mark, hash and semicolon must be written plainly.
DISGUISED = re.compile(r"%(?:2f|5c|2e|25|3f|23|3b)", re.IGNORECASE)
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
DOTS = {".", ".."}
SAFE = "~!$&'()*+,=:@"


def read(raw: str, understood: str) -> str:
    """The target for a service, rebuilt from the raw one; `understood` is the path as Flask reads it."""
    path, question_mark, query = raw.partition("?")
    if (
        not PATH.fullmatch(path)
        or DISGUISED.search(path)
        or BROKEN_ESCAPE.search(query)
        or "#" in query
    ):
        raise AmbiguousAddress
    check_text(unquote_to_bytes(path))
    check_text(unquote_to_bytes(query.replace("+", " ")))
    segments = [unquote(segment) for segment in path[1:].split("/")]
    if (
        "" in segments[:-1]
        or not DOTS.isdisjoint(segments)
        or understood != "/" + "/".join(segments)
    ):
        raise AmbiguousAddress
    return "/" + "/".join(quote(segment, safe=SAFE) for segment in segments) + question_mark + query
