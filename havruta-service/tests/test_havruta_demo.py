"""The demo from the command line."""

from flask import Flask


def test_the_demo_is_loaded_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    first, second = (runner.invoke(args=["demo"]) for _ in range(2))
    assert (first.output, second.output) == ("3 havrutas added\n", "0 havrutas added\n")
