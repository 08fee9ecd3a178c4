"""What people do with their own account."""

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Route, expect

from dev.mailbox import Mailbox

from .support.accounts import link_in
from .support.browsers import FORMS, PASSWORD, Browsers, Person, register

PAGES = (
    "/account",
    "/account/security",
    "/account/devices",
    "/account/notifications",
    "/account/people",
    "/account/data",
    "/notifications",
    "/invitations",
)


@pytest.mark.parametrize("form", FORMS)
def test_everyone_can_use_the_pages_of_an_account(browsers: Browsers, form: str) -> None:
    with browsers.person("boaz", form) as person:
        for page in PAGES:
            person.open(page)
            person.page.locator(".loading").first.wait_for(state="detached")
            person.open_folds()
            person.check_access()


def test_a_name_is_changed_and_is_seen_at_once(visitor: Person) -> None:
    visitor.sign_in(register(visitor.gateway))
    visitor.open("/account")
    visitor.page.get_by_label("Your name").fill("נועם Example")
    visitor.page.get_by_label("Time zone").select_option("Pacific/Fiji")
    visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.page.locator(".told")).to_have_text("Saved.")
    expect(visitor.page.locator(".menu .who")).to_have_text("נועם Example")
    visitor.page.reload()
    expect(visitor.page.get_by_label("Time zone")).to_have_value("Pacific/Fiji")


def test_what_is_told_where_and_when_is_chosen_by_keyboard(visitor: Person) -> None:
    visitor.sign_in(register(visitor.gateway))
    visitor.open("/account/notifications")
    reminders, quiet = (
        "Reminders before sessions: By e-mail",
        "No e-mails about notifications at night",
    )
    expect(visitor.page.get_by_label(reminders)).to_be_checked()
    visitor.page.get_by_label(reminders).focus()
    visitor.press("Space")
    visitor.page.get_by_label("A session is cancelled: Here").uncheck()
    visitor.page.get_by_label(quiet).focus()
    visitor.press("Space")
    visitor.page.get_by_label("From", exact=True).fill("21:30")
    visitor.page.get_by_label("Until", exact=True).focus()
    visitor.check_access()
    visitor.press("Enter")
    expect(visitor.page.locator(".told")).to_have_text("Saved.")
    visitor.page.reload()
    expect(visitor.page.get_by_label(reminders)).not_to_be_checked()
    expect(visitor.page.get_by_label("Reminders before sessions: Here")).to_be_checked()
    expect(visitor.page.get_by_label("A session is cancelled: Here")).not_to_be_checked()
    expect(visitor.page.get_by_label("From", exact=True)).to_have_value("21:30")
    expect(visitor.page.get_by_label("Until", exact=True)).to_have_value("07:00")


def test_a_second_factor_is_turned_on_and_asked_for(visitor: Person, mailbox: Mailbox) -> None:
    name = register(visitor.gateway)
    visitor.sign_in(name)
    visitor.open(link_in(mailbox, f"{name}@lyceum.example", "Verify"))
    visitor.page.get_by_role("button", name="Confirm the address").click()
    visitor.sees("Your e-mail address is confirmed.")

    visitor.open("/account/security")
    factor = visitor.page.locator("section", has_text="Second factor")
    factor.locator("summary").click()
    factor.get_by_label("Your password").fill(PASSWORD)
    visitor.press("Enter")
    secret = factor.locator("code").inner_text()
    factor.get_by_label("First code").fill(pyotp.TOTP(secret).now())
    visitor.press("Enter")
    expect(factor.get_by_role("listitem")).to_have_count(10)
    recovery_code = factor.get_by_role("listitem").first.inner_text()

    visitor.refusals.add(401)
    visitor.page.locator(".menu summary").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.get_by_role("link", name="Sign in").wait_for()
    visitor.open("/sign-in")
    visitor.fill_sign_in(name)
    visitor.page.get_by_label("Code").fill(recovery_code)
    visitor.press("Enter")
    visitor.page.locator(".menu").wait_for()


def test_a_device_is_signed_out_from_another(
    as_person: Callable[..., Person], visitor: Person
) -> None:
    name = register(visitor.gateway)
    visitor.sign_in(name)
    lost = as_person()
    lost.refusals.add(401)
    lost.sign_in(name)
    visitor.open("/account/devices")
    devices = visitor.page.get_by_role("listitem").filter(has_text="Chrome")
    others = devices.filter(has_not_text="This device")
    others.get_by_role("button").click()
    expect(others).to_have_count(0)
    lost.page.goto(f"{lost.gateway}/account")
    lost.page.get_by_label("E-mail address or username").wait_for()


def test_a_password_is_refused_at_its_field_and_the_form_is_kept(visitor: Person) -> None:
    visitor.refusals.update({403, 422})
    visitor.sign_in(register(visitor.gateway))
    visitor.open("/account/security")
    change = visitor.page.locator("section", has_text="Change the password")
    change.locator("summary").click()
    change.get_by_label("Your password").fill("not the password")
    change.get_by_label("New password").fill("quite another password")
    visitor.press("Enter")
    expect(change.get_by_role("alert")).to_contain_text("The password is not right.")
    expect(change.get_by_label("New password")).to_have_value("quite another password")


def test_an_account_is_deleted_and_nothing_of_it_is_left_here(visitor: Person) -> None:
    name = register(visitor.gateway)
    visitor.sign_in(name)
    visitor.open("/account/data")
    section = visitor.page.locator("section", has_text="Delete the account")
    section.locator("summary").click()
    section.get_by_label("Your password").fill(PASSWORD)
    section.get_by_label("I want to delete my account for good").check()
    section.get_by_role("button", name="Delete the account").click()
    expect(visitor.page.get_by_role("link", name="Sign in")).to_be_visible()
    visitor.refusals.add(401)
    visitor.open("/sign-in")
    visitor.fill_sign_in(name)
    expect(visitor.page.locator("form").get_by_role("alert")).to_contain_text("no account")


def test_a_notification_leads_to_its_thing_and_is_read_then(
    as_person: Callable[..., Person],
) -> None:
    person = as_person("naomi")
    person.open("/notifications")
    new = person.page.locator(".notification.unread")
    new.first.wait_for()
    before = new.count()
    # The platform is told late: a person who is back before sees it as read all the same.
    held: list[Route] = []
    person.page.route("**/api/notifications/*/read", lambda route: held.append(route))
    new.get_by_role("link").first.click()
    person.page.wait_for_url(lambda url: "/notifications" not in url)
    person.page.go_back()
    expect(new).to_have_count(before - 1)
    [told] = held
    with person.page.expect_response("**/api/notifications?unread=true*"):
        told.continue_()
    person.page.reload()
    expect(new).to_have_count(before - 1)
