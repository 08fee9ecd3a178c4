"""A browser with a page of the platform open, as the gateway sees it."""

from typing import Any

import requests

from .people import Visitor

FROM_A_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Browser(Visitor):
    """Keeps cookies, and says where its requests come from."""

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        kwargs["headers"] = {**FROM_A_PAGE, **(kwargs.get("headers") or {})}
        return super().request(method, path, **kwargs)

    @property
    def cookies(self) -> dict[str, str]:
        """The values of its cookies by their names."""
        return {cookie.name: cookie.value or "" for cookie in self.http.cookies}
