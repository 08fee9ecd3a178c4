"""PostgreSQL where the launcher is root: it refuses to run as root, so another account has to reach it."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from dev.processes import User, run_as

# Every account may enter it.
PUBLIC_STATE = Path("/var/tmp")  # noqa: S108  # for private folders only


def unprivileged_user() -> User | None:
    """The account that PostgreSQL runs as when the launcher is root; None if it is not."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam("nobody")
    return User(account.pw_uid, account.pw_gid)


def executable_by(programs: Path, user: User | None) -> Path:
    """The folder of PostgreSQL's programs, or of a copy of them that `user` may execute."""
    if user is None or _can_execute(programs, user):
        return programs
    install = programs.parent
    changed = (programs / "postgres").stat().st_mtime_ns
    copy = PUBLIC_STATE / f"lyceum-postgres-{digest(f'{install} {changed}')}"
    if not copy.exists():
        _copy_postgres(install, copy)
    if copy.stat().st_uid != os.geteuid():
        raise PermissionError(f"{copy} belongs to another account")
    return copy / install.parent.name / install.name / "bin"


def _can_execute(programs: Path, user: User) -> bool:
    try:
        version = subprocess.run(
            [programs / "postgres", "--version"],
            capture_output=True,
            cwd="/",
            **run_as(user),
        )
    except PermissionError:
        return False
    return version.returncode == 0


def _copy_postgres(install: Path, copy: Path) -> None:
    """Copy a wheel's PostgreSQL with its shared libraries, which are next to the package."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    unfinished = Path(tempfile.mkdtemp(prefix=".lyceum-postgres-", dir=copy.parent))
    shutil.copytree(install, unfinished / package.name / install.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
    with contextlib.suppress(FileExistsError):  # another launcher has made it
        unfinished.rename(copy)


def digest(text: str) -> str:
    """A short name made from a long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
