"""Which text can be kept, and which text would pass for another.

What `flaw_in_…` answers is for the person who wrote the text; it is empty if nothing is wrong.
"""

import re
import unicodedata

from chassis.normalization import composed, is_heaped

# PostgreSQL holds neither NUL nor half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# Half of a surrogate pair is no text either. JSON over HTTP cannot bring one here, but a file can.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CONTROL_IN_PARAGRAPHS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Of Windows, of old Macintoshes, of mainframes, and of Unicode.
LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")

# A direction that is begun, and the character that ends it.
ENDS = {
    **dict.fromkeys("\u202a\u202b", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
OVERRIDES = re.compile("[\u202d\u202e]")

# Unicode's default-ignorable code points, controls, separators of lines, annotations, private use.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
BLANK = "\u2800"  # a cell of Braille without dots
# Marks of direction that begin none, blanks without width, the byte order mark, the soft hyphen.
PASTED = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]")
NON_JOINER, JOINER, GRAPHEME_JOINER = "\u200c", "\u200d", "\u034f"
EMOJI_STYLES, KEYCAP, KEYS = frozenset("\ufe0e\ufe0f"), "\u20e3", frozenset("#*0123456789")
# Emoji with other categories than symbols have.
ODD_EMOJI = frozenset("‼⁉™\u2139↔〰◻◼◽◾")
# Scripts in which a joiner changes how a word looks.
JOINED = """
ARABIC SYRIAC NKO MONGOLIAN DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM
SINHALA MYANMAR KHMER
"""
VIRAMA = 9  # the class of signs that take the vowel from a letter
# Alphabets with letters that look the same.
ALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU"))
WORD = re.compile(r"[^\W_]+")
# Hebrew has up to five on a letter, with points and accents. Those of no script are mostly accents.
MOST_MARKS, MOST_ACCENTS = 6, 3

# What programs make links of, wherever it stands.
LINK = re.compile(r"://|\bhttps?:|\bwww\.\w|\S@\S|\b\d{1,3}(\.\d{1,3}){3}\b")
DOTTED = re.compile(r"(?<![\w-])(?=([\w-]+)\.([^\W\d_][\w-]*)(/?))")
# Many read 。 as the dot of an address, as browsers do.
DOTS = str.maketrans("。", ".")
COUNTRIES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk
fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir
is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk
ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl
pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc
td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
# Those in use that are no surnames, as `green` and `kim` are.
DOMAINS = """
academy app asia biz blog bot buzz cafe center chat click cloud club com courses dev digital download edu
education email example fun gov host icu info int international link live loan media mil mobi monster
mov museum net news online onion org page party press pro review science shop site social solutions space
store stream study systems tech technology test today top trade university video vip website wiki work
works world xyz zip zone קום ישראל рф онлайн
"""
ENDINGS = frozenset(f"{COUNTRIES} {DOMAINS}".split())
# `Dr.Li` is no address, though Liechtenstein has `li`.
TITLES = frozenset(
    ("dr", "mr", "mrs", "ms", "mx", "st", "prof", "rabbi", "rav", "rev", "fr", "hon")
)


class UnfitText(ValueError):
    """The text is not stored; the message is for the person who wrote it."""


def as_stored(text: str, *, paragraphs: bool = False) -> str:
    """The text in the one form in which it is stored: composed, `\n` at the ends of lines, one line trimmed.

    `UnfitText` for control characters, directions that do not end in their line, and heaps of marks.
    """
    if paragraphs:
        text = LINE_ENDS.sub("\n", text)
    refused = CONTROL_IN_PARAGRAPHS if paragraphs else CONTROL
    if refused.search(text):
        raise UnfitText("Must not hold control characters.")
    if flaw := flaw_in_directions(text):
        raise UnfitText(flaw)
    if is_heaped(text):
        raise UnfitText("Must not hold so many marks on one letter.")
    text = composed(text)
    return text if paragraphs else text.strip()


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it holds blanks, marks and invisible characters alone."""
    return not any(map(_is_visible, UNSEEN.sub("", text)))


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character != BLANK


def without_pasted_marks(name: str) -> str:
    """The name without what programs put into text that is copied from them, and no reader sees."""
    return PASTED.sub("", name)


def flaw_in_directions(text: str) -> str:
    """Why the text would turn round what stands next to it. Hebrew in Latin text may need directions."""
    if OVERRIDES.search(text):
        return "Must not override the direction of text."
    if DIRECTIONS.search(text) and not all(map(_ends_its_directions, text.splitlines())):
        return "Must end each direction of text in its line."
    return ""


def _ends_its_directions(line: str) -> bool:
    expected: list[str] = []
    for character in DIRECTIONS.findall(line):
        if character in ENDS:
            expected.append(ENDS[character])
        elif not expected or expected.pop() != character:
            return False
    return not expected


def flaw_in_name(name: str) -> str:
    """Why the text is no name of a person or a thing: it would look like another, or like nothing."""
    if any(not _is_needed(name, unseen.start()) for unseen in UNSEEN.finditer(name)):
        return "Must not hold invisible or directional characters."
    if is_blank(name):
        return "Must hold a visible character."
    if _has_too_many_marks(name):
        return "Must not hold so many marks on one letter."
    return ""


def _is_needed(name: str, position: int) -> bool:
    """Whether the invisible character there changes how its neighbours look: in some scripts, in emoji."""
    character = name[position]
    before, after = name[position - 1 : position], name[position + 1 : position + 2]
    if character in EMOJI_STYLES:
        return _is_pictorial(before) or (before in KEYS and after == KEYCAP)
    if character == GRAPHEME_JOINER:
        # It keeps Hebrew points in their order: in the biblical spelling of Jerusalem.
        return _is_hebrew_point(before) and _is_hebrew_point(after)
    if character == JOINER and _is_pictorial(after):
        return _is_pictorial(before) or before in EMOJI_STYLES
    if character not in {JOINER, NON_JOINER} or script_of(before) not in JOINED.split():
        return False
    return unicodedata.combining(before) == VIRAMA or script_of(before) == script_of(after)


def _is_pictorial(character: str) -> bool:
    if not character:
        return False
    is_skin = "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_skin or character in ODD_EMOJI or unicodedata.category(character) == "So"


def _is_hebrew_point(character: str) -> bool:
    return script_of(character) == "HEBREW" and unicodedata.combining(character) > 0


def _has_too_many_marks(name: str) -> bool:
    marks = 0
    for position, character in enumerate(unicodedata.normalize("NFC", name)):
        if unicodedata.category(character) not in {"Mn", "Me"}:
            marks = 0
            continue
        marks += 1
        is_accent = unicodedata.name(character, "").startswith("COMBINING ")
        # One at the beginning would stand on what comes before the name.
        if position + 1 == marks or marks > (MOST_ACCENTS if is_accent else MOST_MARKS):
            return True
    return False


def script_of(character: str) -> str:
    """The first word of a letter's or mark's name, such as HEBREW; empty for everything else."""
    if not character or unicodedata.category(character)[0] not in "LM":
        return ""
    return unicodedata.name(character, "").partition(" ")[0]


def mixes_alphabets(text: str) -> bool:
    """Whether a word has letters of several alphabets that look alike, such as Latin and Cyrillic."""
    plain = unicodedata.normalize("NFKC", text)
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return any(len(ALIKE & set(map(script_of, word))) > 1 for word in WORD.findall(letters))


def holds_address(text: str) -> bool:
    """Whether programs that show the text may make a link of a part: `evil.example`, `a@b.example`."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(DOTS)
    return LINK.search(plain) is not None or any(map(_is_address, DOTTED.finditer(plain)))


def _is_address(dotted: re.Match[str]) -> bool:
    host, ending, slash = dotted.groups()
    ending = ending.rstrip("-_")
    is_initial = len(host) == 1
    if host in TITLES and len(ending) == 2:
        return False
    if ending in ENDINGS or ending.startswith("xn--"):
        # `A.de` may be an initial and a name; no one is called `com`.
        return not is_initial or len(ending) > 2 or slash == "/"
    return (
        slash == "/"
        and not is_initial
        and host not in TITLES
        and ending.isascii()
        and len(ending) > 1
    )
