"""The compression of answers."""

import gzip
import json

import pytest

from .support.gateway_process import Doubles, Gateway
from .support.upstream_doubles import as_json

TEXTS = "havruta-service"
GZIP = {"Accept-Encoding": "br;q=0.9, gzip"}
LONG = {"items": ["Berakhot"] * 200}


def test_a_long_answer_is_compressed_on_request(gateway: Gateway, services: Doubles) -> None:
    services[TEXTS].reply = lambda *_: as_json(LONG)
    reply = gateway.get("/api/texts", headers=GZIP)
    headers = dict(reply.headers)
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["Content-Length"]) == len(reply.body) < len(json.dumps(LONG))
    assert json.loads(gzip.decompress(reply.body)) == LONG
    assert "Accept-Encoding" in headers["Vary"]


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", ""])
def test_an_answer_is_not_compressed_unless_gzip_is_accepted(
    gateway: Gateway, services: Doubles, accepted: str
) -> None:
    services[TEXTS].reply = lambda *_: as_json(LONG)
    reply = gateway.get("/api/texts", headers={"Accept-Encoding": accepted})
    assert reply.json == LONG
    assert "Content-Encoding" not in dict(reply.headers)


def test_a_short_answer_is_sent_as_it_is(gateway: Gateway, services: Doubles) -> None:
    services[TEXTS].reply = lambda *_: as_json({"items": []})
    assert gateway.get("/api/texts", headers=GZIP).json == {"items": []}


@pytest.mark.usefixtures("services")
def test_documents_and_files_are_compressed_too(gateway: Gateway) -> None:
    for path in ("/openapi.json", "/docs/swagger-ui.css"):
        reply = gateway.get(path, headers=GZIP)
        assert dict(reply.headers)["Content-Encoding"] == "gzip", path
        assert len(gzip.decompress(reply.body)) > len(reply.body)
