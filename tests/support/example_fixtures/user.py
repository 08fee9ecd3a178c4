"""Accounts, devices, notifications, calendar feeds."""

import secrets

from .. import authenticator, second_factor
from ..people import PASSWORD, Person, agreed, eventually, sign_in
from ..study_sessions import host_session, join
from . import tutoring
from .callers import (
    Call,
    Callers,
    Fixtures,
    account,
    address_of,
    reader,
    token_of_feed,
    visitor,
)


def unused_name(callers: Callers) -> Call:
    """A visitor who asks for a name that no one has."""
    name = f"dina-{secrets.token_hex(4)}"
    return Call(callers.visitor, {"username": name, "email": f"{name}@example.org"})


def applicant(callers: Callers) -> Call:
    return Call(verified(callers), {})


def applicant_with_an_application(callers: Callers) -> Call:
    person = verified(callers)
    application = {"role": "tutor", "text": "I teach.", "subjects": ["Mishnah"]}
    made = agreed(person.post("/api/users/me/applications", application))
    return Call(person, {"application_id": made["id"]})


def admin_with_an_application(callers: Callers) -> Call:
    return Call(callers["admin"], applicant_with_an_application(callers).values)


def admin(callers: Callers) -> Call:
    return Call(callers["admin"], {"user_id": callers.register("dina").id})


def account_that_may_end(callers: Callers) -> Call:
    person = callers.register("dina")
    passwords = {"password": PASSWORD, "current_password": PASSWORD}
    return Call(person, {"refresh_token": person.refresh_token, **passwords})


def two_devices(callers: Callers) -> Call:
    """A person who is signed in on two devices, and the id of the second."""
    person = callers.newcomer
    second = sign_in(callers.gateway, person.username, PASSWORD)
    devices = second.read("/api/auth/sessions")["items"]
    current = next(device["id"] for device in devices if device["current"])
    return Call(person, {"sign_in_id": current})


def emailed_verification(callers: Callers) -> Call:
    address = address_of(callers.register("dina"))
    return Call(callers.visitor, {"token": callers.emailed_token(address, "Verify")})


def emailed_password_reset(callers: Callers) -> Call:
    address = address_of(callers.register("dina"))
    agreed(callers.visitor.post("/api/auth/forgot-password", {"email": address}))
    return Call(callers.visitor, {"token": callers.emailed_token(address, "Set a new password")})


def notified(callers: Callers) -> Call:
    """A student whose session was cancelled."""
    student = tutoring.student_of_a_cancelled_session(callers).caller
    notifications = eventually(lambda: student.read("/api/notifications")["items"])
    return Call(student, {"notification_id": notifications[0]["id"]})


def emailed_unsubscribe_token(callers: Callers) -> Call:
    """One of a person who wants e-mails about cancelled sessions, one of which was."""
    reader, host = callers.register("dina"), callers.register("hanna")
    wanted = {"email": {"session_cancelled": True}}
    agreed(reader.put("/api/notifications/preferences", wanted))
    session = host_session(host)
    join(reader, session)
    agreed(host.post(f"{session}/cancel"))
    name = host.read("/api/users/me")["display_name"]
    link = callers.email(address_of(reader), f"{name} cancelled")["List-Unsubscribe"]
    token = link.rpartition("/")[2].removesuffix(">")
    return Call(callers.visitor, {"unsubscribe_token": token})


def calendar_feed(callers: Callers) -> Call:
    url = agreed(callers.newcomer.post("/api/calendar/feed"))["url"]
    return Call(callers.visitor, {"token": token_of_feed(url)})


def verified(callers: Callers) -> Person:
    person = callers.register("dina")
    token = callers.emailed_token(address_of(person), "Verify")
    agreed(person.post("/api/auth/verify-email", {"token": token}))
    return person


def verified_account(callers: Callers) -> Call:
    return Call(verified(callers), {"password": PASSWORD})


def first_code(callers: Callers) -> Call:
    person = verified(callers)
    return Call(person, {"code": second_factor.begin(person).code()})


def protected_account(callers: Callers) -> Call:
    person = verified(callers)
    app = second_factor.protect(person)
    return Call(person, {"password": PASSWORD, "code": app.code()})


def asked_for_a_passkey(callers: Callers) -> Call:
    person = verified(callers)
    made = authenticator.Authenticator(callers.gateway).create(authenticator.asked(person))
    return Call(person, {"credential": made})


def passkey(callers: Callers) -> Call:
    person = verified(callers)
    _, passkey_id = authenticator.make(person)
    return Call(person, {"passkey_id": passkey_id, "password": PASSWORD})


