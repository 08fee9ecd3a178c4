"""Looking for words in columns, as people write them, with an index on trigrams.

A column is compared by its `search_key`, an SQL function with the rules of `chassis.normalization`. Each line
of the text that is searched begins with a blank, so that a pattern can say that a word begins.
"""

import re

from chassis.normalization import ALIKE, MARKS, UNSEEN, search_key

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


def pattern(words: str) -> str:
    """What the key of a text is like that says the words: anywhere, or where a word begins if they are short.

    Only then they have a trigram, which the index can find.
    """
    key = search_key(words).strip()
    # Nothing in them stands for other text.
    literal = re.sub(r"[\\%_]", r"\\\g<0>", key)
    is_short = LETTER.search(key) and not TRIGRAM.search(key)
    return f"% {literal}%" if is_short else f"%{literal}%"


def has_letter(words: str) -> bool:
    """Whether the index can find the words; without a letter or digit they have no trigram."""
    return LETTER.search(search_key(words)) is not None
