"""RULES: the tokens by which an address ends e-mails with invitations, without an account.

A token is the SHA-256 of the address and its signature, so that nothing is stored, and the link of an old
e-mail works as well.
"""

import base64
import binascii
import hashlib
import hmac

from chassis.errors import NotFound
from havruta_service.runtime import runtime

BYTES = hashlib.sha256().digest_size


def token_for(address_sha256: str) -> str:
    """The token for the address with this SHA-256."""
    address = bytes.fromhex(address_sha256)
    return base64.urlsafe_b64encode(address + _signature(address)).decode().rstrip("=")


def address_of(token: str) -> str:
    """The SHA-256 of the address that the token is for; `NotFound` if it is not one of ours."""
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotFound from None
    address, signature = content[:BYTES], content[BYTES:]
    if not hmac.compare_digest(signature, _signature(address)):
        raise NotFound
    return address.hex()


def _signature(address: bytes) -> bytes:
    return hmac.digest(runtime().unsubscribe_key, address, "sha256")
