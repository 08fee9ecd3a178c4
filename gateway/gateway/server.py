"""How gunicorn runs the gateway: `gunicorn -c python:gateway.server -b … "gateway.app:create_app()"`.

WEB_CONCURRENCY says how many processes share the address.
"""

import resource

from gunicorn.arbiter import Arbiter

# Where there are several processes, each shows the figures of all.
from chassis.web.server import child_exit, on_exit, post_worker_init, workers

__all__ = ["child_exit", "on_exit", "post_worker_init", "workers"]

worker_class = "gateway.edge.worker.EdgeWorker"
worker_connections = 12_000  # of each process
control_socket_disable = True
backlog = 2048
graceful_timeout = 10  # seconds for answers that have begun


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
