"""Which tests run in one process, and which are begun first."""

from dev.xdist_scheduler import rank_of, scope_of

NEAR = "web/tests/test_near.py"
CRASHES, TOUR, CLOCK = "tests/test_crashes.py", "tests/test_tour.py", "chassis/tests/test_clock.py"


def test_files_that_share_a_platform_run_in_one_process() -> None:
    assert scope_of(f"{TOUR}::test_a") == scope_of("tests/contract/test_contract.py::test_b")
    assert scope_of(f"{NEAR}::test_a") == scope_of("web/tests/test_files.py::test_b")


def test_a_file_with_a_platform_of_its_own_may_run_in_another_process() -> None:
    assert scope_of(f"{CRASHES}::test_a") == scope_of(f"{CRASHES}::test_b") == CRASHES


def test_every_other_file_runs_by_itself() -> None:
    assert scope_of(f"{CLOCK}::test_a[tests/b]") == CLOCK


def test_what_starts_platforms_is_begun_first() -> None:
    assert sorted([CLOCK, TOUR, CRASHES], key=rank_of) == [CRASHES, TOUR, CLOCK]
    assert rank_of(NEAR) < rank_of(TOUR)
