"""The page on the anatomy of a service is true of the tests that it names."""

import re
from itertools import chain, product
from pathlib import Path

from dev.services import SERVICES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "anatomy.md"
NAMED = re.compile(r"`(test_\w+)(…|\.py)?`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)

EVERY_SERVICE = re.compile(r"Every service has (.*?)\.\n\n", re.DOTALL)
MODULE = re.compile(r"`(test_\w+\.py)`")


def test_every_service_has_the_modules_that_the_page_says_it_has() -> None:
    [sentence] = EVERY_SERVICE.findall(PAGE.read_text())
    modules = MODULE.findall(sentence)
    assert modules
    for service, module in product(SERVICES, modules):
        assert (ROOT / service.name / "tests" / module).is_file(), (service.name, module)


def test_every_test_that_the_page_names_exists() -> None:
    modules = list(chain(ROOT.glob("*/tests/**/test_*.py"), ROOT.glob("tests/**/test_*.py")))
    tests = list(chain.from_iterable(DEFINED.findall(module.read_text()) for module in modules))
    known = {
        ".py": lambda name: any(module.stem == name for module in modules),
        "…": lambda name: any(test.startswith(name) for test in tests),
        "": lambda name: name in tests,
    }
    named = NAMED.findall(PAGE.read_text())
    assert len(named) > 20
    assert [name for name, ending in named if not known[ending](name)] == []
