"""What the `type` of a problem document stands for."""

from flask import Response, current_app, jsonify
from marshmallow import fields

from chassis.auth.authorization import public
from chassis.errors import NotFound
from chassis.web.fields import Answer, Integer
from chassis.web.rest import Blueprint
from gateway.problem_types import Types

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
def get_problem_type(problem: str) -> Response:
    """Get what the type of a problem document stands for."""
    types: Types = current_app.extensions["problem_types"]()
    found = types.get(problem)
    if found is None:
        raise NotFound
    return jsonify(type=f"/problems/{problem}", **found)
