"""Bodies that no honest client sends."""

from collections.abc import Callable, Iterable

from werkzeug.test import TestResponse


def check_refused(bodies: Iterable[bytes], send: Callable[[bytes], TestResponse]) -> None:
    """Each body is refused with a problem document that says it was the client's mistake."""
    for body in bodies:
        answer = send(body)
        assert answer.status_code in {400, 422}, body[:60]
        assert answer.content_type == "application/problem+json", body[:60]


def hostile_bodies(field: str) -> list[bytes]:
    """Odd JSON and what is none; some of it stands in this field. Every operation refuses each of them."""
    values = [
        b"NaN",
        b'"\\u0000"',
        b'"\\ud800"',
        b"1" + b"0" * 5000,
        b"[" * 5000 + b"]" * 5000,
        b'{"$ne": null}',
        b"[true]",
    ]
    name = field.encode()
    return [
        b"[]",
        b'"x"',
        b"5",
        b"null",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        *(b'{"%b": %b}' % (name, value) for value in values),
        b'{"%b": "a", "%b": "b"}' % (name, name),
        b'{"__proto__": {"%b": "a"}}' % name,
    ]
