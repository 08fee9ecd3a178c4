"""RULES: which CBOR of an authenticator is read at all."""

DEEPEST = 8
BYTES, TEXT, ARRAY, MAP, TAG = 2, 3, 4, 5, 6
# The lowest five bits of an item's first byte: its value, or by how many bytes the value follows.
FOLLOWS, LONGEST = 24, 27


def require_plain(data: bytes) -> None:
    """`ValueError` unless these are whole items (RFC 8949) without tags, of stated lengths, not deep.

    That is the CBOR of authenticators (CTAP 2.1, section 8). Tags are what makes CBOR dangerous to decode:
    by those for shared values two hundred bytes stand for gigabytes.
    """
    start = 0
    while start < len(data):
        start = _end(data, start, 0)


def _end(data: bytes, start: int, depth: int) -> int:
    """Where the item that begins here ends."""
    if start >= len(data) or depth > DEEPEST:
        raise ValueError("the CBOR is cut off, or too deep")
    kind, value = data[start] >> 5, data[start] & 0b11111
    if kind == TAG or value > LONGEST:
        raise ValueError("the CBOR has a tag, or an indefinite length")
    end = start + 1
    if value >= FOLLOWS:
        following = 1 << (value - FOLLOWS)
        value = int.from_bytes(data[end : end + following], "big")
        end += following
    if kind in {BYTES, TEXT}:
        end += value
    # However many are stated: each has a byte at least, and the data end.
    for _ in range({ARRAY: value, MAP: 2 * value}.get(kind, 0)):
        end = _end(data, end, depth + 1)
    if end > len(data):
        raise ValueError("the CBOR is cut off")
    return end
