"""What a browser says of a passkey, as `toJSON` writes it (WebAuthn, level 3, section 5.1).

What repeats the rest is read and not looked at: `authenticatorData` and `publicKey` of a new passkey stand in
its `attestationObject`.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from chassis.web.fields import Body, Integer, JsonLength, List, Text
from user_service.api.fields import Base64Url, written
from user_service.authenticators import LONGEST_ID

KIND = "public-key"


class NewPasskeyResponse(Body):
    """What the authenticator says of the passkey that it has made."""

    client_data_json = Base64Url(2048, required=True, data_key="clientDataJSON")
    attestation_object = Base64Url(3072, required=True, data_key="attestationObject")
    authenticator_data = Base64Url(2048, data_key="authenticatorData")
    public_key = Base64Url(1024, data_key="publicKey", allow_none=True)
    public_key_algorithm = Integer(data_key="publicKeyAlgorithm")
    transports = List(Text(20), most=8)


class PasskeyAssertionResponse(Body):
    """What the authenticator has signed."""

    client_data_json = Base64Url(2048, required=True, data_key="clientDataJSON")
    authenticator_data = Base64Url(1024, required=True, data_key="authenticatorData")
    signature = Base64Url(1024, required=True)
    user_handle = Base64Url(64, data_key="userHandle", allow_none=True)


class Credential(Body):
    """What `toJSON` of a `PublicKeyCredential` gives."""

    id = Base64Url(LONGEST_ID, required=True)
    raw_id = Base64Url(LONGEST_ID, required=True, data_key="rawId")
    type = fields.String(required=True, validate=validate.OneOf([KIND]))
    authenticator_attachment = Text(20, data_key="authenticatorAttachment", allow_none=True)
    client_extension_results = fields.Dict(
        data_key="clientExtensionResults", validate=JsonLength(1000)
    )

    @validates_schema
    def _one_id(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if data["id"] != data["raw_id"]:
            raise ValidationError("Must be the same as id.", "rawId")


class NewPasskeyCredential(Credential):
    """`RegistrationResponseJSON`: the answer to `navigator.credentials.create`."""

    response = fields.Nested(NewPasskeyResponse, required=True)

    @post_load
    def _as_credential(self, data: Mapping[str, Any], **kwargs: Any) -> RegistrationCredential:
        said = data["response"]
        return RegistrationCredential(
            id=written(data["id"]),
            raw_id=data["raw_id"],
            response=AuthenticatorAttestationResponse(
                client_data_json=said["client_data_json"],
                attestation_object=said["attestation_object"],
            ),
        )


class PasskeyAssertion(Credential):
    """`AuthenticationResponseJSON`: the answer to `navigator.credentials.get`."""

    response = fields.Nested(PasskeyAssertionResponse, required=True)

    @post_load
    def _as_credential(self, data: Mapping[str, Any], **kwargs: Any) -> AuthenticationCredential:
        said = data["response"]
        return AuthenticationCredential(
            id=written(data["id"]),
            raw_id=data["raw_id"],
            response=AuthenticatorAssertionResponse(
                client_data_json=said["client_data_json"],
                authenticator_data=said["authenticator_data"],
                signature=said["signature"],
                user_handle=said.get("user_handle"),
            ),
        )
