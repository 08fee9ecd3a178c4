"""The e-mails of this service. The worker composes each when it sends it: before, no token and no
address stands anywhere.
"""

from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import structlog
from email_validator import validate_email

from chassis.clock import now
from chassis.letters.languages import Language
from chassis.letters.letter import Letter, Link, written
from chassis.letters.quoting import quoted
from user_service import (
    calendar_parts,
    email_changes,
    email_tokens,
    notification_letters,
    preferences,
    unsubscribe_tokens,
)
from user_service.attempts import TooManyAttempts, delivery_allowances
from user_service.languages import language_of
from user_service.models import (
    Application,
    EmailChange,
    Notification,
    Purpose,
    SignIn,
    Suspension,
    User,
    db,
)
from user_service.notices import OF_ADMINS, WORDS, Notice
from user_service.pages import address, link
from user_service.runtime import runtime

MOST_OF_A_NAME, MOST_OF_A_REASON = 60, 1000
log = structlog.get_logger(__name__)


def verify_email(data: dict[str, Any]) -> EmailMessage | None:
    """The link that verifies an address."""
    user = _addressee(data["user_id"])
    if user is None or user.email_verified:
        return None
    token, language = email_tokens.issue(user, Purpose.VERIFY), language_of(user.locale)
    say = language.say
    letter = Letter(
        subject=say("Verify your e-mail address"),
        name=_name_of(user, language),
        lead=say("Please confirm that this address is yours."),
        action=Link(say("Verify my address"), link("verify-email", token)),
        code=token,
        after=[
            say("The link works once, within 24 hours."),
            say("If you did not open an account, you need do nothing."),
        ],
    )
    return _addressed(data, "verify_email", user, letter, language)


def reset_password(data: dict[str, Any]) -> EmailMessage | None:
    """The link that sets a new password; for an address without account there is nothing to send."""
    user = _addressee(data["user_id"])
    if user is None:
        return None
    token, language = email_tokens.issue(user, Purpose.RESET), language_of(user.locale)
    say = language.say
    letter = Letter(
        subject=say("Set a new password"),
        name=_name_of(user, language),
        lead=say("You can set a new password here."),
        action=Link(say("Set a new password"), link("reset-password", token)),
        code=token,
        after=[
            say("The link works once, within an hour."),
            say("If you did not ask for this, you need do nothing: your password stays as it is."),
        ],
    )
    return _addressed(data, "reset_password", user, letter, language)


def change_email(data: dict[str, Any]) -> EmailMessage | None:
    """The link that proves the new address; or word to the owner, if the address has an account."""
    user = _addressee(data["user_id"])
    if user is None or user.pending_email is None:
        return None
    language, to = language_of(user.locale), user.pending_email
    say = language.say
    # Without a name: the words of the person who asked are not for the owner of the address.
    if email_changes.is_in_use(to, user.id):
        letter = Letter(
            subject=say("This address has an account"),
            name="",
            lead=say(
                "Somebody wanted to give this e-mail address to another account. It has an account already, "
                "which stays as it is."
            ),
            after=[
                say(
                    "If it was you, sign in with this address; if you do not know the password, you can "
                    "set a new one there."
                ),
                say("If it was not you, you need do nothing."),
            ],
        )
        return _addressed(data, "address_in_use", user, letter, language, to)
    token = email_tokens.issue(user, Purpose.CHANGE, to)
    letter = Letter(
        subject=say("Confirm your new e-mail address"),
        name="",
        lead=say("Please confirm that this is the new e-mail address of your account."),
        action=Link(say("Confirm the address"), link("change-email", token)),
        code=token,
        after=[
            say("The link works once, within 24 hours."),
            say("If you did not ask for this, you need do nothing."),
        ],
    )
    return _addressed(data, "change_email", user, letter, language, to)


def email_changed(data: dict[str, Any]) -> EmailMessage | None:
    """Word to the old address, with a way back."""
    change = db.session.get(EmailChange, UUID(data["change_id"]))
    user = _addressee(change.user_id) if change else None
    if change is None or user is None or change.reverted_at:
        return None
    token = email_tokens.issue(user, Purpose.REVERT, change.old_email)
    language = language_of(user.locale)
    say = language.say
    letter = Letter(
        subject=say("Your e-mail address was changed"),
        name=_name_of(user, language),
        lead=say(
            "Your account has another e-mail address from now on, and this one is no longer used. If this "
            "was "
            "you, you need do nothing. If it was not you, go back to this address within 7 days: everybody "
            "is signed out then, and you set a new password."
        ),
        action=Link(say("Go back to this address"), link("revert-email", token)),
        code=token,
    )
    return _addressed(data, "email_changed", user, letter, language, change.old_email)


