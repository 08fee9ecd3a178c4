"""The languages of e-mails, and how each writes a moment.

English is what the code says. Every other language has a catalogue of messages in the `locale/` of each
package that sends e-mails, and here one of what all of them say. They are read as they are written: there is
nothing to compile.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
TRANSLATED = frozenset({"he"})
OF_ALL = "chassis.letters"
NARROW_SPACE, SPACE = "\u202f", "\u00a0"  # Few fonts of mail programs have the narrow one.


def marked(message: str) -> str:
    """A message that is translated later: so the test of the catalogues finds it."""
    return message


@dataclass(frozen=True)
class Language:
    """A language in which people read their e-mails."""

    name: str
    locale: Locale
    messages: NullTranslations

    @property
    def is_right_to_left(self) -> bool:
        return self.locale.text_direction == "rtl"

    def say(self, message: str, **values: object) -> str:
        """The message in this language, with the values."""
        return self.messages.gettext(message) % values

    def counted(self, one: str, several: str, number: int) -> str:
        """The one of the messages that is right for the number."""
        return self.messages.ngettext(one, several, number) % {"number": number}

    def moment(self, at: datetime, timezone: str) -> str:
        """When it is in the zone, which is named."""
        there = at.astimezone(ZoneInfo(timezone))
        day = format_date(there, "full", locale=self.locale)
        hour = format_time(there, "short", locale=self.locale)
        zone = get_timezone_name(there, locale=self.locale)
        written = self.say("%(day)s, %(hour)s · %(zone)s", day=day, hour=hour, zone=zone)
        return written.replace(NARROW_SPACE, SPACE)


@dataclass(frozen=True)
class Languages:
    """The languages in which the e-mails of a package are: `package` has the catalogues."""

    package: str

    def of(self, tag: str) -> Language:
        """The language that a tag such as `he-IL` asks for; English if there is no catalogue for it."""
        name = tag.partition("-")[0].lower()
        if name not in TRANSLATED:
            return Language(ENGLISH, _locale(tag, ENGLISH), NullTranslations())
        return Language(name, _locale(tag, name), _messages(self.package, name))


def _locale(tag: str, name: str) -> Locale:
    """How dates are written: as in the region of the tag, if it is one of the language."""
    if tag.partition("-")[0].lower() == name:
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            pass
    return Locale(name)


@cache
def _messages(package: str, name: str) -> GNUTranslations:
    messages = _catalogue(package, name)
    messages.add_fallback(_catalogue(OF_ALL, name))
    return messages


def _catalogue(package: str, name: str) -> GNUTranslations:
    source = files(package) / "locale" / name / "LC_MESSAGES" / "messages.po"
    compiled = BytesIO()
    with source.open("rb") as catalogue:
        write_mo(compiled, read_po(catalogue, locale=name))
    compiled.seek(0)
    return GNUTranslations(compiled)
