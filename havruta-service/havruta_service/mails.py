"""The e-mails of this service, composed by the worker when it sends them: only then is there a token."""

from email.message import EmailMessage
from typing import Any
from uuid import UUID

from email_validator import validate_email

from chassis.letters.languages import Language
from chassis.letters.letter import Letter, Link, written
from chassis.letters.quoting import quoted
from havruta_service import invitation_emails, invitations, unsubscribe_tokens
from havruta_service.catalogue import catalogue
from havruta_service.languages import language_of
from havruta_service.models import Invitation
from havruta_service.runtime import runtime

MOST_OF_A_NAME = 60


def invitation(data: dict[str, Any]) -> EmailMessage | None:
    """The link to the invitation; None if it is not open any longer, or its address wants no e-mail.

    It says nothing that the inviter has written: an e-mail goes to people who know neither them nor us. What
    the havruta and the inviter are called is shown behind the link.
    """
    found = invitations.to_send(UUID(data["invitation_id"]))
    if found is None or invitation_emails.is_unwanted(found):
        return None
    unsubscribe_token = unsubscribe_tokens.token_for(invitation_emails.digest(found.invitee_email))
    language = language_of(found.language)
    message = written(_letter(found, unsubscribe_token, language), language)
    message["To"] = _mailable(found.invitee_email)
    # RFC 8058: mail programs send a POST there when the reader wants it. What follows links sends a GET.
    one_click = f"{runtime().public_url}/api/invitations/unsubscribe/{unsubscribe_token}"
    message["List-Unsubscribe"] = f"<{one_click}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _letter(found: Invitation, unsubscribe_token: str, language: Language) -> Letter:
    say, token = language.say, invitations.issue_token(found)
    book = _book(found.havruta.book, language)
    right_to_left = language.is_right_to_left
    inviter = quoted(found.inviter_username, MOST_OF_A_NAME, right_to_left=right_to_left)
    public_url = runtime().public_url
    return Letter(
        subject=say("Study %(book)s together", book=book),
        name="",
        lead=say(
            "%(name)s invites you to study %(book)s together on Lyceum.",
            name=inviter or say("A member"),
            book=book,
        ),
        # Tokens stand behind the `#`, which browsers do not send, so that no log on the way holds them.
        action=Link(say("See the invitation"), f"{public_url}/invitations#token={token}"),
        code=token,
        after=[
            say("The link works once, within seven days."),
            say("If you do not want to join, there is nothing you need to do."),
        ],
        links=[
            Link(
                say("Get no e-mail with an invitation any more, from anyone"),
                f"{public_url}/invitations/unsubscribe#token={unsubscribe_token}",
            )
        ],
    )


def _book(name: str, language: Language) -> str:
    """What the book is called in the language, if the catalogue has it."""
    found = catalogue().find(name)
    if found and language.is_right_to_left:
        return found.hebrew_name
    return quoted(name, MOST_OF_A_NAME, right_to_left=language.is_right_to_left)


def _mailable(address: str) -> str:
    """The address as every mail server takes it; many refuse a domain that is not in ASCII."""
    return validate_email(address, check_deliverability=False).ascii_email or address


COMPOSERS = {"invitation": invitation}
