"""Large answers that are the same for everyone: written and compressed once, not at each request."""

import hashlib

from flask import Response, request

from gateway.edge.compression import LEVEL, compressed


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

    def response(self, cache_control: str = "no-cache") -> Response:
        """The answer to the present request: 304 to a client that has the content already."""
        if self._gzip and request.accept_encodings["gzip"]:
            response = Response(self._gzip, content_type=self._content_type)
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(f"{self._hash}-gzip")
        else:
            response = Response(self._content, content_type=self._content_type)
            response.set_etag(self._hash)
        response.headers["Cache-Control"] = cache_control
        if self._gzip:
            response.vary.add("Accept-Encoding")
        return response.make_conditional(request)  # type: ignore[return-value]  # it returns itself
