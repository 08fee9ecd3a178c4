"""What an e-mail says, as text and as HTML, in the language of its reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from chassis.letters.languages import Language
from chassis.letters.quoting import ISOLATE, POP

# Python would encode an address in a header that is longer than a line, and no program would know it again.
# RFC 5322, 2.1.1: a line has 998 characters at most.
POLICY = default.clone(max_line_length=998)


@dataclass(frozen=True)
class Link:
    """An address, and what is said in its place."""

    label: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An e-mail, in its order. `facts` are lines with a name, `quote` is what a person wrote."""

    subject: str
    name: str
    lead: str
    facts: Sequence[tuple[str, str | Link]] = ()
    quote: str = ""
    action: Link | None = None
    code: str = ""
    after: Sequence[str] = ()
    small: Sequence[str] = ()
    links: Sequence[Link] = ()


def _apart(text: str) -> Markup:
    """The text as HTML, with an element for what is apart from the direction around it."""
    return Markup(str(escape(text)).replace(ISOLATE, "<bdi>").replace(POP, "</bdi>"))  # noqa: S704  # escaped first


TEMPLATES = Environment(
    loader=PackageLoader("chassis.letters"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.filters["apart"] = _apart


def written(letter: Letter, language: Language) -> EmailMessage:
    """The letter as an e-mail to no one yet."""
    message = EmailMessage(POLICY)
    message["Subject"] = f"{letter.subject} · Lyceum"
    content = {"letter": letter, "language": language, "say": language.say}
    plain, html = (TEMPLATES.get_template(f"letter.{form}") for form in ("txt", "html"))
    message.set_content(plain.render(content))
    message.add_alternative(html.render(content), subtype="html")
    return message
