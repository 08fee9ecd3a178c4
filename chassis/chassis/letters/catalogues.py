"""Brings the catalogues of a package's e-mails to what its code says.

python -m chassis.letters.catalogues user_service [--check]

New messages are added without a translation, and those that the code does not have any more are removed. The
package `chassis.letters` has the messages that all e-mails share.
"""

import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

METHODS = [("**.py", "python"), ("templates/**", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true"}}
# The functions that take messages, and which of their arguments these are.
KEYWORDS = {"say": None, "marked": None, "counted": (1, 2)}


def said(folder: Path) -> Catalog:
    """The messages of the code."""
    catalogue = Catalog()
    for name, _, message, _, _ in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
        catalogue.add(message, locations=[(name, 0)])
    return catalogue


def renewed(path: Path, template: Catalog) -> tuple[bytes, list[str]]:
    """The catalogue as it should be, and what is wrong with its translations."""
    with path.open("rb") as source:
        catalogue = read_po(source)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    written = BytesIO()
    write_po(
        written, catalogue, width=110, ignore_obsolete=True, sort_by_file=True, include_lineno=False
    )
    untranslated = [
        f"not translated: {m.id}" for m in catalogue if m.id and not _is_whole(m.string)
    ]
    wrong = [f"{error}: {message.id}" for message, errors in catalogue.check() for error in errors]
    return written.getvalue(), untranslated + wrong


def _is_whole(translation: object) -> bool:
    return all(translation) if isinstance(translation, list | tuple) else bool(translation)


def main(package: str, *, checks: bool) -> None:
    """Write the catalogues of the package, or exit with what is wrong with them."""
    found = find_spec(package)
    if found is None or found.origin is None:
        sys.exit(f"there is no package {package}")
    folder = Path(found.origin).parent
    template = said(folder)
    problems = []
    for path in sorted(folder.glob("locale/*/LC_MESSAGES/messages.po")):
        content, wrong = renewed(path, template)
        if not checks:
            path.write_bytes(content)
            continue
        problems += [f"{path.parent.parent.name}: {each}" for each in wrong]
        if content != path.read_bytes():
            problems.append(
                f"{path.parent.parent.name}: not what the code says; without --check it is written"
            )
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main(sys.argv[1], checks="--check" in sys.argv)
