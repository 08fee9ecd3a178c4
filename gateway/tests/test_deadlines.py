"""One wheel for many deadlines."""

import threading
import time
from dataclasses import dataclass, field

from gateway.edge.deadlines import SLOTS, TICK

from .support.event_loop import GENEROUS, Loop


@dataclass(eq=False)
class Item:
    """Notes when its deadline has passed, and cancels others then."""

    cancels: "list[tuple[set[Item], Item]]" = field(default_factory=list)
    expired: threading.Event = field(default_factory=threading.Event)
    times: int = 0

    def expire(self) -> None:
        self.times += 1
        for slot, other in self.cancels:
            slot.discard(other)
        self.expired.set()


def test_a_deadline_passes_once_and_not_too_early(loop: Loop) -> None:
    item = Item()
    began = time.monotonic()
    loop.call(loop.deadlines.set, item, 0.3)
    assert item.expired.wait(GENEROUS)
    assert time.monotonic() - began >= 0.3 - TICK
    later = Item()
    loop.call(loop.deadlines.set, later, 0.2)
    assert later.expired.wait(GENEROUS)
    assert item.times == 1


def test_a_cancelled_deadline_does_not_pass(loop: Loop) -> None:
    cancelled, other = Item(), Item()
    slot = loop.call(loop.deadlines.set, cancelled, 0.1)
    loop.call(slot.discard, cancelled)
    loop.call(loop.deadlines.set, other, 0.3)
    assert other.expired.wait(GENEROUS)
    assert not cancelled.expired.is_set()


def test_what_expires_may_cancel_others_of_the_same_moment(loop: Loop) -> None:
    first, second, last = Item(), Item(), Item()

    def set_all() -> None:
        slots = [loop.deadlines.set(item, 0.1) for item in (first, second)]
        first.cancels, second.cancels = [(slots[1], second)], [(slots[0], first)]

    loop.call(set_all)
    loop.call(loop.deadlines.set, last, 0.3)
    assert last.expired.wait(GENEROUS)
    assert first.times + second.times == 1


def test_a_deadline_beyond_the_wheel_is_at_its_end(loop: Loop) -> None:
    item = Item()
    slot = loop.call(loop.deadlines.set, item, 10 * SLOTS * TICK)
    assert item in slot