def shown_passkey(callers: Callers) -> Call:
    """A visitor with an authenticator that has signed."""
    key, _ = authenticator.make(verified(callers))
    return Call(callers.visitor, {"credential": authenticator.proof(callers.visitor, key)})


def right_password(callers: Callers) -> Call:
    """A visitor whose password was right, and their code."""
    person = verified(callers)
    app = second_factor.protect(person)
    login = {"login": person.username, "password": PASSWORD}
    ticket = callers.visitor.post("/api/auth/login", login).json()["ticket"]
    return Call(callers.visitor, {"ticket": ticket, "code": app.code()})


def own_calendar_feed(callers: Callers) -> Call:
    agreed(callers.newcomer.post("/api/calendar/feed"))
    return Call(callers.newcomer, {})


def address_to_confirm(callers: Callers) -> Call:
    person = callers.register("dina")
    new = f"new-{address_of(person)}"
    change = {"email": new, "password": PASSWORD}
    agreed(person.post("/api/users/me/email", change))
    return Call(callers.visitor, {"token": callers.emailed_token(new, "Confirm your new")})


def former_address(callers: Callers) -> Call:
    person = verified(callers)
    new = f"new-{address_of(person)}"
    agreed(person.post("/api/users/me/email", {"email": new, "password": PASSWORD}))
    token = callers.emailed_token(new, "Confirm your new")
    agreed(callers.visitor.post("/api/auth/change-email", {"token": token}))
    subject = "Your e-mail address was changed"
    return Call(callers.visitor, {"token": callers.emailed_token(address_of(person), subject)})


def account_with_other_names(callers: Callers) -> Call:
    name = f"dina-{secrets.token_hex(4)}"
    values = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    return Call(callers.register("dina"), values)


def reporter(callers: Callers) -> Call:
    """A newcomer, and another whom they have not reported."""
    return Call(callers.newcomer, {"about": "person", "about_id": str(callers.register("dina").id)})


def reported(callers: Callers) -> Call:
    """A newcomer who has reported another."""
    call = reporter(callers)
    agreed(call.caller.post("/api/reports", {**call.values, "kind": "spam"}))
    return call


def admin_with_a_report(callers: Callers) -> Call:
    call = reported(callers)
    [report] = callers["admin"].read(f"/api/admin/reports?author_id={call.values['about_id']}")[
        "items"
    ]
    return Call(callers["admin"], {"report_id": report["id"], "author_id": call.values["about_id"]})


def newcomer_and_another(callers: Callers) -> Call:
    return Call(callers.newcomer, {"user_id": callers.register("dina").id})


def admin_of_a_suspended_account(callers: Callers) -> Call:
    person = callers.register("dina")
    path = f"/api/admin/users/{person.id}/suspend"
    agreed(callers["admin"].post(path, {"reason": "Spam."}))
    return Call(callers["admin"], {"user_id": person.id})


FIXTURES: Fixtures = {
    visitor: """
        get_signing_keys list_profiles get_profile log_in request_password_reset
        create_passkey_challenge
    """,
    emailed_unsubscribe_token: "unsubscribe_from_notifications",
    reader: "search_users list_notifications get_notification_preferences",
    unused_name: "register_account",
    account: """
        get_own_account get_second_factor update_own_account refresh_tokens resend_verification
        mark_all_notifications_read set_notification_preferences create_calendar_feed
        delete_calendar_feed list_blocks
    """,
    account_that_may_end: "log_out log_out_everywhere change_password delete_own_account",
    two_devices: "list_devices log_out_device",
    emailed_verification: "verify_email",
    emailed_password_reset: "reset_password",
    address_to_confirm: "confirm_email_change",
    former_address: "revert_email_change",
    account_with_other_names: "request_email_change withdraw_email_change change_username",
    admin: "set_user_roles list_users suspend_user",
    admin_of_a_suspended_account: "lift_suspension",
    newcomer_and_another: "block_user unblock_user",
    reporter: "create_report",
    reported: "list_own_reports",
    admin_with_a_report: "list_reports decide_report",
    applicant: "create_application",
    applicant_with_an_application: "list_own_applications withdraw_application",
    admin_with_an_application: "list_applications accept_application decline_application",
    notified: "mark_notification_read",
    calendar_feed: "get_calendar_feed",
    own_calendar_feed: "get_calendar_address",
    verified_account: "create_second_factor create_passkey_options",
    first_code: "enable_second_factor",
    protected_account: "create_recovery_codes delete_second_factor confirm_sign_in",
    right_password: "log_in_with_code",
    asked_for_a_passkey: "create_passkey",
    passkey: "list_passkeys update_passkey delete_passkey",
    shown_passkey: "log_in_with_passkey",
}
