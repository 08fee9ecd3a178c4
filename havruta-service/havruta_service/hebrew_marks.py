"""The marks on Hebrew letters: which of them a reader wants to see."""

import re
from enum import StrEnum

# Accents, meteg, and the paseq between words with the blank before it (Unicode, block Hebrew).
CANTILLATION = re.compile(r"[\u0591-\u05af\u05bd]| ?\u05c0")
# Vowels, dagesh, rafe, the dots of shin and sin, and the dots over and under letters that copyists doubted.
VOWELS = re.compile(r"[\u05b0-\u05bc\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]")


class Marks(StrEnum):
    """What stands on the letters: all that the version has, the vowels alone, or nothing."""

    ALL = "all"
    VOWELS = "vowels"
    NONE = "none"


def with_marks(text: str, marks: str) -> str:
    """The text with no other marks than these. Maqaf and the end of the verse stay."""
    if marks == Marks.ALL:
        return text
    text = CANTILLATION.sub("", text)
    return text if marks == Marks.VOWELS else VOWELS.sub("", text)
