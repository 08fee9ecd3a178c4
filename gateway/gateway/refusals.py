"""What the operations of an OpenAPI document may refuse: the problems in their answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from chassis.errors import Problem
from chassis.web.openapi import PROBLEM_TYPE, described
from chassis.web.openapi_examples import SCHEMAS
from gateway.merging import Document, operations

RESPONSES = "#/components/responses/"
PROBLEM = {PROBLEM_TYPE: {"schema": {"$ref": f"{SCHEMAS}ProblemDocument"}}}


def add_problems(operation: Document, problems: Iterable[type[Problem]]) -> None:
    """Name more problems in the answers of an operation."""
    titles: dict[str, dict[str, str]] = defaultdict(dict)
    for problem in problems:
        titles[str(problem.status)][problem.code] = problem.title()
    add_titles(operation, titles)


def add_titles(operation: Document, added: Mapping[str, Mapping[str, str]]) -> None:
    """Name more problems in the answers of an operation: their titles, by status and code."""
    responses = operation.setdefault("responses", {})
    for status, titles in added.items():
        answer = responses.setdefault(status, {"x-problems": [], "content": PROBLEM})
        if "x-problems" in answer:
            known = {named["code"]: named["title"] for named in answer["x-problems"]}
            responses[status] = {**answer, **described({**titles, **known})}
    operation["responses"] = dict(sorted(responses.items()))


def share_refusals(document: Document) -> None:
    """Say once what several operations may answer alike: it is most of the document."""
    # A code has one status and one title, so answers with the same codes are the same answer.
    used: dict[str, list[Document]] = defaultdict(list)
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            if answer.get("x-problems"):
                codes = [named["code"] for named in answer["x-problems"]]
                used[f"{status}_{'_or_'.join(codes)}"].append(answer)
    shared = document["components"].setdefault("responses", {})
    for name, answers in used.items():
        if len(answers) > 1:
            shared[name] = dict(answers[0])
            for answer in answers:
                answer.clear()
                answer["$ref"] = f"{RESPONSES}{name}"


def refusals_of(document: Document, operation: Document) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The status, and the code and title, of each problem that an operation may answer."""
    shared = document.get("components", {}).get("responses", {})
    for status, answer in operation["responses"].items():
        found = shared[answer["$ref"].removeprefix(RESPONSES)] if "$ref" in answer else answer
        for named in found.get("x-problems", []):
            yield int(status), named
