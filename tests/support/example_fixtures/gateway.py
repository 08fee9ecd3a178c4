"""The gateway's own operations."""

from ..browsers import Browser
from ..people import PASSWORD, agreed
from . import user
from .callers import Call, Callers, Fixtures, reader, visitor


def browser(callers: Callers) -> Call:
    return Call(Browser(callers.gateway), {})


def browser_of_nobody_yet(callers: Callers) -> Call:
    return Call(Browser(callers.gateway), user.unused_name(callers).values)


def browser_with_a_code(callers: Callers) -> Call:
    return Call(Browser(callers.gateway), user.right_password(callers).values)


def browser_with_a_passkey(callers: Callers) -> Call:
    return Call(Browser(callers.gateway), user.shown_passkey(callers).values)


def signed_in_browser(callers: Callers) -> Call:
    browser = Browser(callers.gateway)
    login = {"login": callers.newcomer.username, "password": PASSWORD}
    agreed(browser.post("/web/sign-in", login))
    return Call(browser, {})


FIXTURES: Fixtures = {
    visitor: "get_health get_readiness get_problem_type get_web_settings",
    reader: """
        create_stream_ticket get_dashboard get_calendar get_user_overview search_everything
        export_personal_data stream_user_events
    """,
    browser: "log_in_browser",
    browser_of_nobody_yet: "register_account_in_browser",
    browser_with_a_code: "log_in_browser_with_code",
    browser_with_a_passkey: "log_in_browser_with_passkey",
    signed_in_browser: "refresh_cookies log_out_browser",
}
