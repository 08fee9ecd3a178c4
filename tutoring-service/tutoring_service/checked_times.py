"""How many times of another person one may check.

A person who books another learns at which times that one is not free. Asked about often enough, that would be
a calendar.
"""

from datetime import timedelta
from uuid import UUID

from chassis.errors import TooManyRequests
from tutoring_service.counts import Counts

# A series has 800 sessions at most, and most have some tens.
MOST, PERIOD = 2000, timedelta(days=1)


class TooManyTimesChecked(TooManyRequests):
    """You have checked as many times of this person as one may within a day; try again later."""

    code = "too_many_times_checked"


def take(counts: Counts, caller_id: UUID, other_id: UUID, times: int) -> None:
    """Count so many times of the other person; `TooManyTimesChecked` if they are too many."""
    if wait := counts.take(f"checked_times:{caller_id}:{other_id}", times, MOST, PERIOD):
        raise TooManyTimesChecked(retry_after=wait)
