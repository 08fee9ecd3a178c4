"""How gunicorn runs a service: `gunicorn -c python:chassis.web.server -b … "<package>.app:create_app()"`.

Two addresses are bound: the public one, and the internal one, whose port is INTERNAL_PORT.
WEB_CONCURRENCY says how many processes share them.
"""

import gc
import os
import shutil
import tempfile

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from chassis.web import gunicorn_errors

worker_class = "chassis.web.gunicorn_worker.EpollWorker"
# Each process accepts a service token once, so with several a token can be used once in each.
workers = int(os.environ.get("WEB_CONCURRENCY") or 1)
# More would only take the interpreter from each other. The database has a connection for each.
threads = 4
# A service meets the gateway and probes alone; the gateway has 256 calls at a time.
worker_connections = 512
control_socket_disable = True

# The list of rooms that one stream carries is the longest address.
limit_request_line = 8190

# The optional C parser accepts a bare LF inside a header.
http_parser = "python"
# gunicorn would let a client on this machine set SCRIPT_NAME and PATH_INFO, and so a path that was not
# checked.
forwarder_headers = ""

# Longer than the gateway keeps an idle connection, so that the service never closes one first.
keepalive = 75
graceful_timeout = 10

# What was made at the start lives on. A collector of garbage that walks it again and again costs some per
# cent.
COLLECT_AFTER = (50_000, 20, 50)

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
if workers > 1:
    # prometheus_client reads this when it is imported, which is later, in each worker.
    os.environ[FIGURES] = tempfile.mkdtemp(prefix="lyceum-figures-")


def post_fork(_arbiter: Arbiter, _worker: Worker) -> None:
    """Have gunicorn refuse with problem documents."""
    gunicorn_errors.install()


def post_worker_init(worker: Worker) -> None:
    """Read what requests would wait for, spare the collector what was made by now, and let any process show
    the figures of all.
    """
    gc.collect()
    gc.disable()
    for read in getattr(worker.wsgi, "extensions", {}).get("before_serving", ()):
        read()
    gc.enable()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    if workers > 1:
        show_all_processes()


def show_all_processes() -> None:
    """Replace what this process has counted by what all have."""
    from prometheus_client import REGISTRY
    from prometheus_client.multiprocess import MultiProcessCollector

    for collector in set(REGISTRY._names_to_collectors.values()):
        REGISTRY.unregister(collector)
    MultiProcessCollector(REGISTRY)  # type: ignore[no-untyped-call]  # it has no types


def child_exit(_arbiter: Arbiter, worker: Worker) -> None:
    """Forget what a process had at its end; what it has counted stays."""
    if workers > 1:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it has no types


def on_exit(_arbiter: Arbiter) -> None:
    """Remove the figures of this run."""
    if workers > 1:
        shutil.rmtree(os.environ[FIGURES], ignore_errors=True)
