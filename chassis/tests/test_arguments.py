"""A query that came before is not read again."""

from typing import Any

import pytest
from flask import Flask

from chassis.errors import Invalid
from chassis.web.arguments import LONGEST_KEPT, Parser
from chassis.web.pagination import PageQuery

PARSER = Parser()


class Counted(PageQuery):
    loads = 0

    def load(self, *args: Any, **kwargs: Any) -> Any:
        Counted.loads += 1
        return super().load(*args, **kwargs)


SCHEMA = Counted()


@pytest.fixture(autouse=True)
def none_read() -> None:
    Counted.loads = 0


def read(query: str) -> dict[str, Any]:
    with Flask("a test").test_request_context(f"/?{query}"):
        found: dict[str, Any] = PARSER.parse(SCHEMA, location="query")
        return found


def test_the_same_query_is_read_once() -> None:
    assert read("limit=5&cursor=once") == read("limit=5&cursor=once")
    assert Counted.loads == 1
    assert read("limit=6&cursor=once")["limit"] == 6
    assert Counted.loads == 2


def test_what_one_view_does_to_its_arguments_no_other_sees() -> None:
    first = read("limit=7")
    del first["limit"]
    assert read("limit=7")["limit"] == 7


def test_a_wrong_query_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(Invalid):
            read("limit=0")


def test_a_long_query_is_not_kept() -> None:
    long = f"cursor={'x' * LONGEST_KEPT}"
    assert read(long) == read(long)
    assert Counted.loads == 2