def notification(data: dict[str, Any]) -> EmailMessage | None:
    """What the person is notified of, unless they have read it, want no more of it, or it is gone."""
    note = db.session.get(Notification, UUID(data["notification_id"]))
    if note is None or note.read_at:
        return None
    user = _addressee(note.user_id)
    if user is None or not preferences.wanted(user.id, note.kind).email:
        return None
    note.emailed_at = now()
    language = language_of(user.locale)
    letter = notification_letters.about(note, user, language)
    message = _addressed(data, "notification", user, letter, language)
    if message:
        # RFC 8058: mail programs send a POST there when the reader wants it. What follows links sends a GET.
        token = unsubscribe_tokens.token_for(user.id, note.kind)
        message["List-Unsubscribe"] = f"<{address(f'api/notifications/unsubscribe/{token}')}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        calendar_parts.attach(message, note, notification_letters.title_of(note, language))
    return message


def notice(data: dict[str, Any]) -> EmailMessage | None:
    """What happened to the account, and what to do if it was not its owner."""
    user = _addressee(data["user_id"])
    if user is None:
        return None
    words, language = WORDS[Notice(data["notice"])], language_of(user.locale)
    say = language.say
    at = datetime.fromisoformat(data["at"])
    facts = [(say("When"), language.moment(at, user.timezone))]
    if device := _device(data.get("sign_in_id")):
        facts.append((say("Device"), _quoted(device, MOST_OF_A_NAME, language)))
    can_act = data["notice"] not in OF_ADMINS
    letter = Letter(
        subject=say(words.subject),
        name=_name_of(user, language),
        lead=say(words.text),
        facts=facts,
        quote=_quoted(_reason(data), MOST_OF_A_REASON, language),
        **(_defence(language) if can_act else {}),
    )
    return _addressed(data, str(data["notice"]), user, letter, language)


def _defence(language: Language) -> dict[str, Any]:
    """What the owner of an account can do against what they did not do."""
    say = language.say
    return {
        "action": Link(say("See your devices"), address("account/devices")),
        "after": [
            say(
                "If this was you, you need do nothing. If it was not you, set a new password, which signs "
                "out every device."
            )
        ],
        "links": [Link(say("Set a new password"), address("forgot-password"))],
    }


COMPOSERS = {
    "verify_email": verify_email,
    "reset_password": reset_password,
    "change_email": change_email,
    "email_changed": email_changed,
    "notification": notification,
    "notice": notice,
}


def _reason(data: dict[str, Any]) -> str:
    """What an admin told the person: about a suspension, or about their application."""
    if "suspension_id" in data:
        suspension = db.session.get(Suspension, UUID(data["suspension_id"]))
        return (suspension.lift_reason or suspension.reason) if suspension else ""
    if "application_id" in data:
        application = db.session.get(Application, UUID(data["application_id"]))
        return (application.reason or "") if application else ""
    return ""


def _device(sign_in_id: str | None) -> str:
    sign_in = db.session.get(SignIn, UUID(sign_in_id)) if sign_in_id else None
    return sign_in.device if sign_in else ""


def _addressee(user_id: UUID | str | None) -> User | None:
    if user_id is None:
        return None
    user = db.session.get(User, UUID(str(user_id)))
    return None if user is None or user.deleted_at else user


def _mailable(address: str) -> str:
    """The address as every mail server accepts it: many refuse a domain that is not in ASCII."""
    return validate_email(address, check_deliverability=False).ascii_email or address


def _name_of(user: User, language: Language) -> str:
    return _quoted(user.display_name, MOST_OF_A_NAME, language)


def _quoted(text: str, most: int, language: Language) -> str:
    return quoted(text, most, right_to_left=language.is_right_to_left)


def _addressed(
    data: dict[str, Any],
    kind: str,
    user: User,
    letter: Letter,
    language: Language,
    to: str | None = None,
) -> EmailMessage | None:
    """The e-mail to the account's address or another; None if the address has had too many today."""
    is_verified = to is None and user.email_verified
    allowances = delivery_allowances(kind, to or user.email, is_verified=is_verified)
    # An e-mail that is tried again counts once.
    if not data.get("is_repeated"):
        try:
            runtime().attempts.take(allowances)
        except TooManyAttempts:
            log.warning("email_withheld", kind=kind, user_id=str(user.id))
            return None
    message = written(letter, language)
    message["To"] = _mailable(to or user.email)
    return message
