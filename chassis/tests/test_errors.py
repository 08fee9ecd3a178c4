"""Problems as rules raise them."""

from datetime import UTC, datetime

import pytest

from chassis.errors import Conflict, DeadlinePassed, Forbidden, InvalidTransition, TooEarly

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_a_problem_states_its_code() -> None:
    with pytest.raises(TypeError, match="SeatTaken does not state its code"):
        type("SeatTaken", (Conflict,), {})


def test_somebody_is_told_what_they_would_have_to_be() -> None:
    assert Forbidden("Only the host may.", required="host").extra == {"required": "host"}


def test_a_step_that_is_not_allowed_is_named() -> None:
    assert InvalidTransition("live", "cancelled").extra == {"from": "live", "to": "cancelled"}


def test_too_early_and_too_late_say_when() -> None:
    assert TooEarly(NOON).extra == {"earliest": "2026-03-05T12:00:00Z"}
    assert DeadlinePassed(NOON).extra == {"deadline": "2026-03-05T12:00:00Z"}
