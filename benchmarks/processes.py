"""Running programs: their processor time and memory, out of /proc.

The programs under test run on the first core, and what asks them on the second.
"""

import os
import subprocess
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

UNDER_TEST, LOAD = "0", "1"  # cores
OWN, WITH_ENDED = slice(11, 13), slice(11, 15)  # columns of /proc/PID/stat, behind the name


class Programs:
    """Running programs, each of one or several processes."""

    def __init__(self, *pids: int) -> None:
        self._pids = pids

    @classmethod
    def at(cls, *ports: int) -> "Programs":
        """The programs that listen at these ports of this machine, all their processes."""
        sockets = {f"socket:[{inode}]" for port in ports for inode in _listening(port)}
        return cls(*(pid for pid in _all_pids() if sockets & _open_files(pid)))

    @classmethod
    def under(cls, pid: int, without: Sequence[str]) -> "Programs":
        """A process and all that it has started, but for programs of these names."""
        return cls(*(one for one in _family(pid) if _name(one) not in without))

    def pin(self) -> "Programs":
        """Keep them, and what they start, on the core for what is measured."""
        _pin(self._pids)
        return self

    def seconds(self) -> float:
        """Their processor time so far, in user and system mode."""
        return sum(_seconds(pid, OWN) for pid in self._pids)

    def memory(self) -> int:
        """The bytes that are theirs: shared ones are divided among those that share them."""
        return sum(_proportional(pid) for pid in self._pids)


class Family:
    """A process and all that it starts and has started, but for what belongs to others."""

    def __init__(self, root: int, others: Collection["Family"] = ()) -> None:
        self.root = root
        self._others = others

    @classmethod
    def at(cls, port: int) -> "Family":
        """The program that listens at this port of this machine. Raises LookupError if none does."""
        sockets = {f"socket:[{inode}]" for inode in _listening(port)}
        listening = {pid for pid in _all_pids() if sockets & _open_files(pid)}
        for pid in listening:
            if _parent(pid) not in listening:
                return cls(pid)
        raise LookupError(f"nothing on this machine listens at port {port}")

    @classmethod
    def of_parent(cls, pid: int, others: Collection["Family"] = ()) -> "Family":
        """What has started this process. Raises LookupError if it does not run on this machine."""
        if not (parent := _parent(pid)):
            raise LookupError(f"there is no process {pid} on this machine")
        return cls(parent, others)

    def pin(self) -> None:
        """Keep them, and what they start, on the core for what is measured; the others as well."""
        _pin(_family(self.root))

    def seconds(self) -> float:
        """Their processor time so far; that of an ended process too, once its parent has noticed."""
        spent = sum(_seconds(pid, WITH_ENDED) for pid in _family(self.root))
        return spent - sum(other.seconds() for other in self._others)


def _pin(pids: Iterable[int]) -> None:
    for pid in pids:
        command = ["taskset", "-apc", UNDER_TEST, str(pid)]
        subprocess.run(command, check=True, capture_output=True)


def _seconds(pid: int, columns: slice) -> float:
    """0 for a process that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[columns])) / os.sysconf("SC_CLK_TCK")


def _family(root: int) -> list[int]:
    """A process, its children, their children, and so on."""
    parents = {child: _parent(child) for child in _all_pids()}
    found = [root]
    for ancestor in found:
        found += [child for child, parent in parents.items() if parent == ancestor]
    return found


def _listening(port: int) -> list[str]:
    """The inodes of the sockets that listen at a port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    return [row[9] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")]


def _all_pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # ended
        return 0


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _open_files(pid: int) -> set[str]:
    found = set()
    try:
        for file in Path(f"/proc/{pid}/fd").iterdir():
            found.add(os.readlink(file))
    except OSError:  # ended, or another account's
        pass
    return found


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
