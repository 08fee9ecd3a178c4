"""Forged tokens at the gateway, and at each service's own address: past the gateway nothing is gained."""

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
def test_a_forged_token_opens_no_door(
    platform: EphemeralPlatform, issuer: Issuer, name: str
) -> None:
    path = path_for_signed_in(platform.service_url(name))
    doors = [f"{platform.gateway_url}{path}", f"{platform.service_url(name)}{path}"]
    for door in doors:
        assert ask(door, issuer.valid()).status_code not in {401, 403}
        answers = {
            forgery: ask(door, token)
            for forgery, token in forged_tokens(issuer).items()
            if len(token) < LONGEST
        }
        let_in = [forgery for forgery, answer in answers.items() if answer.status_code != 401]
        assert let_in == [], door
        assert {answer.json()["code"] for answer in answers.values()} == {"invalid_token"}
