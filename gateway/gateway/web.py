"""The web client: its files, the page that its addresses lead to, and what a browser lets that page do.

The files are read at the start. Their addresses name the version of all of them, so that a browser may keep
each for as long as it likes, and a page runs with files of one version.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask, Response, request
from werkzeug import exceptions

from chassis.errors import NotFound
from chassis.web import problems
from chassis.web.strict_requests import MethodNotAllowed
from gateway import pages
from gateway.edge.exchange import Exchange
from gateway.edge.headers import POLICY
from gateway.files import File
from lyceum_web.packing import PAGE, packed

LANGUAGES = ("en", "he")
ROOT_FILES = ("sw.js", "manifest.webmanifest")
"""A worker rules what lies below its address, and a manifest has one address in all versions."""
# Under these a browser is answered as any client is.
NO_PAGES = (
    "/api",
    "/docs",
    "/problems",
    "/static",
    "/web",
    "/.well-known",
    "/internal",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
)
# Not those of the machine, which differ from one to the next.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
COMPRESSED_BEFORE = {"font/woff2", "image/png"}
LEVEL = 6  # of gzip: the highest saves a hundredth more, in three times the time
FOR_EVER = b"public, max-age=31536000, immutable"
READING = ("GET", "HEAD")
STATIC = "/static"
SHOWN_AS_PAGES = (".html", ".svg")

TILE_URL = re.compile(r"(https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?)/\S*")
PLACES = ("{z}", "{x}", "{y}")
FEATURES_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
HARDENED_FILE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": POLICY,
}
HARDENED_PAGE = {
    **HARDENED_FILE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        ["geolocation=(self)", *(f"{feature}=()" for feature in FEATURES_OFF)]
    ),
}


@dataclass(frozen=True)
class Tiles:
    """Pictures of the map, from another server: the template of their addresses, and whom to thank."""

    url: str
    attribution: str

    def __post_init__(self) -> None:
        if not TILE_URL.fullmatch(self.url):
            raise ValueError("is no address with http:// or https:// and a plain host")
        if missing := [place for place in PLACES if place not in self.url]:
            raise ValueError(f"lacks {' and '.join(missing)}")

    @property
    def origin(self) -> str:
        """Where the pictures come from."""
        return TILE_URL.sub(r"\1", self.url)


class Edition:
    """The files of the client as they were at one time, by their paths."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.version = _version(contents)
        self._files = {name: _file(name, content) for name, content in contents.items()}
        self._versioned = {
            name: _file(name, contents[name].replace(b"{version}", self.version.encode()))
            for name in (PAGE, *ROOT_FILES)
            if name in contents
        }

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def __getitem__(self, name: str) -> File:
        return self._files[name]

    def versioned(self, name: str) -> File:
        """The page or a file of the root, with the version where it has `{version}`."""
        return self._versioned[name]


class Files:
    """The files of a folder. If they may change, a page that is asked for is of the files of now."""

    def __init__(self, folder: Path, *, may_change: bool = False) -> None:
        self._folder = folder
        self._may_change = may_change
        self._states = self._seen()
        self.edition = self._read()

    def of_now(self) -> Edition:
        """The files of now: read again if one has changed."""
        if self._may_change and (states := self._seen()) != self._states:
            self.edition, self._states = self._read(), states
        return self.edition

    def _paths(self) -> list[Path]:
        paths = sorted(self._folder.rglob("*"))
        return [path for path in paths if path.is_file() and not path.name.startswith(".")]

    def _seen(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self._paths()}

    def _read(self) -> Edition:
        contents = {
            path.relative_to(self._folder).as_posix(): path.read_bytes() for path in self._paths()
        }
        return Edition(packed(contents))


@dataclass(frozen=True)
class Platform:
    """What the operator says of the platform to those who use the client."""

    name: str
    tiles: Tiles | None


class Static:
    """Sends files on the loop: a page asks for many at once, and none has to wait for a place in a thread."""

    def __init__(self, files: Files, tiles: Tiles | None) -> None:
        self._files = files
        self._of_files = _lines(HARDENED_FILE)
        self._of_pages = _lines(headers_of(tiles))

    def answer(self, exchange: Exchange) -> None:
        """Send the file of `/static/<version>/<path>`."""
        exchange.route_name = STATIC
        version, _, name = exchange.path.removeprefix(f"{STATIC}/").partition("/")
        if exchange.request.method not in READING:
            exchange.refuse(MethodNotAllowed(headers={"Allow": ", ".join(READING)}))
        elif name not in (edition := self._files.edition):
            exchange.refuse(NotFound())
        else:
            # A tab that was opened before a deployment asks for files of its own version.
            kept = FOR_EVER if version == edition.version else b"no-cache"
            # What is no page needs no permissions: those are longer than many a file.
            policies = self._of_pages if name.endswith(SHOWN_AS_PAGES) else self._of_files
            lines = b"Cache-Control: %b\r\n%b" % (kept, policies)
            edition[name].send(exchange, lines)


def install(app: Flask, files: Files, platform: Platform) -> None:
    """Serve the page of the client, and what it is told."""
    headers = headers_of(platform.tiles)

    def answer(name: str) -> Response:
        response = files.of_now().versioned(name).response()
        response.headers.update(headers)
        return response

    @app.get("/")
    def home() -> Response:
        return answer(PAGE)

    @app.errorhandler(exceptions.NotFound)
    def page_or_problem(error: exceptions.NotFound) -> Response:
        if not leads_to_a_page():
            return problems.on_http_exception(error)
        response = answer(PAGE)
        response.vary.add("Accept")
        return response

    for name in ROOT_FILES:
        if name in files.edition:
            app.add_url_rule(f"/{name}", name, partial(answer, name))
    app.extensions["web_settings"] = lambda: {
        "name": platform.name,
        "languages": LANGUAGES,
        "tiles": platform.tiles,
        "version": files.edition.version,
    }


def headers_of(tiles: Tiles | None) -> dict[str, str]:
    """What each page of the client tells a browser."""
    return {**HARDENED_PAGE, "Content-Security-Policy": policy(tiles)}


def _lines(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def policy(tiles: Tiles | None) -> str:
    """What the page may load: nothing from another server, but for pictures of the map."""
    pictures = "'self' data:"
    if tiles:
        pictures += f" {tiles.origin}"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def leads_to_a_page() -> bool:
    """Whether the present request is of a browser that opens an address of the client."""
    path = request.path
    if any(path == prefix or path.startswith(f"{prefix}/") for prefix in NO_PAGES):
        return False
    return request.method in {"GET", "HEAD"} and pages.is_preferred()


def _version(contents: Mapping[str, bytes]) -> str:
    """12 digits that are others when any file is another."""
    known = hashlib.sha256()
    for name, content in sorted(contents.items()):
        known.update(hashlib.sha256(name.encode()).digest())
        known.update(hashlib.sha256(content).digest())
    return known.hexdigest()[:12]


def _file(name: str, content: bytes) -> File:
    media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
    compresses = media_type not in COMPRESSED_BEFORE
    return File(content, media_type, level=LEVEL, compresses=compresses)
