"""Import the installed packages first: the folders of the same names would hide them otherwise."""

import pytest

import chassis  # noqa: F401  # for the order alone
import gateway  # noqa: F401  # for the order alone
import recurrence  # noqa: F401  # for the order alone

BROWSER = "needs the browser of Debian"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the web client was not tested, if there was no browser."""
    skipped = terminalreporter.stats.get("skipped", ())
    count = sum(BROWSER in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(
            f"{count} tests of the web client were skipped: "
            "apt-get install chromium-headless-shell",
            yellow=True,
        )
