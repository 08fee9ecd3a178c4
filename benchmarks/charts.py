"""Draws the charts of RESULTS.md out of the last results: `python -m benchmarks.charts`.

matplotlib is installed into a temporary environment: nothing else here needs it.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MATPLOTLIB = "matplotlib==3.10.3"
SALT = {"svg.hashsalt": "lyceum", "font.size": 9}


@dataclass(frozen=True)
class Chart:
    """One figure of a benchmark: a group of bars for each of its parts, a bar for each program."""

    benchmark: str
    figure: str
    title: str
    shown: tuple[str, ...]


CHARTS = (
    Chart(
        "passing_on",
        "cpu_us",
        "Processor time to pass a request on, µs",
        ("gateway, token", "haproxy, token", "nginx, no token", "fastify, token"),
    ),
    Chart(
        "fan_out",
        "cpu_us",
        "Processor time to deliver a live event, µs",
        ("gateway", "socket.io"),
    ),
    Chart(
        "bystander",
        "p99_ms",
        "p99 of somebody else while one client attacks, ms",
        ("at rest", "attacked"),
    ),
    Chart("bare_reads", "cpu_us", "Processor time of a read, µs", ("ours", "bare", "against")),
    Chart("bare_writes", "per_second", "Writes in a second", ("service", "psycopg")),
    Chart("dashboard", "per_second", "Dashboards in a second", ("gateway", "fastify")),
    Chart(
        "study_sessions_growing",
        "p99",
        "p99 of a search near a place by the number of sessions, ms",
        ("near, by psycopg", "near, by PostGIS"),
    ),
)


def main() -> None:
    if find_spec("matplotlib"):
        for chart in CHARTS:
            draw(chart)
        return
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", MATPLOTLIB], check=True)
        subprocess.run([python, str(Path(__file__))], check=True)


def draw(chart: Chart) -> None:
    results = HERE / "results" / f"{chart.benchmark}.json"
    if not results.exists():
        print(f"left out: {chart.benchmark}, which has not been run", file=sys.stderr)
        return
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(SALT)
    from matplotlib import pyplot

    read: dict[str, Any] = json.loads(results.read_text())
    parts = read.get("turns", read)
    height = 1 / (len(chart.shown) + 1)
    figure, axes = pyplot.subplots(figsize=(7, 0.8 + 0.2 * len(parts) * (len(chart.shown) + 1)))
    for number, name in enumerate(chart.shown):
        values = [value_of(turns.get(name, []), chart.figure) for turns in parts.values()]
        places = [part + number * height for part in range(len(parts))]
        axes.bar_label(axes.barh(places, values, height, label=name), fmt="%.3g", padding=2)
    axes.set_yticks([part + height * (len(chart.shown) - 1) / 2 for part in range(len(parts))])
    axes.set_yticklabels(parts)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(chart.title, loc="left")
    axes.legend(frameon=False)
    figure.tight_layout()
    (HERE / "charts").mkdir(exist_ok=True)
    figure.savefig(HERE / "charts" / f"{chart.benchmark}.svg", metadata={"Date": None})


def value_of(turns: Any, figure: str) -> float:
    """The median of the turns; of what was measured at one time, the figure itself."""
    if isinstance(turns, dict):
        return float(turns[figure])
    return statistics.median(turn[figure] for turn in turns) if turns else 0.0


if __name__ == "__main__":
    main()
