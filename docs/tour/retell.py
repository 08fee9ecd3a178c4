"""Tell docs/tour.md again: run its commands one after the other, and put what came back below each.

.venv/bin/python docs/tour/retell.py http://127.0.0.1:8080
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TOUR = Path(__file__).resolve().parents[1] / "tour.md"
WRITTEN_FOR = "http://127.0.0.1:8080"
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
PROMPT, CONTINUED = "$ ", "    "
END = "--- end of an output ---"
WITHIN = 120  # seconds


class TourFailed(Exception):
    """The shell went its own way."""


def retold(tour: str, gateway: str) -> str:
    """The tour as it goes at this gateway."""
    commands = [command for block in BLOCK.findall(tour) for command in _commands(block)]
    outputs = iter(_run(commands, gateway))
    return BLOCK.sub(
        lambda block: "".join(f"{command}{next(outputs)}" for command in _commands(block[0])), tour
    )


def _commands(block: str) -> Iterator[str]:
    """The commands of a block as they are written, prompt and all, without what came back."""
    lines: list[str] = []
    for line in block.splitlines(keepends=True):
        if line.startswith(PROMPT) and lines:
            yield "".join(lines)
            lines = []
        if line.startswith((PROMPT, CONTINUED)):
            lines.append(line)
    yield "".join(lines)


def _run(commands: list[str], gateway: str) -> list[str]:
    """What each command wrote; one shell runs them all, as a reader's would."""
    script = "".join(f"{command.removeprefix(PROMPT)}echo '{END}'\n" for command in commands)
    finished = subprocess.run(
        ["bash", "-s"],
        input=script.replace(WRITTEN_FOR, gateway),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=WITHIN,
    )
    *outputs, rest = finished.stdout.replace(gateway, WRITTEN_FOR).split(f"{END}\n")
    if len(outputs) != len(commands) or rest:
        raise TourFailed(finished.stdout)
    return outputs


if __name__ == "__main__":
    TOUR.write_text(retold(TOUR.read_text(), *sys.argv[1:2] or [WRITTEN_FOR]))
