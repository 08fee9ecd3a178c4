"""What admins see and do, once they have shown a second factor."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import expect

from lyceum_client import Lyceum

from .support.accounts import newcomer
from .support.browsers import FORMS, PASSWORD, Browsers, Person

PAGES = ("/admin/reports", "/admin/users", "/admin/applications")
REASON = "Seen, and decided by a test."


class Codes:
    """The recovery codes of the admin: each is good once, and of the last ones one gets more."""

    def __init__(self, admin: Lyceum, codes: list[str]) -> None:
        self._admin = admin
        self._left = codes

    def two(self) -> tuple[str, str]:
        if len(self._left) < 4:
            proof = {"password": PASSWORD, "code": self._left.pop()}
            self._left = self._admin.create_recovery_codes(proof)["recovery_codes"]
        return self._left.pop(), self._left.pop()


@pytest.fixture(scope="module")
def codes(gateway: str) -> Iterator[Codes]:
    """The second factor of the demo's admin, for as long as these tests run."""
    with Lyceum(gateway).sign_in("admin", PASSWORD) as admin:
        secret = admin.create_second_factor({"password": PASSWORD})["secret"]
        made = admin.enable_second_factor({"code": pyotp.TOTP(secret).now()})
        codes = Codes(admin, made["recovery_codes"])
        yield codes
        admin.delete_second_factor({"password": PASSWORD, "code": codes.two()[0]})


def enter(person: Person, codes: Codes) -> None:
    """Sign in, and confirm who it is."""
    for_sign_in, for_confirmation = codes.two()
    person.refusals.update({401, 403})
    person.page.goto(f"{person.gateway}/sign-in?then=/admin/reports")
    person.page.locator("[name=login]").fill("admin")
    person.page.locator("[name=password]").fill(PASSWORD)
    person.press("Enter")
    person.page.locator("[name=code]").fill(for_sign_in)
    person.press("Enter")
    person.page.wait_for_url("**/admin/reports")
    person.page.locator("[name=code]").fill(for_confirmation)
    person.press("Enter")
    person.page.locator("[name=code]").wait_for(state="detached")


def test_a_report_is_read_with_its_words_and_decided(
    visitor: Person, codes: Codes, gateway: str
) -> None:
    with newcomer(gateway, "Zeresh") as reporter, newcomer(gateway, "Haman") as reported:
        about = reported.get_own_account()["id"]
        words = "Says so again and again."
        reporter.create_report(
            {"about": "person", "about_id": about, "kind": "spam", "text": words}
        )
        enter(visitor, codes)
        report = visitor.page.get_by_role("article").filter(has_text=words)
        expect(report).to_contain_text("Haman")
        report.get_by_role("button", name="Dismiss").click()
        dialog = visitor.page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill(REASON)
        dialog.get_by_role("button", name="Dismiss").click()
        expect(report).to_have_count(0)
        assert reporter.list_own_reports()["items"][0]["decision"] == "dismiss"


def test_an_account_is_found_suspended_and_let_in_again(
    visitor: Person, codes: Codes, gateway: str
) -> None:
    with newcomer(gateway, "Bigthan") as lyceum:
        username = lyceum.get_own_account()["username"]
    enter(visitor, codes)
    visitor.page.get_by_role("link", name="Accounts").click()
    visitor.page.get_by_label("Username or address").fill(username)
    visitor.press("Enter")
    account = visitor.page.get_by_role("article").filter(has_text=f"@{username}")
    for step, outcome in (("Suspend", "Suspended"), ("Lift the suspension", "")):
        account.get_by_role("button", name=step).click()
        dialog = visitor.page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill(REASON)
        dialog.get_by_role("button", name=step).click()
        expect(dialog).to_have_count(0)
        expect(account.locator(".badge.bad")).to_have_text([outcome] if outcome else [])


def test_others_are_told_that_it_is_not_for_them(browsers: Browsers) -> None:
    with browsers.person("boaz") as person:
        person.refusals.add(403)
        person.open("/admin/users")
        person.sees("This is not for you to do.")


@pytest.mark.parametrize("form", FORMS)
def test_the_pages_keep_no_one_out(browsers: Browsers, codes: Codes, form: str) -> None:
    with browsers.person(form=form) as person:
        enter(person, codes)
        for page in PAGES:
            person.open(page)
            expect(person.page.locator(".loading")).to_have_count(0)
            person.open_folds()
            person.check_access()
