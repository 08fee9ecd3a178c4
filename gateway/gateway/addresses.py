"""Reads the address of a request as it came over the wire, and writes the one that goes to a service.

If two programs read one address differently, a request gets past a check. So an address that can be read in
two ways is refused, and a service gets an address that is written again from the segments that were
matched.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes

from chassis.web.strict_requests import check_text
from gateway.errors import AmbiguousAddress

# What RFC 3986 allows in a path, but for the semicolon, which some programs read as the start of parameters.
PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*)+")
# Slash, backslash, dot, percent sign, question mark, hash and semicolon must be written plainly.
DISGUISED = re.compile(r"%(?:2f|5c|2e|25|3f|23|3b)", re.IGNORECASE)
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
DOTS = {".", ".."}
# The address as it is sent to a proxy (RFC 9112, section 3.2.2). The host decides nothing here.
ABSOLUTE = re.compile(rb"https?://[A-Za-z0-9._:\[\]-]+(?=[/?]|$)", re.IGNORECASE)
SAFE = "~!$&'()*+,=:@"
# What most addresses look like. All of it is in normal form already.
SEGMENT = rb"(?!\.\.?(?:/|\?|$))[A-Za-z0-9._~!$&'()*+,=:@-]+"
PLAIN = re.compile(rb"(?:/" + SEGMENT + rb")+(?:\?[A-Za-z0-9._~!$&'()*+,=:@/?-]*)?")
REMEMBERED = 256  # bytes: longer addresses are not likely to come again


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a request: as a service gets it, and its path in plain text."""

    target: bytes
    path: str


def read(raw: bytes) -> Address:
    """The address, rebuilt from the one on the wire; `AmbiguousAddress` if it can be read in two ways."""
    return _remembered(raw) if len(raw) <= REMEMBERED else _read(raw)


def _read(raw: bytes) -> Address:
    if absolute := ABSOLUTE.match(raw):
        raw = raw[absolute.end() :]
        if not raw.startswith(b"/"):
            raw = b"/" + raw
    if PLAIN.fullmatch(raw):
        return Address(raw, raw.partition(b"?")[0].decode())
    try:
        path, question_mark, query = raw.decode("ascii").partition("?")
    except UnicodeDecodeError:
        raise AmbiguousAddress from None
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
    if "" in segments[:-1] or not DOTS.isdisjoint(segments):
        raise AmbiguousAddress
    written = "/" + "/".join(quote(segment, safe=SAFE) for segment in segments)
    query = ESCAPE.sub(lambda escape: escape[0].upper(), query)
    return Address((written + question_mark + query).encode(), "/" + "/".join(segments))


_remembered = lru_cache(4096)(_read)
