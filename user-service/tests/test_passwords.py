"""Which passwords are refused, and how they are kept."""

import os
import sys
import threading

import pytest

from chassis.errors import Invalid
from user_service import passwords
from user_service.passwords import AT_ONCE, MODESTY, WAITING, Hasher, TooBusy, check_strength

HASHER = Hasher(4)


def test_a_password_matches_its_own_hash_only() -> None:
    kept = HASHER.hash("seventeen olive trees")
    assert HASHER.matches("seventeen olive trees", kept)
    assert not HASHER.matches("seventeen olive treeS", kept)


def test_no_character_of_a_long_password_is_ignored() -> None:
    kept = HASHER.hash("א" * 127 + "ב")
    assert not HASHER.matches("א" * 127 + "ג", kept)
    assert HASHER.matches("א" * 127 + "ב", kept)


def test_the_same_letters_typed_on_another_keyboard_match() -> None:
    assert HASHER.matches("cafe\u0301 in Jaffa", HASHER.hash("caf\u00e9 in Jaffa"))


def test_the_unmatched_hash_costs_the_same_and_matches_nothing() -> None:
    assert HASHER.unmatched.startswith("$2b$04$")
    assert not HASHER.matches("", HASHER.unmatched)


def test_a_hash_of_another_cost_is_outdated() -> None:
    assert Hasher(5).is_outdated(HASHER.hash("seventeen olive trees"))
    assert not HASHER.is_outdated(HASHER.hash("seventeen olive trees"))


@pytest.mark.parametrize(
    "password", ["12345678", "Password", "password2026!", "QWERTYUIOP", "letmein!!", "iloveyou"]
)
def test_a_common_password_is_refused_however_decorated(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_strength(password)
    assert refused.value.errors[0]["pointer"] == "/password"


@pytest.mark.parametrize(
    "password", ["ruth.adler", "RuthAdler1948", "ruth@example.org", "Ruth Adler!", "ruthadler"]
)
def test_the_persons_own_names_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        check_strength(password, "ruthadler", "ruth@example.org", "Ruth Adler", "ruth.adler")


@pytest.mark.parametrize(
    "password", ["seventeen olive trees", "19283746", "study-together-daily", "ruth and naomi"]
)
def test_other_passwords_are_accepted(password: str) -> None:
    check_strength(password, "ruth", "ruth@example.org", "Ruth Adler")


def test_one_check_too_many_is_refused_immediately() -> None:
    hasher, entered, leave = Hasher(4), threading.Barrier(AT_ONCE + 1), threading.Event()

    def compute() -> None:
        with hasher.turn():
            entered.wait(5)
            leave.wait(5)

    def wait_for_a_turn() -> None:
        with hasher.turn():
            pass

    threads = [threading.Thread(target=compute) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    entered.wait(5)
    waiting = [threading.Thread(target=wait_for_a_turn) for _ in range(WAITING)]
    for thread in waiting:
        thread.start()
    try:
        with pytest.raises(TooBusy) as refused, hasher.turn():
            pytest.fail("there was a turn")
        assert refused.value.headers["Retry-After"] == "1"
    finally:
        leave.set()
        for thread in threads + waiting:
            thread.join(5)
    with hasher.turn():
        pass


def test_a_wait_for_a_turn_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    hasher = Hasher(4)
    with hasher.turn(), hasher.turn(), pytest.raises(TooBusy), hasher.turn():
        pytest.fail("there was a turn")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
def test_hashing_has_a_lower_priority_than_all_other_work() -> None:
    HASHER.hash("seventeen olive trees")
    hashing = [
        thread.native_id or 0
        for thread in threading.enumerate()
        if thread.name.startswith("passwords")
    ]
    assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in hashing} == {
        min(os.nice(0) + MODESTY, 19)
    }
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == os.nice(0)
