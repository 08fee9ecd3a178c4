"""RULES: everything that lets somebody in as a person ends together.

`ENDINGS` has every table with such things. A test compares it with all columns that hold a secret.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from chassis.clock import now
from user_service import (
    calendar_feeds,
    email_tokens,
    known_devices,
    passkey_challenges,
    sign_in_tickets,
    sign_ins,
)
from user_service.accounts import save
from user_service.events import EventType
from user_service.models import User

End = Callable[[UUID], object]

ENDINGS: Mapping[str, End] = {
    "calendar_feeds": calendar_feeds.revoke,
    "email_tokens": email_tokens.revoke,
    "known_devices": known_devices.forget,
    "passkey_challenges": passkey_challenges.revoke,
    "sign_in_tickets": sign_in_tickets.revoke,
}
"""How what is in a table ends, besides the sign-ins."""

SIGN_INS = frozenset({"sign_ins", "refresh_tokens"})
"""These end but for one: the sign-in that asks for it may go on."""

STAYING: Mapping[str, str] = {
    "users": "the password: to replace it is a step of its own",
    "passkeys": "like the password: a new password removes them, and their owner any of them",
    "second_factors": "it keeps people out, and lets no one in by itself",
    "recovery_codes": "the same",
}
"""What is not ended, and why."""


def end(user: User, *, but: UUID | None = None) -> None:
    """End all that lets somebody in as the person, here and in the other services.

    That is every sign-in (but one, if it is named), every link that was e-mailed, every secret address of a
    calendar and every known device. Tickets for streams end with their sign-in. The account is locked.
    """
    sign_ins.end_all(user.id, but=but)
    end_all_but_sign_ins(user)


def end_all_but_sign_ins(user: User) -> None:
    """The same, but people stay signed in where they are. The account is locked."""
    for end_one in ENDINGS.values():
        end_one(user.id)
    # The account is changed, so that the event has a version of its own.
    user.updated_at = now()
    save(user, EventType.ACCESS_ENDED)
