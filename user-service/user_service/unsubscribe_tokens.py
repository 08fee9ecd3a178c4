"""RULES: the tokens by which a reader ends e-mails of one kind, without signing in.

A token names the person and the kind, and is signed, so that nothing is stored, and the link of an old e-mail
works as well. It opens nothing else.
"""

import base64
import binascii
import hmac
from uuid import UUID

from chassis.errors import NotFound
from user_service.notification_kinds import NotificationKind
from user_service.runtime import runtime

ID_BYTES, SIGNATURE_BYTES = 16, 32


def token_for(user_id: UUID, kind: str) -> str:
    """The token that ends e-mails of this kind to this person."""
    content = user_id.bytes + kind.encode()
    return base64.urlsafe_b64encode(_signature(content) + content).decode().rstrip("=")


def read(token: str) -> tuple[UUID, NotificationKind]:
    """The person and the kind that the token names; `NotFound` if it is not one of ours."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotFound from None
    signature, content = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(content)):
        raise NotFound
    try:
        return UUID(bytes=content[:ID_BYTES]), NotificationKind(content[ID_BYTES:].decode())
    except ValueError:
        # Of a kind that there is no longer, nothing is e-mailed.
        raise NotFound from None


def _signature(content: bytes) -> bytes:
    return hmac.digest(runtime().unsubscribe_key, content, "sha256")
