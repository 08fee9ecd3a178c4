"""The API reference: a page that works without any other server."""

import mimetypes
from functools import cache, partial
from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response

from gateway.files import File
from gateway.openapi import Documents

OWN = Path(__file__).parent / "assets"
PACKAGED = Path(flask_swagger_ui.__file__).parent / "dist"
ASSETS = {
    "start.js": OWN,
    "pages.css": OWN,
    "swagger-ui-bundle.js": PACKAGED,
    "swagger-ui.css": PACKAGED,
    "index.css": PACKAGED,
    "favicon-32x32.png": PACKAGED,
}
CACHED = 3600  # seconds
# Everything comes from this server, and nothing is inline. The stylesheet holds its pictures as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: Flask, documents: Documents) -> None:
    """Serve the document and the page that shows it."""

    @app.get("/openapi.json")
    def openapi() -> Response:
        return documents.file().response()

    @app.get("/docs")
    def docs() -> Response:
        return _asset(OWN, "docs.html")

    for name, directory in ASSETS.items():
        app.add_url_rule(f"/docs/{name}", f"docs/{name}", partial(_asset, directory, name))


def _asset(directory: Path, name: str) -> Response:
    response = _read(directory, name).response()
    response.headers["Cache-Control"] = f"public, max-age={CACHED}"
    response.headers["Content-Security-Policy"] = POLICY
    return response


@cache
def _read(directory: Path, name: str) -> File:
    media_type, _ = mimetypes.guess_type(name)
    return File((directory / name).read_bytes(), media_type or "application/octet-stream")
