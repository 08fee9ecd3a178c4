"""Signatures on events: proof that an event in a service's stream is that service's own.

Each is a detached JWS (RFC 7515, appendix F, and RFC 7797) over the text of the event, as it stands in
the stream. A program that can write to Redis, and has no key, can forge none.
"""

from collections.abc import Mapping

import jwt
from jwt.api_jws import PyJWS
from prometheus_client import Counter

from chassis.auth.keys import PublicKeys
from chassis.auth.service_tokens import ServiceIdentity, owner_of
from chassis.auth.tokens import ALGORITHM

TYPE = "event+jws"
STREAM = "events:"  # how the names of the streams of events begin

REFUSED = Counter(
    "events_refused_total", "Events that the owner of their stream has not signed.", ["stream"]
)

_jws = PyJWS([ALGORITHM])


class Untrusted(ValueError):
    """The event is not proven to be of the service that its stream belongs to."""


def sign(event: str, identity: ServiceIdentity) -> str:
    """The signature of this service on the text of an event."""
    headers = {"typ": TYPE, "kid": identity.kid}
    return _jws.encode(
        event.encode(), identity.key, ALGORITHM, headers=headers, is_payload_detached=True
    )


def check(stream: str, fields: Mapping[str, str], keys: PublicKeys) -> None:
    """`Untrusted` unless the owner of the stream has signed the event of this entry."""
    signature = fields.get("signature")
    if signature is None:
        raise Untrusted("the event is not signed")
    try:
        header = jwt.get_unverified_header(signature)
        kid = str(header.get("kid"))
        if header.get("typ") != TYPE or f"{STREAM}{owner_of(kid)}" != stream:
            raise Untrusted("the event is signed by another than the owner of the stream")
        event = fields["event"].encode()
        _jws.decode_complete(signature, keys[kid], algorithms=[ALGORITHM], detached_payload=event)
    # PyJWT lets errors of what it calls through.
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Untrusted("the signature is not valid") from error
