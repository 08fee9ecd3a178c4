"""How gunicorn runs a service: `gunicorn -c python:chassis.web.server -b … "<package>.app:create_app()"`.

Two addresses are bound: the public one, and the internal one, whose port is INTERNAL_PORT.
"""

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from chassis.web import gunicorn_errors

worker_class = "chassis.web.gunicorn_worker.EpollWorker"
# A second worker would have counters of its own behind the same /metrics, and would accept a service token
# that the first has seen.
workers = 1
# More would only take the interpreter from each other. The database has a connection for each.
threads = 4
# A service meets the gateway and probes alone; the gateway has 256 calls at a time.
worker_connections = 512
control_socket_disable = True

# The optional C parser accepts a bare LF inside a header.
http_parser = "python"
# gunicorn would let a client on this machine set SCRIPT_NAME and PATH_INFO, and so a path that was not
# checked.
forwarder_headers = ""

# Longer than the gateway keeps an idle connection, so that the service never closes one first.
keepalive = 75
graceful_timeout = 10


def post_fork(_arbiter: Arbiter, _worker: Worker) -> None:
    """Have gunicorn refuse with problem documents."""
    gunicorn_errors.install()
