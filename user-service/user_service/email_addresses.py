"""RULES: the one form of an e-mail address, and of what people sign in with."""

from email_validator import EmailNotValidError, validate_email


class NotAnAddress(ValueError):
    """The text is no e-mail address; the message says why."""


def normal(address: str) -> str:
    """The address as it is kept: its domain in small letters of its own script, also if written `xn--…`.

    `NotAnAddress` for anything else, and if there are letters beyond ASCII before the @.
    """
    try:
        # Nothing is asked of the DNS: a request would wait for a server that a stranger names.
        return validate_email(address, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise NotAnAddress(str(error)) from None


def spelled(login: str) -> str | None:
    """The e-mail address or username as accounts have it, but for case; None if no account can have it."""
    name = login.strip()
    # Of letters beyond ASCII the database lowers some to those of ASCII: one name would have many spellings.
    if "@" not in name:
        return name if name.isascii() else None
    if name.isascii() and "xn--" not in name.lower():
        return name
    try:
        return normal(name)
    except NotAnAddress:
        return None
