"""Import the installed packages first: the folders of the same names would hide them otherwise."""

import gc
from collections.abc import Generator

import pytest

import chassis  # noqa: F401  # for the order alone
import gateway  # noqa: F401  # for the order alone
import recurrence  # noqa: F401  # for the order alone

# The beginning of the reason of a skipped test, which tests those are, and what installs what they need.
OPTIONAL = (
    ("needs the browser of Debian", "of the web client", "apt-get install chromium-headless-shell"),
    ("needs a server of Debian", "of the servers in front", "apt-get install nginx-light caddy"),
    ("needs Debian's Prometheus", "of the alerts", "apt-get install prometheus"),
    ("needs Debian's rsyslog", "of kept logs", "apt-get install rsyslog logrotate"),
    ("needs the PgBouncer of Debian", "of a pooler", "apt-get install pgbouncer"),
    ("needs git", "of releases", "apt-get install git"),
    ("needs the history of the repository", "of rollouts", "git fetch --unshallow"),
    ("needs kubectl", "of deploy/kubernetes", "https://kubernetes.io/docs/tasks/tools/"),
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without the garbage collector, and keep what was collected out of its sight.

    Thousands of tests are no garbage until the end, and it would look through them again and again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested for want of a program."""
    skipped = terminalreporter.stats.get("skipped", ())
    for reason, which, remedy in OPTIONAL:
        if count := sum(reason in str(report.longrepr) for report in skipped):
            terminalreporter.write_line(
                f"{count} tests {which} were skipped: {remedy}", yellow=True
            )
