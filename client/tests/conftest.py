"""Both clients."""

from typing import Any

import pytest

from .support.clients import Awaiting, Waiting

Client = type[Waiting] | type[Awaiting]


@pytest.fixture(params=[Waiting, Awaiting], ids=["requests", "httpx"])
def client(request: pytest.FixtureRequest) -> Any:
    """A client of either kind, to be made with an address."""
    return request.param
