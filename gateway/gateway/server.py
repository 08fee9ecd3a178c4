"""How gunicorn runs the gateway: `gunicorn -c python:gateway.server -b 127.0.0.1:8080 "gateway.app:create_app()"`.

Nothing of the gateway is imported here: the worker patches the standard library for gevent first.
"""

worker_class = "gevent"
workers = 1
worker_connections = 2000
control_socket_disable = True

# The optional C parser accepts a bare LF inside a header.
http_parser = "python"
# gunicorn would let a client on this machine set SCRIPT_NAME and PATH_INFO, and so another path than was checked.
forwarder_headers = ""

# Seconds that a connection may take for its next request's head, idle time included.
keepalive = 10
graceful_timeout = 10
