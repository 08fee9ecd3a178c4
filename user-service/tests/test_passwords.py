"""Which passwords are refused, and how they are kept."""

import contextlib
import io
import json
import os
import random
import runpy
import string
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from user_service import passwords
from user_service.passwords import AT_ONCE, MODESTY, WAITING, Hasher, TooBusy, check_strength

HASHER = Hasher(4)
SERVICE = Path(passwords.__file__).parent
# From all ranks of the public list, down to the last one.
COMMON = """
password 12345678 123456789 baseball football qwertyuiop 1234567890 superman 1qaz2wsx
jennifer trustno1 sunshine iloveyou computer michelle starwars princess 11111111
corvette 1234qwer benjamin cardinal napoleon hannibal melissa1 01091989 slippery
estrella undertak 03041991 02101981 03031986 12061988 02071975 mash4077 rocknrol
10293847 12121989 14091990 12081983 09081985 08021990 24071992 15081989 06041984
30061989 17081990 09061990 27011985 12071983 04011988 landmark 18041985 lincoln1
letmesee 27111984 27011982 24081982 23051980 890098890 bugsbunn 0000000000o newhouse
boogaloo alphaman pentium4 legoland language q1234567890 dzxtckfd jedimast moneymoney
541233432442 patrick9 vfhvtkfl paramedic sprinkle testing123 23049307 vehpbkrf
1972chev esoteric bridget1 r3ady41t sherbert insuranc patrick8 abc123abc slippers
31121910 rotterdam counting hedimaptfcor buccanee pedro123 yankeemp koteczek
tigerwoods andrew13 severine liberate winxclub chipster rounders
numberon slayer69 codename dalmatio
"""


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


def test_common_passwords_of_all_ranks_are_refused() -> None:
    common = COMMON.split()
    assert len(common) >= 100
    assert [each for each in common if is_accepted(each)] == []


def test_the_list_has_ten_thousand_passwords_that_would_be_long_enough() -> None:
    listed = (SERVICE / "common_passwords.txt").read_text().split()
    assert len(set(listed)) == len(listed)
    assert len([each for each in listed if len(each) >= 8]) >= 10_000
    assert (listed[0], listed[9_999]) == (COMMON.split()[0], COMMON.split()[-1])


def test_the_list_says_where_it_comes_from_and_under_which_licence() -> None:
    told = (SERVICE / "common_passwords_license.txt").read_text()
    assert "@zxcvbn-ts/language-common, version 4.1.3" in told
    assert "Permission is hereby granted, free of charge" in told


def test_the_list_is_written_out_of_the_package(tmp_path: Path) -> None:
    ranked = ["123456", "password", "123", "dragon", "12345678", "abc", "qwerty"]
    inside = {"src/passwords.json": json.dumps(ranked), "LICENSE.txt": "Do as you like."}
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as files:
        for name, text in inside.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            files.addfile(member, io.BytesIO(text.encode()))
    script = runpy.run_path(str(SERVICE.with_name("write_common_passwords.py")))
    script["write"](package, tmp_path)
    listed = (tmp_path / "common_passwords.txt").read_text().split()
    assert (listed[:2], listed[-2:]) == (["password", "12345678"], ["dragon", "qwerty"])
    assert (tmp_path / "common_passwords_license.txt").read_text().endswith("Do as you like.")


@pytest.mark.parametrize(
    "password",
    [
        "Password",
        "PASSWORD",
        "password2026!",
        "letmein!!",
        "2026dragon",
        "P@ssw0rd",
        "pa$$w0rd99",
        "m0nkey!!",
        "passwordpassword",
        "qwertyqwerty",
        "monkeymonkey1",
        "12341234",
        "123123123",
        "aaaaaaaa",
        "abababababab",
        "abcdefgh",
        "87654321",
        "0123456789",
        "אבגדהוזח",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",
    ],
)
def test_a_common_password_is_refused_however_it_is_varied(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_strength(password)
    assert refused.value.errors[0]["pointer"] == "/password"


@pytest.mark.parametrize(
    "password",
    [
        "lyceum123",
        "Lyceum2026!",
        "lyc3um!!",
        "lyceumlyceum",
        "lyceum-havruta",
        "Havruta1",
        "h@vrut@99",
        "tutoring",
        "tut0r1ng!",
        "$tudy2026",
        "study session",
        "StudySession1",
        "sessions",
        "s3ss10n5",
        "session-lyceum",
        "adminadmin",
        "root1234",
        "חברותא 1",
    ],
)
def test_words_of_the_platform_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        check_strength(password)


@pytest.mark.parametrize(
    "password",
    [
        "ruth.adler",
        "RuthAdler1948",
        "ruth@example.org",
        "Ruth Adler!",
        "ruthadler",
        "AdlerRuth7",
        "ruthruth",
        "ruth ruth ruth",
        "adler2026",
        "reldahtur",
        "relda123",
        "RUTH4DLER",
        "havruth26",
        "!!bookworm",
        "mrowkoob",
        "bookworm.ruth",
        "רותשטרן 1",
    ],
)
def test_the_persons_own_names_are_refused(password: str) -> None:
    names = ("havruth", "bookworm@example.org", "Ruth Adler", "רות שטרן", "ruth@example.org")
    with pytest.raises(Invalid):
        check_strength(password, *names)


@pytest.mark.parametrize(
    "password",
    [
        "seventeen olive trees",
        "study-together-daily",
        "ruth and naomi",
        "the tutor wears green socks",
        "my password is a fig",
        "8f3k-Zq0v-11xy",
        "xK9#mQ2$vL",
        "correct donkey battery staple",
        "shabbat shalom umevorach",
        "בראשית ברא אלהים",
        "תפוח ירוק על השולחן",
        "пять зелёных яблок",
        "adlerian waltz",
        "truths of old",
        "🐟🍋🌵🥨 for four",
    ],
)
def test_other_passwords_are_accepted(password: str) -> None:
    check_strength(password, "ruth", "ruth@example.org", "Ruth Adler", "Al")


@given(st.text(min_size=8, max_size=128), st.text(max_size=100))
def test_any_text_is_checked_without_an_error(password: str, name: str) -> None:
    with contextlib.suppress(Invalid):
        check_strength(password, name, "ruth@example.org")


@pytest.mark.parametrize("length", [10, 12, 16])
def test_random_passwords_are_accepted(length: int) -> None:
    letters = string.ascii_letters + string.digits + "!@#$%-_"
    made = ["".join(random.Random(seed).choices(letters, k=length)) for seed in range(300)]
    assert [each for each in made if not is_accepted(each)] == []


def test_names_that_are_made_for_it_do_not_make_the_check_slow() -> None:
    name = " ".join("a" * length for length in range(4, 13))
    before = time.thread_time()
    check_strength("a" * 120 + "bcabcdbd", name, f"{'a' * 60}@example.org", "a" * 50)
    assert time.thread_time() - before < 0.25


def is_accepted(password: str) -> bool:
    try:
        check_strength(password)
    except Invalid:
        return False
    return True


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
