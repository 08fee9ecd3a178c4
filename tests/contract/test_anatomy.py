"""The page on the anatomy of a service names tests that exist."""

import re
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(test_\w+)(…|\.py)?`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def test_every_test_that_the_page_names_exists() -> None:
    modules = list(chain(ROOT.glob("*/tests/**/test_*.py"), ROOT.glob("tests/**/test_*.py")))
    tests = list(chain.from_iterable(DEFINED.findall(module.read_text()) for module in modules))
    known = {
        ".py": lambda name: any(module.stem == name for module in modules),
        "…": lambda name: any(test.startswith(name) for test in tests),
        "": lambda name: name in tests,
    }
    named = NAMED.findall((ROOT / "docs" / "anatomy.md").read_text())
    assert len(named) > 20
    assert [name for name, ending in named if not known[ending](name)] == []
