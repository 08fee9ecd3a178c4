"""Who may call what: the status that each operation answers to each kind of caller.

Read by test_access.py, which asks this service alone, and by the suite that asks through the gateway.
"""

from collections.abc import Callable
from uuid import uuid4

from chassis.testing.matrix import AtGateway, Matrix, Row, World
from user_service.api.examples import EXAMPLES

# The callers ask in this order: a refused caller changes nothing for those after it. The deleted caller was
# an admin, and their token says so until it expires.
CALLERS = ("anonymous", "deleted", "stranger", "admin", "owner")

ANYONE = "200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200"
HAS_ACCOUNT = "401 401 200 200 200"
HAS_ACCOUNT_DONE = "401 401 204 204 204"
OWNER = "401 404 404 404 204"
DONE = "204 204 204 204 204"
SIGNED_IN_DONE = "401 204 204 204 204"
NOT_FOUND = "404 404 404 404 404"
REFUSED = "401 401 401 401 401"
GONE = "410 410 410 410 410"

NEW_PASSWORD = "eighteen fig trees"
WRONG_PASSWORD = "not this one"
TOKEN_NOT_READ = AtGateway(reads_token=False)
UNKNOWN_TOKEN = AtGateway({204: 410}, reads_token=False)
OF_OWNER, OF_DELETED = {"user_id": "owner"}, {"user_id": "deleted"}


def account(_: World) -> dict[str, str]:
    name = f"reader-{uuid4().hex[:8]}"
    return {
        "email": f"{name}@example.org",
        "username": name,
        "display_name": "New",
        "password": NEW_PASSWORD,
    }


