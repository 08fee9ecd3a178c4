"""Makes the keys by which programs know one another: `python -m chassis.auth.service_keys`."""

import json
import os
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.auth.keys import public_jwk, read_private, read_public
from chassis.auth.tokens import KEY_ID

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(help="Make the keys by which programs know one another.")
def main() -> None:
    pass


@main.command()
@click.argument("private", type=FILE)
def new(private: Path) -> None:
    """Write a new key to the file PRIVATE, which SERVICE_KEY of one program names."""
    key = ec.generate_private_key(ec.SECP256R1())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


@main.command()
@click.argument("public", type=FILE)
@click.argument("keys", metavar="KID=PRIVATE...", nargs=-1, required=True)
def publish(public: Path, keys: tuple[str, ...]) -> None:
    """Add the public halves of keys to the file PUBLIC, which SERVICE_KEYS of all programs names.

    KID is the name of the program, such as user-service; that of its next key is user-service_2.
    """
    try:
        found = dict(read_public(public)) if public.exists() else {}
        for named in keys:
            kid, _, private = named.partition("=")
            if not private or not KEY_ID.fullmatch(kid):
                raise ValueError(f"{named!r} is not KID=PRIVATE; a KID matches {KEY_ID.pattern}")
            key = read_private(Path(private)).public_key()
            if found.setdefault(kid, key) != key:
                raise ValueError(f"{public} has another key {kid}; call this one {kid}_2")
        _replace(
            public, json.dumps({"keys": [public_jwk(*each) for each in found.items()]}, indent=2)
        )
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None


def _replace(path: Path, content: str) -> None:
    """Write the file as a whole: a program may start meanwhile."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(f"{content}\n")
    unfinished.replace(path)


if __name__ == "__main__":
    main()
