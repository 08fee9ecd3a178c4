"""How the names of books are compared: as they are written, and as they sound."""

import re
from os.path import commonprefix

from chassis.normalization import plain

# Gershayim make an abbreviation of the letters that they stand among: ב״מ is no short form of במדבר.
# Any quote is written for them. Elsewhere quotes say nothing.
GERSHAYIM = re.compile("(?<=[א-ת])['\"]{1,2}(?=[א-ת])")
UNQUOTED = str.maketrans("", "", "'\"")
WORDS = re.compile(r"[^\W\d_]+(?:״[^\W\d_]+)*|[0-9]+")
# What is said before a name: `Tractate Berakhot`, `ספר בראשית`, `The Book of Genesis`.
TITLES = {"the", "book", "of", "sefer", "ספר", "tractate", "masechta", "מסכת", "מס"}
TITLES |= {"masechet", "masekhet", "massekhet", "maseches"}
# Letters that are written for one another in transliteration, and Hebrew of different pronunciations.
SOUNDS = {
    "e": "ei ey ai ay",
    "i": "y j",
    "k": "kh ch ck q c",
    "t": "th s",
    "u": "ou oo",
    "sh": "sh sch",
    "v": "b w",
    "z": "tz ts",
    "f": "ph p",
}
SOUND_OF = {letters: heard for heard, written in SOUNDS.items() for letters in written.split()}
LETTERS = re.compile("|".join(sorted(SOUND_OF, key=len, reverse=True)))
SILENT_H = re.compile(r"(?<!s)h\b")
REPEATED = re.compile(r"(.)\1+")


def spelled(text: str) -> str:
    """The text as names are compared: plain, in small letters, with no quotes but gershayim."""
    return GERSHAYIM.sub("״", plain(text)).translate(UNQUOTED).casefold()


def words(written: str) -> list[str]:
    """Runs of letters, with gershayim among them, and runs of digits."""
    return WORDS.findall(written)


def key(written: str) -> str:
    """What the ways to write a name have in common, without a title such as `Tractate`."""
    return " ".join(word for word in words(written) if word not in TITLES)


def sound(name: str) -> str:
    """What the transliterations of a name have in common: `Eicha` and `Ekhah` sound alike.

    A Hebrew letter is transliterated in several ways, and an h at the end of a word may be left out.
    """
    heard = LETTERS.sub(lambda match: SOUND_OF[match[0]], name)
    heard = SILENT_H.sub("", heard)
    return REPEATED.sub(r"\1", heard.replace(" ", ""))


def is_near(one: str, other: str) -> bool:
    """Whether at most one letter is wrong, missing or too much, or two stand in each other's place."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = len(commonprefix([one, other]))  # noqa: RUF071  # letters, and no paths
    one, other = one[start:], other[start:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] in {other, other[1:]} or one == other[1:]
