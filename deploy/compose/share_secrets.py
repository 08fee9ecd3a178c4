"""Makes keys and passwords, and gives each program its own: `python -m deploy.compose.share_secrets`.

Each secret is made once and kept in one volume that only this container mounts. Each program has a volume
with its share: its private key, the public keys of all, and the passwords of its database role and of its
user of Redis. PostgreSQL has a volume with all passwords of roles, Redis one with the rights of its users.
A second run restores what was lost, and changes nothing else.
"""

import os
import shutil
from pathlib import Path

from dev.keys import Keys
from dev.passwords import kept_password
from dev.redis_users import RedisUsers
from dev.services import GATEWAY, SERVICES

VAULT = Path("/vault")
SHARES = Path("/shares")
PROGRAM = (10001, 10001)  # the account and group that the images run as


def main() -> None:
    keys = Keys(VAULT / "keys")
    keys.make([GATEWAY, *(service.name for service in SERVICES)])
    give(
        kept_password(VAULT / "passwords/superuser"),
        SHARES / "postgres" / "superuser",
        readable_by_all=True,
    )
    users = RedisUsers(VAULT / "redis")
    users.make()
    # Digests of passwords that no one can guess.
    give(users.acl.read_text(), SHARES / "redis" / "users.acl", readable_by_all=True)
    for program in (GATEWAY, *(service.name for service in SERVICES)):
        give_keys(keys, program)
        give(users.password_file(program).read_text(), SHARES / program / "redis")
    for service in SERVICES:
        password = kept_password(VAULT / "passwords" / service.database)
        give(password, SHARES / "postgres" / "roles" / service.database, readable_by_all=True)
        give(f"*:*:*:{service.role}:{password}\n", SHARES / service.name / "pgpass")
    give(keys.sealing.read_text(), SHARES / "user-service" / "sealing")
    give_signing_keys(keys, SHARES / "user-service" / "signing")


def give_keys(keys: Keys, program: str) -> None:
    give(keys.private(program).read_text(), SHARES / program / "service.pem")
    give(keys.public.read_text(), SHARES / program / "services.json")


def give_signing_keys(keys: Keys, share: Path) -> None:
    """Give the first signing key. The user-service makes later ones in its folder, which it owns."""
    if share.exists():
        return
    unfinished = share.with_name(".signing")
    shutil.copytree(keys.signing, unfinished, dirs_exist_ok=True)
    for path in (unfinished, *unfinished.iterdir()):
        os.chown(path, *PROGRAM)
    unfinished.replace(share)


def give(content: str, path: Path, *, readable_by_all: bool = False) -> None:
    """Write the file, whole or not at all.

    Only the files of PostgreSQL and Redis are readable by every account: the accounts that they run as differ
    by image.
    """
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    unfinished.touch(mode=0o600)
    unfinished.write_text(content)
    mode = 0o444 if readable_by_all else 0o400
    unfinished.chmod(mode)
    os.chown(unfinished, *PROGRAM)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
