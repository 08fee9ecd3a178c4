"""The README shows what the package does."""

import doctest
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_example_of_the_readme_works() -> None:
    result = doctest.testfile(str(README), module_relative=False)
    assert (result.failed, result.attempted > 0) == (0, True)
