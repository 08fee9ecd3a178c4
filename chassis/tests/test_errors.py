"""The problems that rules raise."""

from datetime import UTC, datetime

import pytest

from chassis.errors import Conflict, DeadlinePassed, Forbidden, InvalidTransition, TooEarly

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_a_problem_must_state_its_code() -> None:
    with pytest.raises(TypeError, match="SeatTaken does not state its code"):
        type("SeatTaken", (Conflict,), {})


def test_a_refusal_names_what_is_required() -> None:
    assert Forbidden("Only the host may.", required="host").extra == {"required": "host"}


def test_an_invalid_transition_names_both_states() -> None:
    assert InvalidTransition("live", "cancelled").extra == {"from": "live", "to": "cancelled"}


def test_problems_about_time_state_the_instant() -> None:
    assert TooEarly(NOON).extra == {"earliest": "2026-03-05T12:00:00Z"}
    assert DeadlinePassed(NOON).extra == {"deadline": "2026-03-05T12:00:00Z"}
