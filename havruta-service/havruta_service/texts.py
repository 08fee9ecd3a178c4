"""RULES: looking into the catalogue."""

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
    numbered = list(enumerate(catalogue().books))
    if q is not None:
        named = catalogue().holding(q)
        numbered = [(n, book) for n, book in numbered if book.slug in named]
    if collection:
        numbered = [(n, book) for n, book in numbered if book.collection is Collection(collection)]
    if cursor:
        (after,) = decode(cursor, [int])
        numbered = [(n, book) for n, book in numbered if n > after]
    page = cut(numbered, limit, lambda entry: (entry[0],))
    return Page([book for _, book in page.items], page.next)


def book(name: str) -> Book:
    """The book of this name, in English or Hebrew, in full or abbreviated."""
    found = catalogue().find(name)
    if found is None:
        raise TextNotFound
    return found
