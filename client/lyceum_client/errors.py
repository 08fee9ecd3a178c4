"""What can go wrong with a call: one family, `LyceumError`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self


class LyceumError(Exception):
    """A call did not succeed."""


class Unreachable(LyceumError):
    """There was no connection, or it was lost before the answer was whole."""


class TimedOut(Unreachable):
    """The platform was silent for too long."""


class Unreadable(LyceumError):
    """The answer cannot be read, as if something other than the platform had given it."""


class Refused(LyceumError):
    """The platform did not do what it was asked: the problem document says why, `code` in one word."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        self.problem = problem
        self.headers = headers
        self.code = str(problem.get("code", ""))
        super().__init__(f"{status} {self.code}: {problem.get('detail') or problem.get('title')}")

    @property
    def errors(self) -> list[dict[str, str]]:
        """The fields that are not valid: `pointer` and `detail` of each."""
        errors = self.problem.get("errors")
        return errors if isinstance(errors, list) else []

    @property
    def request_id(self) -> str | None:
        """What the platform's logs know the request by."""
        return self.problem.get("request_id") or self.headers.get("X-Request-ID")

    @property
    def retry_after(self) -> float | None:
        """In how many seconds to try again (RFC 9110, section 10.2.3); None if the answer does not say."""
        given = self.headers.get("Retry-After", "")
        if given.isascii() and given.isdigit():
            return float(given)
        try:
            moment = parsedate_to_datetime(given)
        except (ValueError, OverflowError):
            return None
        # An HTTP date is in GMT, however it spells that.
        return max(0.0, (moment.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())


class SignInEnded(Refused):
    """The refresh token is not good any more: sign in again."""

    @classmethod
    def by(cls, refusal: Refused) -> Self:
        """Ended by the refusal of the next tokens."""
        return cls(refusal.status, refusal.problem, refusal.headers)
