"""RULES: names that would pass for the people who run the platform."""

import re
import unicodedata

from chassis.errors import invalid
from user_service.words import consists_of

# One of these is enough, wherever it stands in a name.
TELLING = """
admin admins administrator administrators administration superadmin sysadmin superuser moderator moderators
support helpdesk customerservice staff official security lyceum noreply donotreply mailerdaemon
postmaster hostmaster webmaster תמיכה ליציאום администратор админ модератор поддержка
"""
# These are words and surnames too, as in `Joe Root`: nothing else may stand in a name with them.
PLAIN = """
root system help mod mods operator abuse noc info marketing sales usenet uucp news www ftp daemon
service services billing payments contact feedback trust safety verified moderation deleteduser
הנהלה מנהל צוות מערכת
"""
# They say nothing by themselves, in front of such a word, after it, or written together with one that tells.
FILLERS = """
the our your and for team desk center centre bot account member dept department real
"""
WORD = re.compile(r"[^\W_]+(?:[@$!|]+[^\W_]*)*|[@$][^\W_]+")
# Written into names to look like ordinary letters.
SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıłøđ", "abcdefghijklmnoprstuvwyzilod")


def require_own_name(field: str, name: str) -> None:
    """`Invalid` if people would take the person with this name for one who runs the platform."""
    if passes_for_staff(name):
        raise invalid(field, "This name is kept for the people who run the platform.")


def passes_for_staff(name: str) -> bool:
    """Whether the name has a word that tells, or has nothing but such words, however they are spelled."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(each for each in decomposed if not unicodedata.combining(each))
    plain = letters.casefold().translate(SMALL_CAPITALS)
    words = WORD.findall(plain)
    # `sup-port` is one word to a reader, `lyceum_support` is two.
    squeezed = ["".join(WORD.findall(each)) for each in plain.split()]
    if any(map(_tells, [*words, *squeezed])):
        return True
    said = [word for word in words if word not in FILLERS.split()]
    kept = f"{TELLING} {PLAIN}".split()
    return consists_of("".join(said), kept)


def _tells(word: str) -> bool:
    fillers = FILLERS.split()
    return consists_of(word, [*TELLING.split(), *fillers]) and not consists_of(word, fillers)
