"""Large answers that are the same for everyone: written and compressed once, not at each request."""

import hashlib

from flask import Response, request
from werkzeug.http import parse_etags

from gateway.edge.compression import LEVEL, compressed
from gateway.edge.exchange import Exchange


class File:
    """Some content, as it is and as gzip."""

    def __init__(
        self, content: bytes, media_type: str, *, level: int = LEVEL, compresses: bool = True
    ) -> None:
        is_text = media_type.startswith("text/")
        self._content_type = f"{media_type}; charset=utf-8" if is_text else media_type
        self._content = content
        self._gzip = compressed(content, level) if compresses else None
        self._hash = hashlib.sha256(content).hexdigest()[:32]

    def response(self) -> Response:
        """The answer to the present request: 304 to a client that has the content already."""
        if self._gzip and request.accept_encodings["gzip"]:
            response = Response(self._gzip, content_type=self._content_type)
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(f"{self._hash}-gzip")
        else:
            response = Response(self._content, content_type=self._content_type)
            response.set_etag(self._hash)
        response.headers["Cache-Control"] = "no-cache"
        if self._gzip:
            response.vary.add("Accept-Encoding")
        return response.make_conditional(request)  # type: ignore[return-value]  # it returns itself

    def send(self, exchange: Exchange, lines: bytes) -> None:
        """The same without a view, on the loop, with these headers as well."""
        content, etag = self._content, self._hash
        if self._gzip:
            exchange.varies += b", Accept-Encoding"
        if self._gzip and exchange.heading.accepts_gzip:
            content, etag = self._gzip, f"{etag}-gzip"
            lines += b"Content-Encoding: gzip\r\n"
        lines += f'ETag: "{etag}"\r\n'.encode()
        if _has(exchange, etag):
            exchange.answer(304, lines, b"")
            return
        lines += f"Content-Type: {self._content_type}\r\n".encode()
        exchange.answer(200, lines, content, b"%d" % len(content))


def _has(exchange: Exchange, etag: str) -> bool:
    """Whether the client has this version already (RFC 9110, section 13.1.2)."""
    condition = dict(exchange.request.headers).get(b"if-none-match", b"")
    return parse_etags(condition.decode("latin-1")).contains_weak(etag)
