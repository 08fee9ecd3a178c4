"""How text is stored, and which texts are the same to a reader: `docs/text.md` has the rules.

Normalization forms are those of UAX #15, case folding is that of the Unicode Standard (section 3.13).
What is compared as something else stands here once, for Python and for the databases.
"""

import re
import unicodedata

# More than any language heaps up on a letter (UAX #15, Stream-Safe Text Format). To put a run of marks in
# order takes the square of its length.
MOST_MARKS = 30
# Composition makes one character of so many at most.
MOST_DECOMPOSED = 4

# Accents of Latin, Greek and Cyrillic, Hebrew points and cantillation, Arabic and Syriac vowels: a reader
# knows the word without them. Marks of other scripts make other words, such as か and が.
MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u0711\u0730-\u074a"
)
# What is not seen: marks of direction, joiners, selectors. And what parts or stretches words: paseq, tatweel.
UNSEEN = (
    r"\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff\u05c0\u0640"
)
IGNORED = re.compile(f"[{MARKS}{UNSEEN}]+")

# Each is written for the other: on keyboards, in print, and by programs that correct what is typed.
# Geresh and gershayim are the first of the quotes, maqaf of the dashes, sof pasuq of the colons.
ALIKE = {
    "'": "\u05f3`\u00b4\u1ffd\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb"
    "\u2018\u2019\u201a\u201b\u2032\u2035",
    '"': "\u05f4\u02ba\u02ee\u201c\u201d\u201e\u201f\u2033\u2036",
    "-": "\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b",
    ":": "\u05c3\u2236\ua789",
    " ": "\t\u1680",
}
PLAIN = {ord(other): one for one, others in ALIKE.items() for other in others}
UNQUOTED = {ord("'"): None, ord('"'): None, ord("-"): " "}
SPACES = re.compile(" +")


def is_heaped(text: str) -> bool:
    """Whether more than 30 marks stand on one letter: no language has that, and it is slow to compose."""
    if text.isascii():
        return False
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MOST_MARKS:
            return True
    return False


def composed(text: str) -> str:
    """The text in the form in which it is stored (NFC). The caller refuses heaps of marks before."""
    return unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """The text without points, accents and invisible characters, with one kind of quote, dash, colon, space.

    Wide and other compatible forms become common ones (NFKD). The quotes are `'` and `"`.
    """
    # Before and after: NFKD parts the acute accent and the double prime, and makes dashes of wide ones.
    decomposed = unicodedata.normalize("NFKD", text.translate(PLAIN))
    return IGNORED.sub("", decomposed).translate(PLAIN)


def search_key(text: str) -> str:
    """What texts have in common that are the same to a reader.

    `plain`, also without quotes and case, with blanks for dashes, and with one blank for several. Line breaks
    stay. The SQL function `search_key` gives the same.
    """
    return SPACES.sub(" ", plain(text).translate(UNQUOTED)).casefold()
