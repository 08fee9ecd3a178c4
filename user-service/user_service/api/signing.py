"""The public keys of access tokens."""

from flask import Response, jsonify
from marshmallow import fields

from chassis.auth.authorization import public
from chassis.web.fields import Answer
from chassis.web.rest import Blueprint
from user_service.runtime import runtime

# Seconds. A new key signs after twice that, `signing.PUBLISHED_FOR`, when every copy of a document without
# it is out of use.
CACHED_FOR = 300

blueprint = Blueprint("keys")


class KeySet(Answer):
    """A JWKS document (RFC 7517)."""

    keys = fields.List(fields.Dict(), required=True)


@blueprint.get("/.well-known/jwks.json", "get_signing_keys")
@public
@blueprint.response(200, KeySet, versioned=True)
def get_signing_keys() -> Response:
    """Get the public keys of access tokens."""
    response = jsonify(runtime().keyring.jwks())
    response.headers["Cache-Control"] = f"public, max-age={CACHED_FOR}"
    response.add_etag()
    return response
