"""What people wrote, within an e-mail. It leads nowhere, and changes nothing around it."""

import re
import unicodedata

ISOLATE, POP = "\u2068", "\u2069"
WORD_JOINER = "\u2060"  # has no width
JOINERS = "\u200c\u200d"  # Scripts and emoji are written with them.
# What mail programs make a link of: a name of a site, an address, a handle.
JOINTS = re.compile(r"(?<=[.:@])(?=\S)")
# Of a side: the classes of letters that are written from the other one (Unicode, annex 9).
STRANGE = {True: {"L"}, False: {"R", "AL", "AN"}}


def quoted(text: str, most: int, *, right_to_left: bool) -> str:
    """The text in one line, in at most so many characters, apart from the direction of what is around it."""
    line = " ".join("".join(map(_visible, text)).split())
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    plain = JOINTS.sub(WORD_JOINER, line)
    strange = STRANGE[right_to_left]
    if any(unicodedata.bidirectional(letter) in strange for letter in plain):
        return f"{ISOLATE}{plain}{POP}"
    return plain


def _visible(letter: str) -> str:
    """The letter; not if it directs or hides text, and a blank if it breaks a line."""
    category = unicodedata.category(letter)
    if category == "Cf" and letter not in JOINERS:
        return ""
    return " " if category in {"Cc", "Zl", "Zp"} else letter
