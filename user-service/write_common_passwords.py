"""Writes `user_service/common_passwords.txt` out of a public list, the one of the package language-common.

npm pack @zxcvbn-ts/language-common@4.1.3
python user-service/write_common_passwords.py zxcvbn-ts-language-common-4.1.3.tgz
"""

import json
import sys
import tarfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

PACKAGE, VERSION = "@zxcvbn-ts/language-common", "4.1.3"
SERVICE = Path(__file__).with_name("user_service")
SHORTEST = 8  # characters of a password
MOST = 10_000
# Words that are too short by themselves, and common with something around them: `dragon1986`.
SHORTEST_WORD = 5
MOST_WORDS = 1_000
# Common too, and not in the list.
BESIDES = ["correcthorsebatterystaple", "abcd123456", "159357456", "linkinpark", "yourpassword"]
HEAD = """\
common_passwords.txt holds the commonest passwords of at least {shortest} characters, and then the commonest
shorter words, out of src/passwords.json of the npm package {package}, version {version}
(MIT License). user-service/write_common_passwords.py wrote it. The licence of the package:

"""


def chosen(ranked: Sequence[str]) -> list[str]:
    """The commonest that are long enough, then the commonest shorter words, each with the commonest first."""
    long_enough = (each for each in ranked if len(each) >= SHORTEST)
    words = (each for each in ranked if SHORTEST_WORD <= len(each) < SHORTEST and each.isalpha())
    return [*islice(long_enough, MOST), *BESIDES, *islice(words, MOST_WORDS)]


def write(package: Path, folder: Path = SERVICE) -> None:
    """Write the list, and where it comes from and its licence next to it."""
    with tarfile.open(package) as files:
        ranked = json.loads(_text(files, "package/src/passwords.json"))
        license_text = _text(files, "package/LICENSE.txt")
    head = HEAD.format(shortest=SHORTEST, package=PACKAGE, version=VERSION)
    (folder / "common_passwords.txt").write_text("\n".join(chosen(ranked)) + "\n")
    (folder / "common_passwords_license.txt").write_text(head + license_text)


def _text(files: tarfile.TarFile, name: str) -> str:
    found = files.extractfile(name)
    if found is None:
        raise ValueError(f"{name} is no file.")
    return found.read().decode()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
