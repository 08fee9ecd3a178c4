import pytest

from dev.manifests import Manifests, overlays, rendered


@pytest.fixture(scope="module", params=overlays())
def manifests(request: pytest.FixtureRequest) -> Manifests:
    """What an overlay of deploy/kubernetes is rendered to."""
    return rendered(request.param)
