"""Looking for words in columns, as people write them, with an index on trigrams.

A column is compared by its `search_key`, an SQL function with the rules of `chassis.normalization`. Each line
of the text that is searched begins with a blank, so that a pattern can say that a word begins.
"""

import re

from sqlalchemy import ColumnElement, String, all_, and_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.normalization import ALIKE, MARKS, UNSEEN, search_key

INDEXED = 3  # words that the index is asked for
LETTER, TRIGRAM = re.compile(r"[^\W_]"), re.compile(r"[^\W_]{3}")


def _any_of(characters: str) -> str:
    """The characters, as a bracket expression holds them."""
    return "".join(f"\\u{ord(each):04x}" for each in characters)


QUOTES = _any_of("'\"" + ALIKE["'"] + ALIKE['"'])
BLANKS = _any_of("-" + ALIKE["-"] + ALIKE[" "])


# Migrations have their own copies. It needs a database in UTF-8. `translate` would take 30 times as long.
# NFKD would part the acute accents that stand for a geresh.
SEARCH_KEY = f"""
CREATE OR REPLACE FUNCTION search_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT casefold(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            normalize(regexp_replace(written, '[\\u00b4\\u1ffd]', '', 'g'), NFKD),
            '[{MARKS}{UNSEEN}{QUOTES}]+', '', 'g'),
            '[{_any_of(ALIKE[":"])}]', chr(58), 'g'),
            '[{BLANKS}]', ' ', 'g'),
            '  +', ' ', 'g')
        COLLATE pg_unicode_fast
    )
$$
"""


def says(said: ColumnElement[str], count: int) -> ColumnElement[bool]:
    """Whether the key of a text says all of so many words, in any order. It is bound to `values_of` them.

    Beyond `INDEXED` all counts are alike: what says the longest words is found by the index, and the others
    are looked for in that.
    """
    likes = [said.like(bindparam(f"word_{n}", type_=String)) for n in range(min(count, INDEXED))]
    if count > INDEXED:
        likes.append(said.like(all_(bindparam("words", type_=ARRAY(String)))))
    return and_(*likes)


def count_of(words: str) -> int:
    """How many words these are for `says`."""
    return min(len(patterns(words)), INDEXED + 1)


def values_of(words: str) -> dict[str, str | list[str]]:
    """What `says` is bound to."""
    each = patterns(words)
    longest = {f"word_{n}": word for n, word in enumerate(each[:INDEXED])}
    return longest | {"words": each} if len(each) > INDEXED else dict(longest)


def patterns(words: str) -> list[str]:
    """What the key of a text is like that says each of the words; the longest first."""
    found = {pattern(word) for word in search_key(words).split()} or {pattern(words)}
    return sorted(found, key=lambda each: (-len(each), each))


def pattern(word: str) -> str:
    """What the key of a text is like that says the word: anywhere, or where a word begins if it is short.

    Only then it has a trigram, which the index can find.
    """
    key = search_key(word).strip()
    # Nothing in it stands for other text.
    literal = re.sub(r"[\\%_]", r"\\\g<0>", key)
    is_short = LETTER.search(key) and not TRIGRAM.search(key)
    return f"% {literal}%" if is_short else f"%{literal}%"


def has_letter(words: str) -> bool:
    """Whether the index can find the words; without a letter or digit they have no trigram."""
    return LETTER.search(search_key(words)) is not None
