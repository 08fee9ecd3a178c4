"""How gunicorn runs the gateway: `gunicorn -c python:gateway.server -b … "gateway.app:create_app()"`.

Nothing of the gateway is imported here: the worker patches the standard library for gevent first.
"""

import resource
from typing import Any

import gevent
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from chassis.web import gunicorn_errors

worker_class = "gevent"
workers = 1
worker_connections = 12_000
control_socket_disable = True

# The optional C parser accepts a bare LF inside a header.
http_parser = "python"
# gunicorn would let a client on this machine set SCRIPT_NAME and PATH_INFO, and so a path that was not
# checked.
forwarder_headers = ""

# Seconds that a connection may take for its next request's head, idle time included.
keepalive = 10
graceful_timeout = 10


def on_starting(_arbiter: Arbiter) -> None:
    """Prepare for as many connections as are taken."""
    # One connection for each client, and at most one to a service on the client's behalf.
    allow_open_files(2 * worker_connections)


def allow_open_files(number: int) -> None:
    """Allow this process and its children to open so many files, or as many as the system lets it.

    By default a process on Linux may open 1024 files, which are too few for a thousand streams.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = number if hard == resource.RLIM_INFINITY else min(number, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def post_fork(_arbiter: Arbiter, _worker: Worker) -> None:
    """Have gunicorn refuse with problem documents."""
    gunicorn_errors.install()


def post_worker_init(worker: Worker) -> None:
    """End the streams when the worker is told to stop, or they would hold it up to its graceful timeout."""

    gateway: Any = worker.wsgi

    def watch() -> None:
        while worker.alive:
            gevent.sleep(0.1)
        gateway.extensions["live"].close()

    gevent.spawn(watch)
