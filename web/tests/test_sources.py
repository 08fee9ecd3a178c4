"""Where what the pages show is from, and its licences."""

import json

import pytest
from playwright.sync_api import expect

from lyceum_web import STATIC

from .support.browsers import FORMS, Browsers, Person

VENDOR = STATIC / "vendor"


def test_a_visitor_finds_the_sources_by_keyboard(visitor: Person) -> None:
    visitor.open("/texts")
    visitor.tab_to("Sources and licences")
    visitor.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Sources and licences")
    visitor.sees("Westminster Leningrad Codex 4.20")
    visitor.sees("Public domain")
    visitor.sees("CC BY 4.0")
    expect(visitor.page.get_by_role("link", name="GeoNames")).to_be_visible()
    expect(visitor.page.get_by_role("link", name="Natural Earth")).to_be_visible()


def test_each_package_leads_to_its_licence(visitor: Person) -> None:
    files = json.loads((VENDOR / "VENDOR.json").read_text())
    packages = {package["name"] for file in files for package in file["packages"]}
    visitor.open("/sources")
    for name in packages:
        link = visitor.page.get_by_role("link", name=f"{name}: ")
        answer = visitor.context.request.get(f"{visitor.gateway}{link.get_attribute('href')}")
        assert answer.ok, name
        assert answer.headers["content-type"].startswith("text/plain"), name


@pytest.mark.parametrize("form", FORMS)
def test_the_sources_keep_no_one_out(browsers: Browsers, form: str) -> None:
    with browsers.person(form=form) as visitor:
        visitor.open("/sources")
        expect(visitor.page.locator("main li").last).to_be_visible()
        visitor.check_access()
