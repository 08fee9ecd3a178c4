"""Every problem that an operation answers in a test is one that its documentation names."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from chassis.testing.structure import route_of
from chassis.web.openapi import PROBLEM_TYPE, Api

# A body without a length, or too large, is refused before any operation; and 500 is a defect.
GENERAL = {411, 413, 500}


def check_documented(app: Flask, answer: TestResponse) -> None:
    """Fail if an operation has answered a problem that its documentation does not name.

    What is no operation of clients is passed over.
    """
    if answer.mimetype != PROBLEM_TYPE or answer.status_code in GENERAL:
        return
    operation = _documentation(app, answer)
    if operation is None:
        return
    documented = operation["responses"].get(str(answer.status_code), {}).get("x-problems", [])
    code = answer.get_json()["code"]
    assert code in {named["code"] for named in documented}, (
        f"{operation['operationId']} answered {answer.status_code} {code}, which it does not document"
    )


def _documentation(app: Flask, answer: TestResponse) -> Any:
    api: Api = app.extensions["openapi"]
    operations = api.document["paths"].get(route_of(app, answer), {})
    return operations.get(answer.request.method.lower())
