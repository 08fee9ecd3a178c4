"""Whether a text consists of certain words, however they are decorated and spelled."""

from collections.abc import Collection

DECORATION = "0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "
# What is typed for a letter that looks like it; 1, ! and | are either of two letters.
LOOK_ALIKES = (
    str.maketrans("0134578@$!|", "oleastbasll"),
    str.maketrans("0134578@$!|", "oieastbasii"),
)


def consists_of(text: str, words: Collection[str]) -> bool:
    """Whether nothing but these words and decoration is in it, some letters written as signs."""
    if not text.strip(DECORATION):
        return False
    spellings = [text, *(text.translate(table) for table in LOOK_ALIKES)]
    # Up to where the text is explained: backtracking would take very long with names made for it.
    explained = {0}
    for start, character in enumerate(text):
        if start not in explained:
            continue
        if character in DECORATION:
            explained.add(start + 1)
        for word in words:
            if any(spelling.startswith(word, start) for spelling in spellings):
                explained.add(start + len(word))
    return len(text) in explained
