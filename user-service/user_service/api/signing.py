"""The public keys of access tokens."""

from flask import Response, jsonify
from marshmallow import fields

from chassis.access import public
from chassis.fields import Answer
from chassis.rest import Blueprint
from chassis.versions import not_modified
from user_service.runtime import runtime

# A new key signs after twice that, `signing.PUBLISHED_FOR`, when nobody goes by a document without
# it any more.
CACHED_FOR = 300

blueprint = Blueprint("keys", "The public keys of access tokens.")


class KeySet(Answer):
    """A JWKS document (RFC 7517)."""

    keys = fields.List(fields.Dict(), required=True)


@blueprint.get("/.well-known/jwks.json")
@public
@not_modified
@blueprint.response(200, KeySet)
def jwks() -> Response:
    """Read the public keys of access tokens."""
    response = jsonify(runtime().keyring.jwks())
    response.headers["Cache-Control"] = f"public, max-age={CACHED_FOR}"
    response.add_etag()
    return response
