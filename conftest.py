"""Import the installed packages first: the folders of the same names would hide them otherwise."""

import pytest

import chassis  # noqa: F401  # for the order alone
import gateway  # noqa: F401  # for the order alone
import recurrence  # noqa: F401  # for the order alone

# The beginning of the reason of a skipped test, which tests those are, and the packages of Debian for them.
OPTIONAL = (
    ("needs the browser of Debian", "of the web client", "chromium-headless-shell"),
    ("needs a server of Debian", "of the servers in front", "nginx-light caddy"),
    ("needs Debian's Prometheus", "of the alerts", "prometheus"),
    ("needs Debian's rsyslog", "of kept logs", "rsyslog logrotate"),
    ("needs the PgBouncer of Debian", "of a pooler", "pgbouncer"),
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested for want of a program."""
    skipped = terminalreporter.stats.get("skipped", ())
    for reason, which, packages in OPTIONAL:
        if count := sum(reason in str(report.longrepr) for report in skipped):
            terminalreporter.write_line(
                f"{count} tests {which} were skipped: apt-get install {packages}", yellow=True
            )
