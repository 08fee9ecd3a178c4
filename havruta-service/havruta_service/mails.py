"""The e-mails of this service, composed by the worker when it sends them: only then is there a token."""

from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

from email_validator import validate_email
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from havruta_service import invitation_emails, invitations, unsubscribe_tokens
from havruta_service.runtime import runtime

WORD_JOINER = "\u2060"  # has no width
# Python would encode an address in a header that is longer than a line, and no program would know it again.
# RFC 5322, 2.1.1: a line has 998 characters at most.
POLICY = default.clone(max_line_length=998)
TEMPLATES = Environment(
    loader=PackageLoader("havruta_service", "mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def invitation(data: dict[str, Any]) -> EmailMessage | None:
    """The link to the invitation; None if it is not open any longer, or its address wants no e-mail.

    It says nothing that the inviter has written: an e-mail goes to people who know neither them nor us. What
    the havruta and the inviter are called is shown behind the link.
    """
    found = invitations.to_send(UUID(data["invitation_id"]))
    if found is None or invitation_emails.is_unwanted(found):
        return None
    token = invitations.issue_token(found)
    unsubscribe_token = unsubscribe_tokens.token_for(invitation_emails.digest(found.invitee_email))
    public_url = runtime().public_url
    content = {
        "book": found.havruta.book,
        "inviter": _unlinked(found.inviter_username) or "A member",
        # Tokens stand behind the `#`, which browsers do not send, so that no log on the way holds them.
        "link": f"{public_url}/invitations#token={token}",
        "unsubscribe_link": f"{public_url}/invitations/unsubscribe#token={unsubscribe_token}",
        "token": token,
    }
    message = EmailMessage(POLICY)
    message["To"] = _mailable(found.invitee_email)
    message["Subject"] = f"Study {found.havruta.book} together · Lyceum"
    # RFC 8058: mail programs send a POST there when the reader wants it. What follows links sends a GET.
    one_click = f"{public_url}/api/invitations/unsubscribe/{unsubscribe_token}"
    message["List-Unsubscribe"] = f"<{one_click}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(TEMPLATES.get_template("invitation.txt").render(content))
    message.add_alternative(
        TEMPLATES.get_template("invitation.html").render(content), subtype="html"
    )
    return message


def _unlinked(username: str) -> str:
    """The username, which may look like the name of a site, with nothing that programs make a link of."""
    return username.replace(".", f".{WORD_JOINER}")


def _mailable(address: str) -> str:
    """The address as every mail server takes it; many refuse a domain that is not in ASCII."""
    return validate_email(address, check_deliverability=False).ascii_email or address


COMPOSERS = {"invitation": invitation}
