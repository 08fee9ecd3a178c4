"""RULES: e-mails that tell people what happened to their account, so that a thief does not go unnoticed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from chassis.clock import now, rfc3339
from chassis.letters.languages import marked
from user_service.models import User, messages


class Notice(StrEnum):
    """What happened."""

    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # no password
    PASSWORD_RESET = "password_reset"  # noqa: S105  # no password
    MANY_GUESSES = "many_guesses"
    MANY_CODES = "many_codes"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_COPIED = "passkey_copied"
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    USERNAME_CHANGED = "username_changed"
    SUSPENDED = "suspended"
    SUSPENSION_LIFTED = "suspension_lifted"
    APPLICATION_ACCEPTED = "application_accepted"
    APPLICATION_DECLINED = "application_declined"


class Words(NamedTuple):
    """The e-mail about it."""

    subject: str
    text: str


WORDS: Mapping[Notice, Words] = {
    Notice.NEW_DEVICE: Words(
        marked("A sign-in on a new device"),
        marked("Somebody signed in to your account on a new device."),
    ),
    Notice.PASSWORD_CHANGED: Words(
        marked("Your password was changed"),
        marked(
            "The password of your account was changed. All other devices were signed out, and "
            "passkeys were removed."
        ),
    ),
    Notice.PASSWORD_RESET: Words(
        marked("Your password was reset"),
        marked(
            "A new password was set by a link from an e-mail. All devices were signed out, and "
            "passkeys were removed."
        ),
    ),
    Notice.MANY_GUESSES: Words(
        marked("Many wrong passwords"),
        marked(
            "Somebody has tried many wrong passwords for your account. On new devices no one can "
            "sign in for a quarter of an hour; devices on which you have signed in before are not "
            "concerned."
        ),
    ),
    Notice.MANY_CODES: Words(
        marked("Your password is known to somebody"),
        marked(
            "Somebody has signed in with your password and then shown five wrong codes of your "
            "second factor. If it was not you, set a new password now."
        ),
    ),
    Notice.SECOND_FACTOR_ON: Words(
        marked("A second factor is on"),
        marked(
            "From now on a sign-in needs a code of your app. All other devices were signed out. Keep "
            "the recovery codes where you find them without your phone."
        ),
    ),
    Notice.SECOND_FACTOR_OFF: Words(
        marked("The second factor is off"),
        marked("From now on a sign-in needs your password alone."),
    ),
    Notice.RECOVERY_CODE_USED: Words(
        marked("A recovery code was used"),
        marked(
            "A recovery code was used instead of a code of your app. It does not work any more."
        ),
    ),
    Notice.PASSKEY_ADDED: Words(
        marked("A passkey was added"),
        marked("Your account has a new passkey. It signs in without the password."),
    ),
    Notice.PASSKEY_REMOVED: Words(
        marked("A passkey was removed"),
        marked(
            "A passkey of your account was removed. No one signs in with it any more. All other "
            "devices were signed out."
        ),
    ),
    Notice.PASSKEY_COPIED: Words(
        marked("A passkey may have been copied"),
        marked(
            "Somebody tried to sign in with a passkey of your account that seems to be there twice, "
            "and was refused. If its device does not sign you in any more, remove the passkey and "
            "make another."
        ),
    ),
    Notice.EMAIL_CHANGE_REQUESTED: Words(
        marked("A change of your e-mail address was asked for"),
        marked(
            "Somebody who is signed in to your account wants to change its e-mail address. It "
            "changes once the new address is confirmed."
        ),
    ),
    Notice.USERNAME_CHANGED: Words(
        marked("Your username was changed"),
        marked("Your account has another username. The former one is kept for you for 30 days."),
    ),
    Notice.SUSPENDED: Words(
        marked("Your account is suspended"),
        marked(
            "The people who run the platform have suspended your account. You are signed out "
            "everywhere."
        ),
    ),
    Notice.SUSPENSION_LIFTED: Words(
        marked("Your account is open again"),
        marked("The suspension of your account was lifted. You can sign in."),
    ),
    Notice.APPLICATION_ACCEPTED: Words(
        marked("Your application was accepted"),
        marked(
            "The people who run the platform have accepted your application. Your account has the "
            "role that you applied for."
        ),
    ),
    Notice.APPLICATION_DECLINED: Words(
        marked("Your application was declined"),
        marked(
            "The people who run the platform have declined your application. You can apply again "
            "after a week."
        ),
    ),
}


OF_ADMINS = frozenset(
    {
        Notice.SUSPENDED,
        Notice.SUSPENSION_LIFTED,
        Notice.APPLICATION_ACCEPTED,
        Notice.APPLICATION_DECLINED,
    }
)
"""What its owner neither did nor can undo."""


def tell(user: User, notice: Notice, **about: str) -> None:
    """Have the owner of the account told by e-mail. `about` holds ids, no words."""
    data = {"user_id": str(user.id), "notice": str(notice), "at": rfc3339(now()), **about}
    messages.queue_email("notice", data)
