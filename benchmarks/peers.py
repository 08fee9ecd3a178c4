"""Other programs that do the gateway's work, for comparison. None is part of the project.

haproxy and nginx are taken from this machine; programs of Node.js come from npm, into a temporary folder.
"""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import Missing
from benchmarks.processes import Programs
from benchmarks.serving import wait_for
from dev.ports import free_port
from dev.processes import die_with_parent

SOURCES = Path(__file__).parent / "peers"

HAPROXY = """
global
    maxconn 4096
    nbthread 1
defaults
    mode http
    timeout client 30s
    timeout server 30s
    timeout connect 1s
    option http-keep-alive
    http-reuse always
frontend api
    bind 127.0.0.1:{port}
    http-request set-var(txn.token) http_auth_bearer
    http-request set-var(txn.ends) var(txn.token),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    acl signed var(txn.token),jwt_verify("ES256","{key}") 1
    acl ended var(txn.ends),sub(txn.now) -m int lt 0
    http-request deny deny_status 401 if !signed or ended
{uses}
{backends}
"""
NGINX = """
daemon off;
worker_processes 1;
user root;
pid {folder}/nginx.pid;
error_log /dev/null;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
{upstreams}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
{locations}
    }}
}}
"""

Routes = Mapping[str, int]
"""The ports of services by the prefix of the paths that they answer."""


@contextmanager
def haproxy(routes: Routes, key: Path) -> Iterator[int]:
    """haproxy, which verifies each token by the public key: its port."""
    uses, backends = "", ""
    for number, (prefix, target) in enumerate(routes.items()):
        uses += f"    use_backend b{number} if {{ path_beg {prefix} }}\n"
        backends += f"backend b{number}\n    server s 127.0.0.1:{target}\n"
    given = {"key": key, "uses": uses, "backends": backends}
    with configured(["haproxy", "-db", "-f"], HAPROXY, given) as port:
        yield port


@contextmanager
def nginx(routes: Routes, key: Path) -> Iterator[int]:
    """nginx, which knows nothing of tokens: its port."""
    upstreams, locations = "", ""
    for number, (prefix, target) in enumerate(routes.items()):
        upstreams += f"    upstream u{number} {{ server 127.0.0.1:{target}; keepalive 64; }}\n"
        locations += f"        location {prefix} {{ proxy_pass http://u{number};"
        locations += ' proxy_http_version 1.1; proxy_set_header Connection ""; }\n'
    given = {"upstreams": upstreams, "locations": locations}
    with configured(["nginx", "-c"], NGINX, given) as port:
        yield port


@contextmanager
def configured(command: Sequence[str], template: str, given: Mapping[str, object]) -> Iterator[int]:
    """A program of this machine, whose last argument is the file of its configuration: its port."""
    program, *options = command
    path = required(program)
    with temporary() as folder:
        port, file = free_port(), folder / "configuration"
        file.write_text(template.format(port=port, folder=folder, **given))
        with running([path, *options, str(file)], port):
            yield port


@contextmanager
def fastify(routes: Routes, key: Path) -> Iterator[int]:
    """@fastify/http-proxy behind @fastify/jwt, which remembers tokens: its port."""
    targets = [f"{prefix}={target}" for prefix, target in routes.items()]
    with node("proxy.js", str(key), *targets) as port:
        yield port


@contextmanager
def node(program: str, *parameters: str) -> Iterator[int]:
    """A program of `peers/` with the packages that it needs: its port."""
    with temporary() as folder:
        shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
        install = [required("npm"), "install", "--silent", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"packages of npm: {done.stderr[-200:]}")
        port = free_port()
        with running([required("node"), str(folder / program), str(port), *parameters], port):
            yield port


def required(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise Missing(f"{program} is not installed")
    return found


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lyceum-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[None]:
    """The program, once it listens at the port, on the core for what is measured."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        wait_for(port, Path(command[0]).name)
        Programs.at(port).pin()
        yield
    finally:
        process.terminate()
        process.wait(20)
