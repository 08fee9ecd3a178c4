"""RULES: reading the catalogue."""

from chassis.errors import NotFound
from chassis.pages import Page, cut, decode
from havruta_service.catalogue import Book, Collection, catalogue


class TextNotFound(NotFound):
    """There is no such book in the catalogue."""

    code = "text_not_found"


def books(collection: str | None, q: str | None, limit: int, cursor: str | None) -> Page[Book]:
    """The books in their traditional order: all, or those with a name, in any language, in which
    the words occur.
    """
    # A cursor is the number of the last book shown: the order of the catalogue is that of its files.
    after = -1
    if cursor:
        (after,) = decode(cursor, [int])
    named = None if q is None else catalogue().holding(q)
    found = []
    for number, book in enumerate(catalogue().books):
        if number <= after:
            continue
        if named is not None and book.slug not in named:
            continue
        if collection and book.collection is not Collection(collection):
            continue
        found.append((number, book))
    page = cut(found, limit, lambda entry: (entry[0],))
    return Page([book for _, book in page.items], page.next)


def book(name: str) -> Book:
    """The book of this name, in English or Hebrew, in full or abbreviated."""
    found = catalogue().find(name)
    if found is None:
        raise TextNotFound
    return found
