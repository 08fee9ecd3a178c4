"""An event on its way to many readers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gateway.readers import Frame


class Directory:
    """Names an author once it is let."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Semaphore(0), threading.Event()

    def complete(self, data: Any) -> None:
        self.asked.release()
        assert self.may_answer.wait(10)
        data["author"] = "Ruth"


def frame_of(directory: Directory) -> Frame:
    event = {"type": "message.created", "data": {"author_id": "1"}, "members_changed": []}
    return Frame("message.created", event, 7, directory.complete)


def test_all_readers_get_what_the_first_one_has_written() -> None:
    directory = Directory()
    frame = frame_of(directory)
    with ThreadPoolExecutor(4) as readers:
        read = [readers.submit(lambda: frame.content) for _ in range(4)]
        assert directory.asked.acquire(timeout=10)
        directory.may_answer.set()
    data = '{"type":"message.created","data":{"author_id":"1","author":"Ruth"}}'
    written = f"id: 7\nevent: message.created\ndata: {data}\n\n".encode()
    assert {got.result() for got in read} == {written}
    assert not directory.asked.acquire(blocking=False)


def test_an_event_that_waits_for_names_holds_no_other_up() -> None:
    directory = Directory()
    waiting, ready = frame_of(directory), Frame("end", {}, 8)
    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(lambda: waiting.content)
        assert directory.asked.acquire(timeout=10)
        try:
            second = readers.submit(lambda: ready.content)
            assert second.result(timeout=10).startswith(b"id: 8")
            assert not first.done()
        finally:
            directory.may_answer.set()
