"""Events as another service sends them."""

import json
from collections.abc import Mapping
from typing import Any

from chassis.auth.service_tokens import ServiceIdentity
from chassis.messaging import signatures
from chassis.testing.keys import key_files


def signed(event: Mapping[str, Any] | str, by: str = "user-service") -> dict[str, str]:
    """The fields of the event's entry in the stream of the service that signs it."""
    text = event if isinstance(event, str) else json.dumps(event)
    identity = ServiceIdentity(by, key_files().service_keys[by], by)
    return {"event": text, "signature": signatures.sign(text, identity)}
