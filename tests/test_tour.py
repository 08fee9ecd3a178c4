"""The tour in the documentation."""

import shutil

import pytest

from dev.ephemeral import EphemeralPlatform
from docs.tour.retell import TOUR, retold


@pytest.mark.needs("the demo's data as on its first day")
@pytest.mark.skipif(not shutil.which("curl"), reason="the tour needs curl")
def test_the_tour_shows_what_the_platform_answers(platform: EphemeralPlatform) -> None:
    written = TOUR.read_text()
    assert retold(written, platform.gateway_url) == written
