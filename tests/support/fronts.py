"""The servers with TLS in front of the gateway, from the files that operators take."""

import contextlib
import http.client
import json
import os
import pwd
import shutil
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev.ports import free_port
from dev.processes import spawn, wait_until

from .certificates import Certificate
from .people import PATIENCE

FRONTS = Path(__file__).resolve().parents[2] / "deploy/fronts"
NAME = "lyceum.example"
JSON = {"Content-Type": "application/json"}
CLIENT = "127.0.0.9"  # Linux has all of 127.0.0.0/8: an address that is not the front's own
PROGRAMS = {
    # That of an ordinary user may lack the folders of programs for administrators.
    name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    for name in ("nginx", "caddy")
}
MISSING = "needs a server of Debian, {}: apt-get install nginx-light caddy"
# What Debian's own nginx.conf says, where it matters: older versions of TLS, compression.
NGINX_MAIN = """
user {user} {group};
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 768; }}
http {{
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    gzip on;
    gzip_types application/json;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    include lyceum.conf;
}}
"""


@dataclass(frozen=True)
class Reply:
    """An answer as the client received it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def problem(self) -> tuple[int, str]:
        """Status and code of what must be a problem document."""
        assert self.headers.get_content_type() == "application/problem+json"
        document = json.loads(self.body)
        assert document["status"] == self.status
        assert document["request_id"] == self.headers["X-Request-ID"]
        return self.status, document["code"]


@dataclass(frozen=True)
class Front:
    """A running front, called as a client elsewhere would call it."""

    certificate: Certificate
    https_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)

    def handshake(self, *, ciphers: str = "DEFAULT", **versions: ssl.TLSVersion) -> ssl.SSLSocket:
        """A connection by TLS, which offers HTTP/2 too if a version is asked for."""
        context = ssl.create_default_context(cafile=str(self.certificate.chain))
        context.set_ciphers(f"{ciphers}:@SECLEVEL=0")  # so that it is the front that refuses
        if versions:
            context.set_alpn_protocols(["h2", "http/1.1"])
        for bound, version in versions.items():
            setattr(context, bound, version)
        address = ("127.0.0.1", self.https_port)
        plain = socket.create_connection(address, PATIENCE, source_address=(CLIENT, 0))
        try:
            return context.wrap_socket(plain, server_hostname=NAME)
        except BaseException:
            plain.close()
            raise

    @contextlib.contextmanager
    def opened(
        self, method: str, target: str, **options: Any
    ) -> Iterator[http.client.HTTPResponse]:
        """An answer that has begun. The target is sent exactly as it is given."""
        connection = http.client.HTTPSConnection(NAME)
        connection.sock = self.handshake()
        try:
            connection.request(method, target, **options)
            with connection.getresponse() as response:
                yield response
        finally:
            connection.close()

    def call(self, method: str, target: str, **options: Any) -> Reply:
        """A whole answer."""
        with self.opened(method, target, **options) as response:
            return Reply(response.status, response.headers, response.read())

    def get(self, target: str, **options: Any) -> Reply:
        return self.call("GET", target, **options)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            self.handshake().close()
        except OSError:
            return False
        return True


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """The text with what an operator changes in it; each must be there."""
    for old, new in changes.items():
        assert old in text, f"the file has no {old!r} to be changed"
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(
    program: str, folder: Path, certificate: Certificate, gateways: Sequence[int]
) -> Iterator[Front]:
    """nginx or Caddy in front of gateways at these ports, on free ports of its own."""
    front = Front(certificate)
    write = {"nginx": write_nginx, "caddy": write_caddy}[program]
    arguments = write(folder, front, [f"127.0.0.1:{port}" for port in gateways])
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [PROGRAMS[program] or program, *arguments]
    child = spawn(program, command, log=folder / "log", env=home)
    try:
        wait_until(front.answers, child.check, program)
        yield front
    finally:
        child.stop()


def write_nginx(folder: Path, front: Front, gateways: Sequence[str]) -> Sequence[str]:
    """Write nginx's files, and return the arguments to start it with."""
    text = replaced(
        (FRONTS / "nginx.conf").read_text(),
        {
            "server 127.0.0.1:8080 fail_timeout=1s;": "".join(
                f"server {gateway} fail_timeout=1s;" for gateway in gateways
            ),
            "listen 80;": f"listen 127.0.0.1:{front.http_port};",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{front.https_port} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "/etc/ssl/lyceum/fullchain.pem": str(front.certificate.chain),
            "/etc/ssl/lyceum/privkey.pem": str(front.certificate.key),
        },
    )
    account = pwd.getpwuid(os.geteuid()).pw_name
    group = str(folder.group())
    (folder / "lyceum.conf").write_text(text)
    (folder / "nginx.conf").write_text(NGINX_MAIN.format(user=account, group=group))
    return ["-p", str(folder), "-e", "stderr", "-c", "nginx.conf"]


def write_caddy(folder: Path, front: Front, gateways: Sequence[str]) -> Sequence[str]:
    """Write Caddy's file, and return the arguments to start it with."""
    ports = f"admin off\nhttp_port {front.http_port}\nhttps_port {front.https_port}\ndefault_bind 127.0.0.1\n"
    text = replaced(
        (FRONTS / "Caddyfile").read_text(),
        {
            "\tgrace_period 10s\n": f"{ports}\tgrace_period 1s\n",
            "to 127.0.0.1:8080": f"to {' '.join(gateways)}",
            "# tls /etc/ssl/lyceum/fullchain.pem /etc/ssl/lyceum/privkey.pem": (
                f"tls {front.certificate.chain} {front.certificate.key}"
            ),
        },
    )
    (folder / "Caddyfile").write_text(text)
    return ["run", "--config", str(folder / "Caddyfile")]
