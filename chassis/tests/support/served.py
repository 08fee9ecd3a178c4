"""A small application for gunicorn: strict like a service, and without a database."""

import os
import threading
import time
from pathlib import Path

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import wrap_file

from chassis.web import strict_requests
from chassis.web.app import Application

app = Application("served", __name__, "INFO")
strict_requests.install(app, None)
doors: dict[str, threading.Event] = {}
busy = threading.Lock()
inside: list[str] = []
most: list[int] = []
closed: list[bool] = []
read: list[int] = []
app.extensions["before_serving"] = [lambda: read.append(os.getpid())]


@app.get("/healthz")
def healthz() -> Response:
    return jsonify(status="ok")


@app.route("/echo", methods=["GET", "POST", "PUT"])
def echo() -> Response:
    return jsonify(path=request.path, body=strict_requests.read_json(request))


@app.get("/bytes/<int:size>")
def some_bytes(size: int) -> bytes:
    return b"x" * size


class Zeros:
    """A file of zeros that fails behind so many bytes."""

    def __init__(self, good: int) -> None:
        self._left = good

    def read(self, size: int) -> bytes:
        if not self._left:
            raise OSError("on purpose")
        given = min(size, self._left)
        self._left -= given
        return bytes(given)

    def close(self) -> None:
        closed.append(True)


@app.get("/file/<int:size>/<int:good>")
def file(size: int, good: int) -> Response:
    """A file that says it has `size` bytes, and fails behind `good` of them."""
    response = Response(wrap_file(request.environ, Zeros(good)), direct_passthrough=True)
    response.content_length = size
    return response


@app.get("/files")
def files() -> Response:
    """How many files were closed, and how many KiB of memory this process has had at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return jsonify(closed=len(closed), peak_kib=int(peak))


@app.get("/read")
def read_before_serving() -> Response:
    """The processes that have read what requests would wait for, up to this one."""
    return jsonify(pids=read)


@app.get("/nothing")
def nothing() -> ResponseReturnValue:
    return "", 204


@app.get("/pieces")
def pieces() -> Response:
    return Response(iter([b"one, ", b"", b"two"]))


@app.get("/too-short")
def too_short() -> Response:
    return Response([b"four"], headers={"Content-Length": "10"})


@app.get("/breaks")
def breaks() -> Response:
    raise OSError("on purpose")


@app.get("/held/<name>")
def held(name: str) -> str:
    """Answer once the door of that name is opened."""
    doors.setdefault(name, threading.Event()).wait(30)
    return name


@app.post("/open/<name>")
def open_door(name: str) -> str:
    doors.setdefault(name, threading.Event()).set()
    return name


@app.get("/thread")
def thread() -> Response:
    """Which thread answers, and how many were in here at most."""
    with busy:
        inside.append(threading.current_thread().name)
        most.append(len(inside))
    time.sleep(0.01)
    with busy:
        inside.remove(threading.current_thread().name)
    return jsonify(name=threading.current_thread().name, most=max(most))


@app.get("/worker")
def worker() -> Response:
    return jsonify(pid=os.getpid())
