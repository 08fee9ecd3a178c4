"""The web client as a browser loads it: files of one version, and the page at every address of its own."""

import gzip
import http.client
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import lyceum_web
from chassis.config import InvalidSettings
from chassis.web.app import Application
from gateway import web
from gateway.app import create_app
from gateway.web import Files, Platform, Tiles
from lyceum_web import STATIC

from .support.gateway_process import Doubles, Gateway, running, settings

IN_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
GZIP = {"Accept-Encoding": "gzip, br"}
CONTENTS = {
    "index.html": b'<script src="/static/{version}/app.js"></script>',
    "app.js": b"import './pages/near.js'",
    "lyceum.css": b"body { margin: 0 }",
    "words/he.json": b'{"hello": "x"}',
    "icon.svg": b"<svg/>",
    "icon.png": b"\x89PNG",
    "vendor/fonts/serif.woff2": b"wOF2",
    "vendor/LICENSE": b"MIT",
    "sw.js": b"const version = '{version}'",
    "manifest.webmanifest": b'{"icons": [{"src": "/static/{version}/icon.png"}]}',
}
TILES = Tiles("https://tiles.example:8443/{z}/{x}/{y}.png?key=k", "© Map makers")


def written(folder: Path) -> Path:
    """The folder, with these files in it."""
    for name, content in CONTENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / ".app.js.swp").write_bytes(b"an editor's")
    (folder.parent / "secret.txt").write_bytes(b"outside")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "static")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A web client of our own."""
    package = tmp_path_factory.mktemp("web") / "lyceum_web"
    written(package / "static")
    for module in Path(lyceum_web.__file__).parent.glob("*.py"):
        shutil.copy(module, package)
    return package


@pytest.fixture(scope="module")
def site(package: Path, _doubles: Doubles, _internal: Doubles) -> Iterator[Gateway]:
    """A gateway that serves it."""
    environ = {**settings(_doubles, _internal), "PYTHONPATH": str(package.parent)}
    with running(environ) as site:
        yield site


@pytest.fixture
def version(package: Path) -> str:
    return Files(package / "static").edition.version


def served(folder: Path, tiles: Tiles | None = None) -> FlaskClient:
    """The page and what belongs to it, without the edge."""
    app = Application("gateway", __name__, "INFO")
    web.install(app, Files(folder), Platform("Lyceum", tiles))
    return app.test_client()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("lyceum.css", "text/css; charset=utf-8"),
        ("words/he.json", "application/json"),
        ("icon.svg", "image/svg+xml"),
        ("icon.png", "image/png"),
        ("vendor/fonts/serif.woff2", "font/woff2"),
        ("vendor/LICENSE", "application/octet-stream"),
        ("manifest.webmanifest", "application/manifest+json"),
    ],
)
def test_a_file_of_the_version_is_kept_for_ever(
    site: Gateway, version: str, name: str, kind: str
) -> None:
    reply = site.get(f"/static/{version}/{name}")
    assert (reply.status, reply.body) == (200, CONTENTS[name])
    assert reply.headers["Content-Type"] == kind
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    # A picture can be shown as a page: it has the page's policy.
    own = "img-src 'self' data:" in reply.headers["Content-Security-Policy"]
    assert own == name.endswith(".svg")
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "is_packed"),
    [
        ("app.js", True),
        ("words/he.json", True),
        ("icon.svg", True),
        ("manifest.webmanifest", True),
        ("icon.png", False),
        ("vendor/fonts/serif.woff2", False),
    ],
)
def test_what_is_not_compressed_yet_is_sent_as_gzip(
    site: Gateway, version: str, name: str, is_packed: bool
) -> None:
    reply = site.get(f"/static/{version}/{name}", headers=GZIP)
    assert (reply.headers.get("Content-Encoding") == "gzip") == is_packed
    assert ("Accept-Encoding" in reply.headers["Vary"]) == is_packed
    assert (gzip.decompress(reply.body) if is_packed else reply.body) == CONTENTS[name]


def test_a_browser_that_has_the_file_is_told_so(site: Gateway, version: str) -> None:
    for headers in ({}, GZIP):
        had = site.get(f"/static/{version}/app.js", headers=headers)
        condition = {"If-None-Match": had.headers["ETag"], **headers}
        again = site.get(f"/static/{version}/app.js", headers=condition)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["Cache-Control"] == had.headers["Cache-Control"]


def test_head_says_what_get_would(site: Gateway, version: str) -> None:
    for address in (f"/static/{version}/app.js", "/sw.js", "/near"):
        asked = site.call("HEAD", address, headers=IN_A_BROWSER)
        got = site.get(address, headers=IN_A_BROWSER)
        assert (asked.status, asked.body) == (200, b"")
        for name in ("X-Request-ID", "RateLimit", "Date"):
            del asked.headers[name], got.headers[name]
        assert sorted(asked.headers.items()) == sorted(got.headers.items())


def test_a_file_is_only_read(site: Gateway, version: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        reply = site.call(method, f"/static/{version}/app.js")
        assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")


def test_files_wait_for_no_place(site: Gateway, version: str) -> None:
    # Of one address, as those of a class in a school are.
    connections = [
        http.client.HTTPConnection("127.0.0.1", site.port, timeout=20) for _ in range(300)
    ]
    for connection in connections:
        connection.request("GET", f"/static/{version}/app.js")
    statuses = {connection.getresponse().status for connection in connections}
    for connection in connections:
        connection.close()
    assert statuses == {200}


def test_the_version_is_another_when_any_file_is(folder: Path) -> None:
    versions = {Files(folder).edition.version}
    (folder / "app.js").write_bytes(b"import './pages/tutors.js'")
    versions.add(Files(folder).edition.version)
    (folder / "app.js").rename(folder / "main.js")
    versions.add(Files(folder).edition.version)
    assert len(versions) == 3
    (folder / ".main.js.swp").write_bytes(b"")
    assert Files(folder).edition.version in versions
    assert all(len(version) == 12 and int(version, 16) >= 0 for version in versions)


def test_a_page_is_of_the_files_of_now_only_if_they_may_change(folder: Path) -> None:
    known, following = Files(folder), Files(folder, may_change=True)
    before = known.edition.version
    assert following.of_now() is following.edition
    (folder / "app.js").write_bytes(b"import './pages/tutors.js'")
    assert known.of_now().version == before
    assert following.of_now().version == following.edition.version == Files(folder).edition.version
    assert following.edition.version != before


def test_a_tab_of_before_a_deployment_gets_the_files_of_today_and_keeps_none(
    site: Gateway,
) -> None:
    reply = site.get("/static/000000000000/app.js")
    assert (reply.status, reply.body) == (200, CONTENTS["app.js"])
    assert reply.headers["Cache-Control"] == "no-cache"
    gone = site.get("/static/000000000000/gone.js", headers=IN_A_BROWSER)
    assert (gone.status, gone.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "words/../../secret.txt",
        "words",
        "words/",
        "",
        "//app.js",
        "/etc/passwd",
        ".app.js.swp",
        "app.js/",
        "APP.JS",
        "app.js%00",
        "..\\secret.txt",
    ],
)
def test_no_path_leads_out_of_the_folder(site: Gateway, version: str, name: str) -> None:
    target = f"/static/{version}/{name}".encode()
    told = site.raw(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target)
    assert told.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert b"outside" not in told


def test_the_page_names_files_of_the_version(site: Gateway, version: str) -> None:
    for address, name in (
        ("/", "index.html"),
        ("/study-sessions/7", "index.html"),
        ("/sw.js", "sw.js"),
        ("/manifest.webmanifest", "manifest.webmanifest"),
    ):
        reply = site.get(address, headers=IN_A_BROWSER)
        assert reply.body == CONTENTS[name].replace(b"{version}", version.encode())
        assert reply.headers["Cache-Control"] == "no-cache"
        condition = {"If-None-Match": reply.headers["ETag"], **IN_A_BROWSER}
        assert site.get(address, headers=condition).status == 304


def test_a_folder_without_a_worker_has_none(folder: Path) -> None:
    (folder / "sw.js").unlink()
    reply = served(folder).get("/sw.js", headers={"Accept": "*/*"})
    assert reply.status_code == 404


@pytest.mark.parametrize("address", ["/", "/near", "/study-sessions/7", "/apiary", "/webinar"])
def test_an_address_of_the_client_is_its_page_in_a_browser(gateway: Gateway, address: str) -> None:
    for method in ("GET", "HEAD"):
        reply = gateway.call(method, address, headers=IN_A_BROWSER)
        assert reply.status == 200
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    version = Files(STATIC).edition.version
    assert f"/static/{version}/first.js" in gateway.get(address, headers=IN_A_BROWSER).body.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/api",
        "/api/nothing",
        "/docs/nothing",
        "/problems/nothing",
        "/static",
        "/static/nothing",
        "/web",
        "/web/nothing",
        "/.well-known/nothing",
        "/internal/rooms",
        "/openapi.json/",
        "/healthz/",
        "/readyz/",
        "/metrics/",
    ],
)
def test_an_address_of_the_platform_is_no_page(gateway: Gateway, address: str) -> None:
    reply = gateway.get(address, headers=IN_A_BROWSER)
    assert (reply.status, reply.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "image/avif,*/*;q=0.8"])
def test_a_program_gets_no_page_at_an_address_of_nothing(
    gateway: Gateway, accept: str | None
) -> None:
    reply = gateway.get("/near", headers={"Accept": accept} if accept else {})
    assert (reply.status, reply.json["code"]) == (404, "not_found")


def test_nothing_is_posted_to_a_page(gateway: Gateway) -> None:
    assert gateway.post("/near", headers=IN_A_BROWSER, body=b"").status == http.HTTPStatus.NOT_FOUND


def test_a_file_comes_through_the_gateway_as_it_is(gateway: Gateway) -> None:
    address = f"/static/{Files(STATIC).edition.version}/sw.js"
    plain, packed = gateway.get(address), gateway.get(address, headers=GZIP)
    assert plain.body == gzip.decompress(packed.body) == (STATIC / "sw.js").read_bytes()
    assert packed.headers.get_all("Content-Encoding") == ["gzip"]
    again = gateway.get(address, headers={"If-None-Match": packed.headers["ETag"], **GZIP})
    assert (again.status, again.body) == (304, b"")
    for outside in ("../__init__.py", "%2e%2e/__init__.py", "..%2f__init__.py", "/etc/passwd"):
        assert gateway.get(f"{address}/../{outside}").status in {400, 404}
        assert gateway.get(f"/static/x/{outside}").status in {400, 404}


def test_the_page_asks_no_other_server_for_anything(gateway: Gateway) -> None:
    headers = gateway.get("/", headers=IN_A_BROWSER).headers
    assert headers.get_all("Content-Security-Policy") == [
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ]
    assert headers.get_all("Referrer-Policy") == ["no-referrer"]
    assert headers.get_all("Cross-Origin-Opener-Policy") == ["same-origin"]
    assert headers.get_all("Cross-Origin-Resource-Policy") == ["same-origin"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    [permissions] = headers.get_all("Permissions-Policy")
    assert permissions.startswith("geolocation=(self), ")
    assert "camera=()" in permissions


def test_pictures_of_the_map_come_from_the_server_that_the_operator_names(folder: Path) -> None:
    policy = served(folder, TILES).get("/").headers["Content-Security-Policy"]
    assert " img-src 'self' data: https://tiles.example:8443; " in policy


def test_the_client_is_told_what_the_operator_says(
    gateway: Gateway, services: Doubles, internal: Doubles
) -> None:
    version = Files(STATIC).edition.version
    usual = {"name": "Lyceum", "languages": ["en", "he"], "tiles": None, "version": version}
    assert gateway.get("/web/settings.json").json == usual
    said = {
        "PLATFORM_NAME": "Beit Midrash",
        "TILE_URL": "http://tiles.example/{z}/{y}/{x}",
        "TILE_ATTRIBUTION": "© Map makers",
        "ISSUER": "https://lyceum.example",
    }
    with running({**settings(services, internal), **said}) as other:
        page = other.get("/", headers=IN_A_BROWSER)
        told = other.get("/web/settings.json").json
    assert told == {
        **usual,
        "name": "Beit Midrash",
        "tiles": {"url": said["TILE_URL"], "attribution": "© Map makers"},
    }
    assert " data: http://tiles.example; " in page.headers["Content-Security-Policy"]
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "url",
    [
        "tiles.example/{z}/{x}/{y}",
        "ftp://tiles.example/{z}/{x}/{y}",
        "https://{s}.tiles.example/{z}/{x}/{y}",
        "https://tiles.example;script-src */{z}/{x}/{y}",
        "https://me@tiles.example/{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}",
        "https://tiles.example/{z}/{x}/{y} ",
    ],
)
def test_an_address_that_is_none_of_pictures_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(is no address|lacks \{y\})"):
        Tiles(url, "")


def test_a_wrong_address_of_pictures_is_named(services: Doubles, internal: Doubles) -> None:
    environ = {**settings(services, internal), "TILE_URL": "https://tiles.example/{z}"}
    with pytest.raises(InvalidSettings, match=r"^cannot start: TILE_URL lacks \{x\} and \{y\}$"):
        create_app(environ)
