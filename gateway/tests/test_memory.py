"""A dictionary of two generations forgets what is not asked for."""

from gateway.edge.memory import Memory


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_entry_that_is_asked_for_stays() -> None:
    clock = Clock()
    memory: Memory[str, int] = Memory(10, 100, clock)
    memory["a"] = memory["b"] = 1
    for _ in range(20):
        clock.now += 6
        assert memory.get("a") == 1
    assert memory.get("b") is None


def test_everything_is_forgotten_after_a_long_silence() -> None:
    clock = Clock()
    memory: Memory[str, int] = Memory(10, 100, clock)
    memory["a"] = 1
    clock.now += 1000
    assert memory.get("a") is None


def test_no_more_than_two_generations_are_kept() -> None:
    memory: Memory[int, int] = Memory(10, 100, Clock())
    for number in range(1000):
        memory[number] = number
    assert sum(memory.get(number) is not None for number in range(1000)) <= 200
    assert memory.get(999) == 999


def test_an_entry_is_replaced_and_forgotten_in_either_generation() -> None:
    clock = Clock()
    memory: Memory[str, int] = Memory(10, 100, clock)
    memory["a"] = 1
    clock.now += 11
    memory["b"] = 1  # the first entry is of the older generation now
    memory["a"] = 2
    assert memory.get("a") == 2
    memory.pop("a")
    assert memory.get("a") is None
    memory.clear()
    assert memory.get("b") is None


def test_a_peek_changes_nothing_and_ends_with_the_period() -> None:
    clock = Clock()
    memory: Memory[str, int] = Memory(10, 100, clock)
    memory["a"] = 1
    assert (memory.peek("a"), memory.peek("b")) == (1, None)
    clock.now += 10
    assert memory.peek("a") is None
    assert memory.get("a") == 1
