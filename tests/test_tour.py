"""The tours in the README and in the documentation."""

import shutil
from pathlib import Path

import pytest

from dev.ephemeral import EphemeralPlatform
from docs.tour.retell import ROOT, TOURS, retold


@pytest.mark.needs("the demo's data as on its first day")
@pytest.mark.skipif(not shutil.which("curl"), reason="the tour needs curl")
@pytest.mark.parametrize("page", TOURS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_tour_shows_what_the_platform_answers(platform: EphemeralPlatform, page: Path) -> None:
    written = page.read_text()
    assert retold(written, platform.gateway_url) == written
