"""Bodies that no honest client sends."""


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
