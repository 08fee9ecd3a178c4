"""Numbers as Hebrew letters."""

LETTERS = {
    **dict(zip("אבגדהוזחט", range(1, 10), strict=True)),
    **dict(zip("יכלמנסעפצ", range(10, 100, 10), strict=True)),
    **dict(zip("קרשת", range(100, 500, 100), strict=True)),
}
BY_VALUE = {value: letter for letter, value in sorted(LETTERS.items(), key=lambda item: -item[1])}
FINALS = str.maketrans("ךםןףץ", "כמנפצ")


def to_hebrew(number: int) -> str:
    """The number in Hebrew letters."""
    letters = ""
    for value, letter in BY_VALUE.items():
        while number >= value:
            # 9 + 6 and 9 + 7, because 10 + 5 and 10 + 6 are letters of the Name.
            if number in {15, 16}:
                return letters + BY_VALUE[9] + BY_VALUE[number - 9]
            letters, number = letters + letter, number - value
    return letters


def from_hebrew(letters: str) -> int | None:
    """The number that Hebrew letters stand for; None if it is not written so, and so for most words."""
    number = sum(LETTERS[letter] for letter in letters.translate(FINALS))
    if to_hebrew(number) != letters.translate(FINALS):
        return None
    return number
