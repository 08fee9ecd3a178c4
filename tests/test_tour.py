"""The tour in the documentation."""

import shutil

import pytest

from dev.ephemeral import EphemeralPlatform
from docs.tour.retell import TOUR, retold


@pytest.mark.needs("the demo's data as on their first day")
@pytest.mark.skipif(not shutil.which("curl"), reason="the tour goes by curl")
def test_the_tour_goes_as_it_is_told(platform: EphemeralPlatform) -> None:
    told = TOUR.read_text()
    assert retold(told, platform.gateway_url) == told
