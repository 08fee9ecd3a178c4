"""Compresses answers with gzip for clients that ask for it: large enough ones, and never a stream."""

import gzip

LEAST = 1024  # bytes: less fits one packet either way
LEVEL = 1  # three quarters of what the highest level saves, for a tenth of its time
ASIDE = 16 * 1024  # bytes from which on a thread does it, so that no other request waits
TYPES = frozenset(
    {
        b"application/json",
        b"application/problem+json",
        b"application/geo+json",
        b"text/calendar",
        b"text/css",
        b"text/html",
        b"text/javascript",
    }
)
LINE = b"Content-Encoding: gzip\r\n"


def compressed(content: bytes, level: int = LEVEL) -> bytes:
    """The content as gzip. The same content gives the same bytes."""
    return gzip.compress(content, level, mtime=0)
