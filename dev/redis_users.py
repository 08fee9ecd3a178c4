"""The users of Redis: what each program may do there, and the password by which it is known.

One file (Redis calls it an ACL file) serves the Redis for what may be lost and the one for events, so that
both may be one server.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from dev.passwords import kept_password
from dev.services import GATEWAY, SERVICES

OPERATOR = "operator"

# A connection that does not say who it is, such as a health check.
NOBODY = "user default on nopass sanitize-payload -@all +ping"
ORDINARY = "+@all -@admin -@dangerous -@scripting -@pubsub"
# The five commands by which a group reads the events of another service.
READING = "(~events:* -@all +xreadgroup +xautoclaim +xack +xgroup|create +xinfo|groups)"

# Kinds of rooms, by the service that has them.
ROOMS: Mapping[str, tuple[str, ...]] = {
    "user-service": ("user",),
    "study-session-service": ("study-session",),
    "tutoring-service": ("whiteboard",),
    "havruta-service": ("havruta", "havruta-session"),
}
# What a program has besides events and rooms: names of keys, and commands for them.
MORE: Mapping[str, str] = {
    "user-service": "~attempts:* ~mails:* +eval",
    "tutoring-service": "~checked_times:* ~parent_codes:* +eval",
    "study-session-service": "~active_sessions ~active_sessions:changes ~session:* ~chat:* ~written:*",
    GATEWAY: "%R~events:user-service %R~room:* &room:* ~LIMITS:* ~ticket:*"
    " +subscribe +unsubscribe +eval +evalsha +script|load",
}


class RedisUsers:
    """A folder with a password for each user, and the file from which Redis knows them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.acl = folder / "users.acl"

    def password_file(self, name: str) -> Path:
        """The file with the password of a program, or of the operator."""
        return self.folder / "passwords" / name

    def address(self, name: str, url: str) -> str:
        """The address of a Redis, for a program or for the operator."""
        parts = urlsplit(url)
        host = f"{name}@{parts.netloc.rpartition('@')[2]}"
        query = {**dict(parse_qsl(parts.query)), "passfile": str(self.password_file(name))}
        return parts._replace(netloc=host, query=urlencode(query, safe="/")).geturl()

    def make(self) -> None:
        """Make the passwords that are missing, and write the rights of all users."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "passwords").mkdir(mode=0o700, exist_ok=True)
        lines = [NOBODY, self._user(OPERATOR, "~* &* +@all"), self._user(GATEWAY, rights(GATEWAY))]
        lines += [self._user(service.name, rights(service.name)) for service in SERVICES]
        self.acl.write_text("\n".join([*lines, ""]))

    def _user(self, name: str, rights: str) -> str:
        digest = hashlib.sha256(kept_password(self.password_file(name)).encode()).hexdigest()
        return f"user {name} on sanitize-payload #{digest} resetchannels {rights}"


def rights(program: str) -> str:
    """What a program may do, as Redis writes it."""
    if program == GATEWAY:
        return f"{ORDINARY} {MORE[program]}"
    own = [f"~events:{program}", f"~outbox:{program}", f"~rooms:{program}", f"~rooms:{program}:*"]
    for kind in ROOMS.get(program, ()):
        own += [f"~room:{kind}:*", f"&room:{kind}:*"]
    more = MORE.get(program, "")
    return f"{ORDINARY} +publish +info {' '.join(own)} {more} {READING}".replace("  ", " ")
