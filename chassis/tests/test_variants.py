"""Objects of one of several schemas, on the wire and in the documentation."""

from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError, fields

from chassis.auth.authorization import public
from chassis.web.arguments import pointers
from chassis.web.fields import Body, Variants
from chassis.web.openapi import Api
from chassis.web.rest import Blueprint


class Circle(Body):
    shape = fields.String(required=True)
    radius = fields.Integer(required=True)


class Square(Body):
    shape = fields.String(required=True)
    side = fields.Integer(required=True)


class Drawing(Body):
    figures = fields.List(Variants("shape", {"circle": Circle, "square": Square}))


CIRCLE = {"shape": "circle", "radius": 2}


def test_each_variant_is_read_and_written_by_its_own_schema() -> None:
    drawing = {"figures": [CIRCLE, {"shape": "square", "side": 3}]}
    assert Drawing().load(drawing) == Drawing().dump(drawing) == drawing


@pytest.mark.parametrize(
    ("figure", "pointer"),
    [
        (5, "/figures/0"),
        ({}, "/figures/0/shape"),
        ({"shape": "line"}, "/figures/0/shape"),
        ({"shape": ["circle"]}, "/figures/0/shape"),
        ({"shape": "square", "side": "long"}, "/figures/0/side"),
        ({"shape": "circle", "radius": 2, "side": 3}, "/figures/0/side"),
    ],
)
def test_an_error_is_named_by_its_pointer(figure: Any, pointer: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Drawing().load({"figures": [figure]})
    assert [error["pointer"] for error in pointers(refused.value.messages, "/")] == [pointer]


def test_the_document_has_a_discriminator_for_the_variants() -> None:
    app = Flask(__name__)
    api = Api(app, "drawing-service", "", {})
    blueprint = Blueprint("drawings")

    @blueprint.get("/drawing", "get_drawing")
    @public
    @blueprint.response(200, Drawing)
    def get_drawing() -> dict[str, Any]:
        return {"figures": [CIRCLE]}

    api.register_blueprint(blueprint)
    schemas = api.spec.to_dict()["components"]["schemas"]
    references = {name: f"#/components/schemas/{name.title()}" for name in ("circle", "square")}
    assert schemas.keys() >= {"Circle", "Square"}
    assert schemas["Drawing"]["properties"]["figures"]["items"] == {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "shape", "mapping": references},
    }