def login(caller: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {
        "login": world.person(caller).username,
        "password": world.aid[caller].password,
    }


def token(thing: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {"token": world[thing]}


def token_and_password(thing: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {"token": world[thing], "password": NEW_PASSWORD}


def refresh_token(world: World) -> dict[str, str]:
    return {"refresh_token": world["refresh_token"]}


def refresh_token_of_deleted(world: World) -> dict[str, str]:
    return {"refresh_token": world.aid["deleted"].refresh_token}


def password(world: World) -> dict[str, str]:
    return {"password": world.aid["owner"].password}


def passwords(world: World) -> dict[str, str]:
    return {"current_password": world.aid["owner"].password, "new_password": NEW_PASSWORD}


REASON = {"reason": "Spam."}
CODE = {"code": "000000"}
APPLICATION = {"role": "author", "text": "I write.", "subjects": []}
WRONG = {"password": WRONG_PASSWORD}
# Of challenges that no one was given.
NEW_PASSKEY = {"name": "Phone", "credential": EXAMPLES["NewPasskeyCredential"]}
PASSKEY = {"credential": EXAMPLES["PasskeyAssertion"]}
ROLES = {"roles": ["learner", "tutor"]}

ACCESS = Matrix(
    CALLERS,
    [
        Row(
            "register_account",
            "201 201 201 201 201",
            account,
            gateway=AtGateway({201: 422}, {"email": "x"}, reads_token=False),
        ),
        # A caller who knows the password, or the token from the e-mail, is let in, whatever else they send.
        Row("log_in", ANYONE, login("owner"), gateway=AtGateway({200: 401}, reads_token=False)),
        Row("log_in", REFUSED, login("deleted")),
        Row("log_in", REFUSED, {"login": "unknown", "password": "a guess"}),
        Row(
            "refresh_tokens",
            ANYONE,
            refresh_token,
            gateway=AtGateway({200: 401}, reads_token=False),
        ),
        Row("refresh_tokens", REFUSED, refresh_token_of_deleted),
        Row("refresh_tokens", REFUSED, {"refresh_token": "x"}),
        Row("log_out", SIGNED_IN_DONE, gateway=AtGateway(body={}, reads_token=False)),
        Row("log_out", DONE, refresh_token),
        Row("log_out_everywhere", HAS_ACCOUNT_DONE),
        Row("list_devices", SIGNED_IN),
        Row("log_out_device", OWNER),
        Row("verify_email", DONE, token("verification"), gateway=UNKNOWN_TOKEN),
        Row("verify_email", GONE, token("verification_of_deleted")),
        Row("verify_email", GONE, {"token": "x"}),
        Row("resend_verification", "401 401 202 202 202"),
        Row(
            "request_password_reset",
            "202 202 202 202 202",
            {"email": "x@example.org"},
            gateway=AtGateway(body={"email": "unknown@example.org"}, reads_token=False),
        ),
        Row("reset_password", DONE, token_and_password("reset"), gateway=UNKNOWN_TOKEN),
        Row("reset_password", GONE, token_and_password("reset_of_deleted")),
        Row("reset_password", GONE, {"token": "x", "password": NEW_PASSWORD}),
        Row("list_profiles", ANYONE, about={"ids": "owner"}),
        Row("list_profiles", ANYONE, about={"ids": "deleted"}),
        Row("search_users", SIGNED_IN, about={"q": "words"}),
        Row("get_profile", ANYONE, about=OF_OWNER),
        Row("get_profile", NOT_FOUND, about=OF_DELETED),
        Row("get_own_account", HAS_ACCOUNT),
        Row(
            "update_own_account",
            HAS_ACCOUNT,
            {"bio": "Reads."},
            gateway=AtGateway(body={"bio": None}),
        ),
        Row(
            "delete_own_account",
            "401 401 202 202 202",
            password,
            gateway=AtGateway({202: 403}, {"password": WRONG_PASSWORD}),
        ),
        Row("delete_own_account", "401 401 403 403 403", {"password": "a guess"}),
        Row(
            "change_password",
            "401 401 204 204 204",
            passwords,
            gateway=AtGateway(
                {204: 403}, {"current_password": WRONG_PASSWORD, "new_password": NEW_PASSWORD}
            ),
        ),
        Row(
            "set_user_roles",
            "401 403 403 200 403",
            ROLES,
            OF_OWNER,
            gateway=AtGateway({200: 422}, {"roles": []}),
        ),
        Row("set_user_roles", "401 403 403 404 403", ROLES, OF_DELETED),
        Row("list_notifications", SIGNED_IN),
        Row("mark_notification_read", OWNER),
        Row("mark_all_notifications_read", SIGNED_IN_DONE),
        Row("get_notification_preferences", SIGNED_IN),
        Row(
            "set_notification_preferences",
            HAS_ACCOUNT,
            {"email": {"reminder": False}},
            gateway=AtGateway(body={}),
        ),
        Row(
            "unsubscribe_from_notifications", DONE, gateway=AtGateway({204: 404}, reads_token=False)
        ),
        Row("create_calendar_feed", "401 401 201 201 201"),
        # Through the gateway they have just created it.
        Row("get_calendar_address", "401 404 404 404 404", gateway=AtGateway({404: 200})),
        Row("delete_calendar_feed", SIGNED_IN_DONE),
        Row(
            "request_email_change",
            "401 401 403 403 403",
            {"email": "new@example.org", "password": WRONG_PASSWORD},
            gateway=AtGateway(body={"email": "new@example.org", "password": WRONG_PASSWORD}),
        ),
        Row("withdraw_email_change", HAS_ACCOUNT_DONE),
        Row("confirm_email_change", GONE, {"token": "x"}, gateway=TOKEN_NOT_READ),
        Row("revert_email_change", GONE, {"token": "x"}, gateway=TOKEN_NOT_READ),
        Row(
            "change_username",
            "401 401 403 403 403",
            {"username": "another-name", "password": WRONG_PASSWORD},
            gateway=AtGateway(body={"username": "another-name", "password": WRONG_PASSWORD}),
        ),
        Row("list_blocks", SIGNED_IN),
        Row("block_user", "401 401 204 204 409", None, OF_OWNER),
        Row("block_user", "401 401 404 404 404", None, OF_DELETED),
        Row("unblock_user", HAS_ACCOUNT_DONE, None, OF_OWNER),
        Row("list_own_reports", SIGNED_IN),
        Row("list_reports", "401 401 403 200 403"),
        Row(
            "decide_report",
            "401 401 403 200 403",
            {"decision": "dismiss", "reason": "Nothing is wrong."},
            gateway=AtGateway({200: 404}, {"decision": "dismiss", "reason": "Nothing is wrong."}),
        ),
        Row("list_users", "401 401 403 200 403"),
        Row(
            "suspend_user",
            "401 401 403 200 403",
            REASON,
            OF_OWNER,
            gateway=AtGateway({200: 422}, {"reason": ""}),
        ),
        Row("suspend_user", "401 401 403 404 403", REASON, OF_DELETED),
        Row(
            "lift_suspension",
            "401 401 403 409 403",
            REASON,
            OF_OWNER,
            gateway=AtGateway({409: 422}, {"reason": ""}),
        ),
        Row("lift_suspension", "401 401 403 404 403", REASON, OF_DELETED),
        Row(
            "create_application",
            "401 401 403 403 201",
            APPLICATION,
            gateway=AtGateway({201: 422, 403: 422}, {**APPLICATION, "text": ""}),
        ),
        Row("list_own_applications", SIGNED_IN),
        Row("withdraw_application", OWNER, gateway=AtGateway({204: 404})),
        Row("list_applications", "401 401 403 200 403"),
        Row(
            "accept_application",
            "401 401 403 200 403",
            {},
            {"application_id": "another_application"},
            gateway=AtGateway({200: 404}, {}),
        ),
        Row(
            "decline_application",
            "401 401 403 200 403",
            REASON,
            {"application_id": "another_application"},
            gateway=AtGateway({200: 404}, REASON),
        ),
        Row("get_second_factor", SIGNED_IN),
        Row(
            "create_second_factor",
            "401 401 403 403 403",
            {"password": WRONG_PASSWORD},
            gateway=AtGateway(body={"password": WRONG_PASSWORD}),
        ),
        Row("enable_second_factor", "401 401 404 404 404", CODE),
        Row(
            "create_recovery_codes",
            "401 401 404 404 404",
            {"password": WRONG_PASSWORD, **CODE},
        ),
        Row(
            "delete_second_factor",
            "401 401 404 404 404",
            {"password": WRONG_PASSWORD, **CODE},
        ),
        Row(
            "log_in_with_code",
            REFUSED,
            {"ticket": "x", **CODE},
            gateway=AtGateway(reads_token=False),
        ),
        Row("confirm_sign_in", "401 401 403 403 403", CODE),
        Row("confirm_sign_in", "401 401 403 403 403", PASSKEY),
        Row(
            "create_passkey_options",
            "401 401 403 403 403",
            WRONG,
            gateway=AtGateway({403: 422}, {}),
        ),
        Row("create_passkey", "401 401 422 422 422", NEW_PASSKEY),
        Row("list_passkeys", SIGNED_IN),
        Row(
            "update_passkey",
            "401 404 404 404 200",
            {"name": "Old phone"},
            gateway=AtGateway({200: 404}),
        ),
        Row("delete_passkey", "401 401 403 403 403", WRONG, gateway=AtGateway({403: 422}, {})),
        Row("delete_passkey", "401 401 404 404 204", password),
        Row("create_passkey_challenge", ANYONE, gateway=TOKEN_NOT_READ),
        Row("log_in_with_passkey", REFUSED, PASSKEY, gateway=TOKEN_NOT_READ),
        Row("get_signing_keys", ANYONE, gateway=TOKEN_NOT_READ),
    ],
)
