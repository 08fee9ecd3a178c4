"""Tell the tours again: run the blocks of a page one after the other, and put what came back below each.

.venv/bin/python -m docs.tour.retell http://127.0.0.1:8080
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOURS = (ROOT / "README.md", ROOT / "docs" / "tour.md")
WRITTEN_FOR = "http://127.0.0.1:8080"
# What is pasted, and the answers below it, if there are any.
BLOCK = re.compile(r"^```bash\n(.*?)^```\n(?:\n```text\n.*?^```\n)?", re.MULTILINE | re.DOTALL)
END = "--- end of an output ---"
WITHIN = 120  # seconds


class TourFailed(Exception):
    """The shell went its own way."""


def retold(tour: str, gateway: str) -> str:
    """The tour as it goes at this gateway."""
    outputs = iter(_run(BLOCK.findall(tour), gateway))
    return BLOCK.sub(lambda block: _told(block[1], next(outputs)), tour)


def _told(commands: str, output: str) -> str:
    pasted = f"```bash\n{commands}```\n"
    return f"{pasted}\n```text\n{output}```\n" if output else pasted


def _run(blocks: list[str], gateway: str) -> list[str]:
    """What each block wrote; one shell runs them all, as a reader's would."""
    script = "".join(f"{block}echo '{END}'\n" for block in blocks)
    finished = subprocess.run(
        ["bash", "-s"],
        input=script.replace(WRITTEN_FOR, gateway),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=WITHIN,
    )
    *outputs, rest = finished.stdout.replace(gateway, WRITTEN_FOR).split(f"{END}\n")
    if len(outputs) != len(blocks) or rest:
        raise TourFailed(finished.stdout)
    return outputs


if __name__ == "__main__":
    for page in TOURS:
        page.write_text(retold(page.read_text(), *sys.argv[1:2] or [WRITTEN_FOR]))
