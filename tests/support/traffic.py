"""People who talk, come and go in study sessions at the same time, and remember what was acknowledged."""

import contextlib
import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import requests

from .people import Person
from .streams import Refused, Stream

LONGEST = 60.0  # seconds of trying the same thing again
PAUSE = 0.05
TRANSIENT = {429, 502, 503, 504}


class Traffic:
    """Each person does one thing after another, and repeats each until it is answered."""

    def __init__(
        self,
        people: Sequence[Person],
        sessions: Sequence[str],
        seed: int,
        patience: float = LONGEST,
    ) -> None:
        self.sent: dict[str, str] = {}  # client_message_id -> session, of each acknowledged message
        self._sessions = sessions
        self._patience = patience
        self._stopping = threading.Event()
        self._done = [0] * len(people)
        self._failures: list[BaseException] = []
        self._threads = [
            threading.Thread(
                target=self._run, args=(number, person, random.Random(f"{seed}-{number}"))
            )
            for number, person in enumerate(people)
        ]

    @property
    def done(self) -> int:
        """How many actions were acknowledged."""
        return sum(self._done)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """People act while the block runs; afterwards every client has had an answer to its last request."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in self._threads:
                thread.join()
        if self._failures:
            raise self._failures[0]

    def _run(self, number: int, person: Person, chance: random.Random) -> None:
        try:
            while not self._stopping.is_set():
                self._done[number] += self._act(person, chance.choice(self._sessions), chance)
        except BaseException as failure:
            self._failures.append(failure)

    def _act(self, person: Person, session: str, chance: random.Random) -> bool:
        """Do one thing; whether it succeeded."""
        action = chance.choice(("join", "leave", "talk", "talk", "talk"))
        if action == "join":
            return self._insist(lambda: person.post(f"{session}/join", {"waitlist": True})).ok
        if action == "leave":
            return self._insist(lambda: person.post(f"{session}/leave")).ok
        words = {"content": "Where were we?", "client_message_id": str(uuid4())}
        said = self._insist(lambda: person.post(f"{session}/messages", words)).ok
        if said:
            self.sent[words["client_message_id"]] = session
        return said

    def _insist(self, ask: Callable[[], requests.Response]) -> requests.Response:
        return insist(ask, self._patience)


def insist(ask: Callable[[], requests.Response], patience: float = LONGEST) -> requests.Response:
    """Repeat the request until an answer says what became of it, for `patience` seconds; with none,
    ask once.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            answer = ask()
        except requests.ConnectionError:
            what = "no answer"
        else:
            if answer.status_code not in TRANSIENT:
                assert answer.status_code < 500, answer.text
                return answer
            what = f"{answer.status_code} {answer.text}"
        if time.monotonic() >= deadline:
            raise TimeoutError(f"{what} within {patience:g} s")
        time.sleep(PAUSE)


class Reader:
    """A reader of a session's stream that loses the connection again and again, and resumes."""

    def __init__(self, person: Person, session: str, seed: int) -> None:
        self.seen: list[int] = []
        self.resets: set[int] = set()  # the numbers up to which it was told to read the room again
        self._person = person
        self._path = f"{session}/events"
        self._chance = random.Random(seed)
        self._end: int | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def read_to(self, end: int) -> list[int]:
        """The numbers of all events that were seen, once the one with this number is among them."""
        self._end = end
        self._thread.join(LONGEST)
        return self.seen

    def _read(self) -> None:
        while not self._is_at_the_end():
            last = self.seen[-1] if self.seen else 0
            # A stream that cannot be opened, ends or is silent for a moment is opened again.
            with (
                contextlib.suppress(Refused, EOFError, OSError, http.client.HTTPException),
                Stream(self._person, self._path, last_event_id=last, patience=1) as stream,
            ):
                for _ in range(self._chance.randint(1, 20)):
                    event = stream.next()
                    self.seen += [int(event.id)] if event.id else []
                    self.resets |= {int(event.id or 0)} if event.type == "reset" else set()
            time.sleep(PAUSE)

    def _is_at_the_end(self) -> bool:
        return self._end is not None and self.seen[-1:] >= [self._end]
