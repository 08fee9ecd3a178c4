"""The e-mails of this service. The worker composes each when it sends it: before, no token and no
address stands anywhere.
"""

from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from email_validator import validate_email
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from user_service import email_changes, email_tokens
from user_service.attempts import TooManyAttempts, delivery_allowances
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
from user_service.notification_kinds import EMAILS, NotificationKind
from user_service.runtime import runtime

log = structlog.get_logger(__name__)

TEMPLATES = Environment(
    loader=PackageLoader("user_service", "mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def verify_email(data: dict[str, Any]) -> EmailMessage | None:
    """The link that verifies an address."""
    user = _addressee(data["user_id"])
    if user is None or user.email_verified:
        return None
    token = email_tokens.issue(user, Purpose.VERIFY)
    return _compose(
        data,
        user,
        "Verify your e-mail address",
        "verify_email",
        link=_link("verify-email", token),
        token=token,
    )


def reset_password(data: dict[str, Any]) -> EmailMessage | None:
    """The link that sets a new password; for an address without account there is nothing to send."""
    user = _addressee(data["user_id"])
    if user is None:
        return None
    token = email_tokens.issue(user, Purpose.RESET)
    return _compose(
        data,
        user,
        "Set a new password",
        "reset_password",
        link=_link("reset-password", token),
        token=token,
    )


def change_email(data: dict[str, Any]) -> EmailMessage | None:
    """The link that proves the new address; or word to the owner, if the address has an account."""
    user = _addressee(data["user_id"])
    if user is None or user.pending_email is None:
        return None
    if email_changes.is_in_use(user.pending_email, user.id):
        # Without a name: the words of the person who asked are not for the owner of the address.
        return _compose(
            data,
            user,
            "This address has an account",
            "address_in_use",
            to=user.pending_email,
            name="",
        )
    token = email_tokens.issue(user, Purpose.CHANGE, user.pending_email)
    return _compose(
        data,
        user,
        "Confirm your new e-mail address",
        "change_email",
        to=user.pending_email,
        name="",
        link=_link("change-email", token),
        token=token,
    )


def email_changed(data: dict[str, Any]) -> EmailMessage | None:
    """Word to the old address, with a way back."""
    change = db.session.get(EmailChange, UUID(data["change_id"]))
    user = _addressee(change.user_id) if change else None
    if change is None or user is None or change.reverted_at:
        return None
    token = email_tokens.issue(user, Purpose.REVERT, change.old_email)
    return _compose(
        data,
        user,
        "Your e-mail address was changed",
        "email_changed",
        to=change.old_email,
        link=_link("revert-email", token),
        token=token,
    )


def notification(data: dict[str, Any]) -> EmailMessage | None:
    """What the person is notified of, unless they have read it or it is gone in the meantime."""
    note = db.session.get(Notification, UUID(data["notification_id"]))
    if note is None or note.read_at:
        return None
    user = _addressee(note.user_id)
    if user is None:
        return None
    email = EMAILS[NotificationKind(note.kind)]
    link = f"{runtime().public_url}/notifications"
    return _compose(data, user, email.subject, "notification", text=email.text, link=link)


def notice(data: dict[str, Any]) -> EmailMessage | None:
    """What happened to the account, and what to do if it was not its owner."""
    user = _addressee(data["user_id"])
    if user is None:
        return None
    words = WORDS[Notice(data["notice"])]
    at = datetime.fromisoformat(data["at"]).astimezone(ZoneInfo(user.timezone))
    return _compose(
        data,
        user,
        words.subject,
        "notice",
        text=words.text,
        at=f"{at:%d %B %Y, %H:%M} ({user.timezone})",
        device=_device(data.get("sign_in_id")),
        reason=_reason(data),
        can_act=data["notice"] not in OF_ADMINS,
        devices=f"{runtime().public_url}/account/devices",
        reset=f"{runtime().public_url}/forgot-password",
    )


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


def _link(page: str, token: str) -> str:
    """The token stands behind the `#`: browsers do not send it, so no log on the way holds it."""
    return f"{runtime().public_url}/{page}#token={token}"


def _mailable(address: str) -> str:
    """The address as every mail server accepts it: many refuse a domain that is not in ASCII."""
    return validate_email(address, check_deliverability=False).ascii_email or address


def _compose(
    data: dict[str, Any],
    user: User,
    subject: str,
    template: str,
    *,
    to: str | None = None,
    **values: str | bool,
) -> EmailMessage | None:
    """The e-mail to the account's address or another; None if the address has had too many today."""
    address = to or user.email
    is_verified = to is None and user.email_verified
    kind = str(data.get("notice", template))
    allowances = delivery_allowances(kind, address, is_verified=is_verified)
    # An e-mail that is tried again counts once.
    if not data.get("is_repeated"):
        try:
            runtime().attempts.take(allowances)
        except TooManyAttempts:
            log.warning("email_withheld", kind=kind, user_id=str(user.id))
            return None
    message = EmailMessage()
    message["To"], message["Subject"] = _mailable(address), f"{subject} · Lyceum"
    content = {"name": user.display_name, "subject": subject, **values}
    plain, html = (TEMPLATES.get_template(f"{template}.{form}") for form in ("txt", "html"))
    message.set_content(plain.render(content))
    message.add_alternative(html.render(content), subtype="html")
    return message
