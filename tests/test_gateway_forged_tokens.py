"""Forged tokens at the gateway and at each service's own address: going past the gateway gains nothing."""

import pytest
import requests

from dev.ephemeral import EphemeralPlatform
from dev.services import SERVICES

from .support.forged_tokens import Issuer, forged_tokens
from .support.operations import path_for_signed_in

LONGEST = 8000  # a longer token does not fit into a header, and is refused as such


def ask(url: str, token: str) -> requests.Response:
    return requests.get(
        url, headers={"Authorization": f"Bearer {token}".encode("latin-1")}, timeout=15
    )


@pytest.mark.needs("the key that signs access tokens, and the services' own addresses")
@pytest.mark.parametrize("name", [service.name for service in SERVICES])
def test_a_forged_token_is_refused_at_the_gateway_and_the_service(
    platform: EphemeralPlatform, issuer: Issuer, name: str
) -> None:
    path = path_for_signed_in(platform.service_url(name))
    urls = [f"{platform.gateway_url}{path}", f"{platform.service_url(name)}{path}"]
    for url in urls:
        assert ask(url, issuer.valid()).status_code not in {401, 403}
        answers = {
            forgery: ask(url, token)
            for forgery, token in forged_tokens(issuer).items()
            if len(token) < LONGEST
        }
        accepted = [forgery for forgery, answer in answers.items() if answer.status_code != 401]
        assert accepted == [], url
        assert {answer.json()["code"] for answer in answers.values()} == {"invalid_token"}
