"""Addresses of public pages, such as pictures and meetings. No program of ours asks them for anything."""

import re
from typing import Any

from marshmallow import ValidationError

from chassis.text import ALIKE, UNSEEN, script_of
from chassis.web.fields import Text

# What RFC 3986 allows, so that no two programs read it differently: no backslash, space or control.
ADDRESS = re.compile(
    r"https://(?P<host>[A-Za-z0-9.-]{1,253})(:(?P<port>[0-9]{1,5}))?"
    r"([/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?"
)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# A last label with a digit in front may be part of an IP address, which is also written in hexadecimal.
LAST_LABEL = re.compile(r"xn--[a-z0-9-]+|[a-z]{2,}")
# Names that mean something else in each network.
PRIVATE = frozenset(
    ("localhost", "localdomain", "local", "lan", "home", "internal", "arpa", "invalid")
)
PUNYCODE = "xn--"


class HttpsAddress(Text):
    """The https address of a public page, as RFC 3986 has it, with a name of a host."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"format": "uri", "pattern": "^https://", **kwargs.pop("metadata", {})}
        super().__init__(500, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        address = ADDRESS.fullmatch(text)
        if address is None or not _is_port(address["port"]):
            raise ValidationError("Must be an https address.")
        if not _is_public(address["host"].lower()):
            raise ValidationError("Must be at a public host, named by its domain.")
        return text


def _is_port(digits: str | None) -> bool:
    return digits is None or 1 <= int(digits) <= 65535


def _is_public(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) > 1
        and LAST_LABEL.fullmatch(labels[-1]) is not None
        and labels[-1] not in PRIVATE
        and all(LABEL.fullmatch(label) and not _imitates(label) for label in labels)
    )


def _imitates(label: str) -> bool:
    """Whether the label stands for letters that may look like those of another one."""
    if not label.startswith(PUNYCODE):
        return False
    try:
        meant = label.removeprefix(PUNYCODE).encode().decode("punycode")
    except UnicodeError:
        return True
    # Whole words of Cyrillic or Greek letters may look like Latin ones; Hebrew ones do not.
    is_alike = bool(ALIKE & set(map(script_of, meant)))
    return is_alike or meant.isascii() or UNSEEN.search(meant) is not None
