"""A new version is written everywhere at once, or nowhere."""

from datetime import date
from pathlib import Path
from shutil import copy

import pytest

from dev.version import ROOT, NotChanged, change, projects, version_in

TODAY = date(2030, 3, 5)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What of this repository has a version, in version 1.4.9."""
    overlays = ROOT.glob("deploy/kubernetes/overlays/*/kustomization.yaml")
    for path in [*projects(ROOT), *overlays]:
        copied = tmp_path / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copy(path, copied)
    present = version_in(ROOT / "pyproject.toml")
    for path in tmp_path.rglob("*.*"):
        path.write_text(path.read_text().replace(present, "1.4.9"))
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Figs.\n\n## [1.4.9] - 2030-01-01\n\n- Dates.\n"
    )
    return tmp_path


def contents(tree: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in tree.rglob("*.*") if path.is_file()}


@pytest.mark.parametrize("version", ["1.4.10", "1.5.0", "2.0.0"])
def test_every_package_gets_the_version_and_nothing_else_changes(tree: Path, version: str) -> None:
    before = contents(tree)
    changed = change(tree, version, today=TODAY)
    assert {version_in(project) for project in projects(tree)} == {version}
    assert len(projects(tree)) == 11
    after = contents(tree)
    changelog = tree / "CHANGELOG.md"
    heading = f"## [Unreleased]\n\n## [{version}] - 2030-03-05\n"
    assert after.pop(changelog) == before.pop(changelog).replace("## [Unreleased]\n", heading)
    assert after == {path: text.replace("1.4.9", version) for path, text in before.items()}
    assert set(changed) == {*after, changelog}


@pytest.mark.parametrize(
    "version", ["", "1.4.9", "1.4.8", "1.3.99", "0.9.9", "1.5", "v1.5.0", "1.05.0"]
)
def test_what_is_no_next_version_is_refused(tree: Path, version: str) -> None:
    before = contents(tree)
    with pytest.raises(NotChanged):
        change(tree, version, today=TODAY)
    assert contents(tree) == before


def test_a_version_brings_something(tree: Path) -> None:
    change(tree, "1.5.0", today=TODAY)
    with pytest.raises(NotChanged, match="Unreleased"):
        change(tree, "1.6.0", today=TODAY)
    assert version_in(tree / "pyproject.toml") == "1.5.0"
