"""What the `type` of a problem document stands for."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, jsonify, redirect
from marshmallow import fields
from werkzeug.wrappers import Response as BaseResponse

from chassis.auth.authorization import public
from chassis.errors import NotFound
from chassis.web.fields import Answer, Integer
from chassis.web.rest import Blueprint
from gateway import pages
from gateway.problem_types import Types
from gateway.problem_words import words_on

blueprint = Blueprint("problems")


class ProblemType(Answer):
    type = fields.String(required=True)
    code = fields.String(required=True)
    status = Integer(400, 599, required=True)
    title = fields.String(required=True)
    operations = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The ids of the operations that may answer so."},
    )


@blueprint.get("/problems/<string(maxlength=80):problem>", "get_problem_type")
@public
@blueprint.response(200, ProblemType)
@blueprint.alt_response(308, description="The name has hyphens instead of underscores.")
def get_problem_type(problem: str) -> BaseResponse:
    """Get what the type of a problem document stands for.

    `Accept: text/html` gives the page that a browser shows.
    """
    types: Types = current_app.extensions["problem_types"]()
    name = problem.replace("_", "-")
    found = types.get(name)
    if found is None:
        raise NotFound
    if name != problem:
        return redirect(f"/problems/{name}", 308)
    response = _page(found) if pages.is_preferred() else _document(name, found)
    response.vary.add("Accept")
    return response


def _page(problem: Mapping[str, Any]) -> Response:
    words = words_on(problem["status"], problem["code"])
    return pages.page("problem.html", problem=problem, **words._asdict())


def _document(name: str, problem: Mapping[str, Any]) -> Response:
    ids = [operation["id"] for operation in problem["operations"]]
    return jsonify({"type": f"/problems/{name}", **problem, "operations": ids})
