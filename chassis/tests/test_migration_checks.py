"""The tables that migrations make are compared with the models to the letter."""

import pytest

from chassis.testing.migrations import compare

CHECK = "CHECK ((kind = ANY (ARRAY['a'::text, 'b'::text])))"


def test_equal_definitions_pass() -> None:
    compare({"constraint kind_check": CHECK}, {"constraint kind_check": CHECK})


@pytest.mark.parametrize(
    "migrated",
    [{}, {"constraint kind_check": CHECK.replace("'b'", "'c'")}],
    ids=["missing", "with another value"],
)
def test_a_missing_or_different_constraint_is_named(migrated: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="constraint kind_check"):
        compare(migrated, {"constraint kind_check": CHECK})
