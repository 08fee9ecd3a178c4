"""Makes keys and passwords, and the Secrets in which each program finds its own.

`python -m deploy.kubernetes.make_secrets vault > secrets.json`: each secret is made once, and kept in the
folder `vault`. Another run says what is there by then, and makes only what is missing. The password for the
SMTP server may be put into `vault/smtp`, and files for all programs into `vault/more`.
"""

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dev.keys import Keys
from dev.passwords import kept_password
from dev.redis_users import RedisUsers
from dev.services import GATEWAY, SERVICES, Service

SIGNING_KEYS = "signing-keys"


def made(vault: Path) -> dict[str, dict[str, bytes]]:
    """The files of each Secret by its name. What is missing in the vault is made."""
    vault.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = Keys(vault / "keys")
    # Public keys that were added by hand, for a rotation, stay.
    if not keys.public.exists():
        keys.make([GATEWAY, *(service.name for service in SERVICES)])
    users = RedisUsers(vault / "redis")
    users.make()
    more = files_in(vault / "more")
    secrets = {GATEWAY: more | of_any(GATEWAY, keys, users)}
    for service in SERVICES:
        own = of_any(service.name, keys, users) | dict(of_service(service, vault))
        secrets[service.name] = more | own
    secrets["user-service"]["sealing"] = keys.sealing.read_bytes()
    secrets[SIGNING_KEYS] = files_in(keys.signing)
    return secrets


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder, if there is one."""
    return {path.name: path.read_bytes() for path in folder.glob("*")}


def of_any(program: str, keys: Keys, users: RedisUsers) -> dict[str, bytes]:
    """What every program has: its key, the public keys of all, its password for Redis."""
    return {
        "service.pem": keys.private(program).read_bytes(),
        "services.json": keys.public.read_bytes(),
        "redis": users.password_file(program).read_bytes(),
    }


def of_service(service: Service, vault: Path) -> Iterator[tuple[str, bytes]]:
    """What a service has besides: the password of its database, and of the SMTP server if there is one."""
    password = kept_password(vault / "passwords" / service.database)
    yield "pgpass", f"*:*:*:{service.role}:{password}\n".encode()
    if (smtp := vault / "smtp").exists():
        yield "smtp", smtp.read_bytes()


def manifest(name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The Secret of this name."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": "lyceum"}},
        "data": {file: b64encode(content).decode() for file, content in files.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vault", type=Path)
    secrets = made(parser.parse_args().vault)
    items = [manifest(name, files) for name, files in secrets.items()]
    json.dump({"apiVersion": "v1", "kind": "List", "items": items}, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
