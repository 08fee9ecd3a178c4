"""What a service consists of, for checks that no reviewer should have to remember."""

from collections.abc import Iterator

from flask import Flask

from chassis.access import access_of


def operations(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    """Every operation: method, path, and the access it declares."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, access_of(app.view_functions[rule.endpoint])
