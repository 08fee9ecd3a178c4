"""The web client: its files, the page that its addresses lead to, and what a browser lets that page do.

The files are read once, at the start. Their addresses name the version of all of them, so that a browser may
keep each for as long as it likes, and a page runs with files of one version.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from chassis.web import problems
from gateway import pages
from gateway.files import File

PAGE = "index.html"
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
LEVEL = 9  # of gzip: it is done once
FOR_EVER = "public, max-age=31536000, immutable"

TILE_URL = re.compile(r"(https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?)/\S*")
PLACES = ("{z}", "{x}", "{y}")
FEATURES_OFF = (
    "accelerometer",
    "autoplay",
    "bluetooth",
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
HARDENED = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
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


class Files:
    """The files of a folder, by their paths in it; `{version}` in some becomes the version of all."""

    def __init__(self, folder: Path) -> None:
        self._contents = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        self._files = {name: _file(name, content) for name, content in self._contents.items()}

    @cached_property
    def version(self) -> str:
        """12 digits that are others when any file is another."""
        known = hashlib.sha256()
        for name, content in self._contents.items():
            known.update(hashlib.sha256(name.encode()).digest())
            known.update(hashlib.sha256(content).digest())
        return known.hexdigest()[:12]

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def find(self, name: str) -> File:
        """The file as it lies there; `NotFound` if there is none."""
        if name not in self:
            raise NotFound
        return self._files[name]

    def versioned(self, name: str) -> File:
        """The file with the version in it."""
        return _file(name, self._contents[name].replace(b"{version}", self.version.encode()))


@dataclass(frozen=True)
class Platform:
    """What the operator says of the platform to those who use the client."""

    name: str
    tiles: Tiles | None


def install(app: Flask, folder: Path, platform: Platform) -> None:
    """Serve the client that lies in the folder."""
    files = Files(folder)
    headers = {**HARDENED, "Content-Security-Policy": policy(platform.tiles)}
    page = files.versioned(PAGE)

    def answer(file: File, cache_control: str = "no-cache") -> Response:
        response = file.response(cache_control)
        response.headers.update(headers)
        return response

    @app.get("/static/<version>/<path:name>")
    def static(version: str, name: str) -> Response:
        # A tab that was opened before a deployment asks for files of its own version.
        return answer(files.find(name), FOR_EVER if version == files.version else "no-cache")

    @app.get("/")
    def home() -> Response:
        return answer(page)

    @app.errorhandler(NotFound)
    def page_or_problem(error: NotFound) -> Response:
        if not leads_to_a_page():
            return problems.on_http_exception(error)
        response = answer(page)
        response.vary.add("Accept")
        return response

    for name in ROOT_FILES:
        if name in files:
            app.add_url_rule(f"/{name}", name, partial(answer, files.versioned(name)))
    app.extensions["web_settings"] = {
        "name": platform.name,
        "languages": LANGUAGES,
        "tiles": platform.tiles,
        "version": files.version,
    }


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


def _file(name: str, content: bytes) -> File:
    media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
    compresses = media_type not in COMPRESSED_BEFORE
    return File(content, media_type, level=LEVEL, compresses=compresses)
