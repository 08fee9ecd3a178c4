"""RULES: taking texts into the database: whole books, or none and a list of what is wrong."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select

from chassis.errors import Invalid
from havruta_service.catalogue import Book, catalogue
from havruta_service.models import LONGEST_PASSAGE, TextPassage, TextVersion, db
from havruta_service.reference_reader import parse
from havruta_service.references import passage_at
from havruta_service.text_formats import Written

AT_ONCE = 1000  # rows of one INSERT
MOST_FAULTS = 20  # that are told

Passages = Mapping[str, Mapping[int, str]]


class ImportRefused(Exception):
    """The texts cannot be taken in; `faults` says why, a line for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults[:1]))
        more = len(faults) - MOST_FAULTS
        self.faults = [*faults[:MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]


@dataclass(frozen=True)
class Description:
    """What is said of a version. The language is a BCP 47 tag, the direction `ltr` or `rtl`."""

    id: str
    title: str
    language: str
    direction: str
    licence: str
    attribution: str
    source: str


def collect(written: Iterable[Written]) -> Passages:
    """The passages by book and number; `ImportRefused` if one is wrong or missing."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    faults = []
    for each in written:
        if fault := _put(each, found):
            faults.append(f"{each.place}: {fault}")
    for slug in found:
        faults += _other_passages(catalogue().by_slug[slug], found[slug])
    if faults or not found:
        raise ImportRefused(faults or ["There is no passage in it."])
    return {book.slug: found[book.slug] for book in catalogue().books if book.slug in found}


def store(about: Description, passages: Passages, *, replace: bool) -> Iterator[int]:
    """Write a version. Yields how many passages were written, some at a time."""
    present = db.session.scalar(
        select(TextVersion).where(TextVersion.id == about.id).with_for_update()
    )
    if present and not replace:
        raise ImportRefused([f"The version {about.id} is here already; --replace replaces it."])
    remove(about.id)
    version = TextVersion(**asdict(about), books=list(passages), digest=_digest(passages))
    db.session.add(version)
    db.session.flush()
    rows = [
        {"version_id": about.id, "book": book, "passage": number, "text": texts[number]}
        for book, texts in passages.items()
        for number in sorted(texts)
    ]
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        db.session.execute(insert(TextPassage), some)
        yield len(some)


def remove(version_id: str) -> bool:
    """Delete a version with its words; whether there was one."""
    deletion = delete(TextVersion).where(TextVersion.id == version_id)
    return bool(db.session.execute(deletion.returning(TextVersion.id)).all())


def _put(written: Written, found: dict[str, dict[int, str]]) -> str | None:
    """Note the passage; what is wrong with it, if it cannot be."""
    try:
        reference = parse(written.reference)
    except Invalid as problem:
        return f"{written.reference!r} {problem.code.replace('_', ' ')}"
    if not reference.is_passage:
        return f"{written.reference!r} is not one passage"
    if not written.text:
        return f"{reference} has no words"
    if len(written.text) > LONGEST_PASSAGE:
        return f"{reference} has more than {LONGEST_PASSAGE:,} characters"
    of_book = found[reference.book.slug]
    if reference.first in of_book:
        return f"{reference} occurs twice"
    of_book[reference.first] = written.text
    return None


def _other_passages(book: Book, texts: Mapping[int, str]) -> Iterator[str]:
    missing = [passage for passage in range(book.length) if passage not in texts]
    if missing:
        first = passage_at(book, missing[0])
        yield f"{book.name} has {len(texts):,} passages of {book.length:,}: {first} is missing"


def _digest(passages: Passages) -> str:
    digest = hashlib.sha256()
    for book, texts in passages.items():
        for number in sorted(texts):
            digest.update(f"{book}\t{number}\t{texts[number]}\n".encode())
    return digest.hexdigest()
