"""The names that clients, other services and operators know: a change of one is made on purpose.

Each list is a file next to this one. After 1.0 a name may be added, and none taken away.
"""

import dataclasses
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest
import requests

from chassis.data.personal_data import SECRETS
from docs import write_errors
from gateway.merging import operations
from gateway.routes import PEOPLE

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
UUID = "uuid"
OPENS = re.compile("hash|token|secret|password")
# Fields with the id of something else than a person.
THINGS = {
    "id",
    "about_id",
    "active_session_id",
    "havruta_id",
    "invitation_id",
    "series_id",
    "session_id",
}
SHOWN = re.compile(r'"(\w+)":')
ROW = re.compile(r"^\| `(\w+\.\w+)` \|", re.MULTILINE)


def frozen(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text().splitlines()


def test_operation_ids_are_the_ones_that_clients_know(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    ids = sorted(operation["operationId"] for operation in operations(document))
    assert ids == frozen("operation_ids")


def test_operation_ids_begin_with_a_verb() -> None:
    verbs = set(frozen("verbs"))
    assert [name for name in frozen("operation_ids") if name.partition("_")[0] not in verbs] == []


def test_an_id_in_an_answer_is_of_a_person_with_names_or_of_a_thing(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    fields = {
        name
        for schema in document["components"]["schemas"].values()
        for name, field in schema.get("properties", {}).items()
        if UUID in (field.get("format"), field.get("items", {}).get("format"))
    }
    assert fields - PEOPLE.keys() == THINGS


def test_the_readme_shows_fields_of_the_reference(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    fields: set[str] = set()
    for schema in document["components"]["schemas"].values():
        fields |= schema.get("properties", {}).keys()
    shown = set(SHOWN.findall((ROOT / "README.md").read_text()))
    assert shown
    assert shown - fields == set()


def test_error_codes_are_the_ones_that_clients_know() -> None:
    codes = {problem.code for problem in write_errors.problem_classes()}
    assert sorted(codes) == frozen("error_codes")


def test_a_code_has_one_meaning() -> None:
    meanings = defaultdict(set)
    for problem in write_errors.problem_classes():
        meanings[problem.code].add((problem.status, problem.title()))
    assert {code: said for code, said in meanings.items() if len(said) > 1} == {}


def test_the_page_of_errors_says_what_the_classes_say() -> None:
    assert write_errors.PAGE.read_text() == write_errors.page()


@pytest.mark.parametrize("program", write_errors.PROGRAMS[2:])
def test_a_column_that_opens_something_is_left_out_of_exports(program: str) -> None:
    tables = import_module(f"{program}.models").db.metadata.tables.values()
    columns = {column.name for table in tables for column in table.columns}
    # A request that is repeated is recognised by its hash, which opens nothing.
    secret = {name for name in columns if OPENS.search(name)} - {"request_hash"}
    assert secret <= SECRETS


@pytest.mark.parametrize("program", write_errors.PROGRAMS[1:])
def test_settings_are_the_ones_that_operators_know(program: str) -> None:
    settings = import_module(f"{program}.config").Settings
    names = [f"{program} {field.name.upper()}" for field in dataclasses.fields(settings)]
    known = [line for line in frozen("settings") if line.startswith(f"{program} ")]
    assert sorted(names) == known


def test_events_are_the_ones_that_services_know() -> None:
    assert sorted(set(ROW.findall((ROOT / "docs/events.md").read_text()))) == frozen("events")
