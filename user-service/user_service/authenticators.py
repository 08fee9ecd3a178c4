"""RULES: what an authenticator answers, and whether it holds (WebAuthn, level 3, sections 7.1 and 7.2).

The library `webauthn` compares challenge, origin, site, flags and signature. What it leaves out is here:
CBOR that costs more than it weighs, pages within other sites' frames, the size of keys and ids, who the
passkey says it belongs to, and whether it may be copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_cbor,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    CredentialDeviceType,
    RegistrationCredential,
)

from user_service.models import Passkey
from user_service.plain_cbor import require_plain
from user_service.relying_party import RelyingParty

ES256, EDDSA, RS256 = (
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
ALGORITHMS = [ES256, EDDSA, RS256]
"""Those of passkeys, the most wanted first."""

LONGEST_ID = 1023  # bytes, as WebAuthn has it
RSA_BITS = range(2048, 4097)
# Authenticators make keys with no other exponent, and a large one would cost much with each proof.
RSA_EXPONENT = 65537
# Of authenticator data: the hash of the site, flags and a count; then, if there is a new key, the id of the
# model, the length of the key's id, that id, and the key.
HEAD, FLAGS_AT, HAS_KEY = 37, 32, 0b0100_0000
ID_LENGTH_AT = slice(53, 55)


class NotProved(Exception):
    """The answer does not hold."""


@dataclass(frozen=True)
class NewKey:
    """What is kept of a new passkey. `public_key` is a COSE_Key."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool


@dataclass(frozen=True)
class Use:
    """What a passkey says with a proof."""

    sign_count: int
    backed_up: bool


def challenge_of(client_data: bytes) -> bytes:
    """The challenge that was signed; `NotProved` if there is none to be read."""
    with _refusals():
        return parse_client_data_json(client_data).challenge


def new_key(credential: RegistrationCredential, challenge: bytes, party: RelyingParty) -> NewKey:
    """The key pair that was made for this challenge on a page of the site; `NotProved` if it was not."""
    with _refusals():
        response = credential.response
        _require_own_page(response.client_data_json)
        require_plain(response.attestation_object)
        attestation = parse_cbor(response.attestation_object)
        _require_plain_data(attestation["authData"])
        _require_no_maker(attestation)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        _require(len(verified.credential_id) <= LONGEST_ID)
        _require_good_key(verified.credential_public_key)
        return NewKey(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            backup_eligible=_may_be_copied(verified.credential_device_type),
            backed_up=verified.credential_backed_up,
        )


def use_of(
    passkey: Passkey, credential: AuthenticationCredential, challenge: bytes, party: RelyingParty
) -> Use:
    """The passkey signed this challenge on a page of the site, and made sure of its owner; or `NotProved`.

    Whether its count goes on is for the caller to decide: before the signature was verified, anyone could
    have written it.
    """
    with _refusals():
        response = credential.response
        _require_own_page(response.client_data_json)
        _require_plain_data(response.authenticator_data)
        # No account was named: the passkey names it.
        _require(response.user_handle == handle_of(passkey.user_id))
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        _require(_may_be_copied(verified.credential_device_type) == passkey.backup_eligible)
        return Use(verified.new_sign_count, verified.credential_backed_up)


def handle_of(user_id: UUID) -> bytes:
    """How passkeys name their owner: by the id, which is public and says nothing about the person."""
    return user_id.bytes


@contextmanager
def _refusals() -> Iterator[None]:
    """Refuse the answer for any error that it causes.

    The library and what it builds on raise errors of many kinds: `KeyError` for a key without a kind,
    `ValueError` for a point that is not on the curve, `TypeError` for a number where bytes belong.
    """
    try:
        yield
    except Exception as error:
        raise NotProved(str(error)) from error


def _require(holds: bool) -> None:
    if not holds:
        raise NotProved


def _require_own_page(client_data: bytes) -> None:
    """Not a page within a frame of another site, which could show what it likes around it."""
    _require(not parse_client_data_json(client_data).cross_origin)


def _require_plain_data(data: bytes) -> None:
    """The CBOR behind the head of authenticator data is plain: the new key, and what extensions say."""
    start = HEAD
    if data[FLAGS_AT] & HAS_KEY:
        start = ID_LENGTH_AT.stop + int.from_bytes(data[ID_LENGTH_AT], "big")
    require_plain(data[start:])


def _require_no_maker(attestation: dict[str, object]) -> None:
    """No certificates, which were not asked for: a key signs for itself at most.

    So no certificate that a stranger wrote is read.
    """
    statement = attestation["attStmt"]
    _require(attestation["fmt"] in {"none", "packed"})
    _require(isinstance(statement, dict) and "x5c" not in statement)


def _require_good_key(public_key: bytes) -> None:
    """A key as its algorithm wants it: the library looks at it at its first use only."""
    key = decoded_public_key_to_cryptography(decode_credential_public_key(public_key))
    if isinstance(key, RSAPublicKey):
        _require(key.key_size in RSA_BITS and key.public_numbers().e == RSA_EXPONENT)
    elif isinstance(key, EllipticCurvePublicKey):
        _require(isinstance(key.curve, SECP256R1))
    else:
        _require(isinstance(key, Ed25519PublicKey))


def _may_be_copied(kind: CredentialDeviceType) -> bool:
    return kind is CredentialDeviceType.MULTI_DEVICE
