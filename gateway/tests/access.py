"""Who may call the gateway's own operations: the status for each kind of caller.

Read by `tests/test_access.py`, which asks through the gateway.
"""

from chassis.testing.matrix import AtGateway, Matrix, Row

CALLERS = ("anonymous", "deleted", "stranger", "admin", "owner")

ANYONE = "200 200 200 200 200"
SIGNED_IN = "401 401 200 200 200"
REFUSED = "403 403 403 403 403"
OF_BROWSERS = (
    "log_in_browser",
    "log_in_browser_with_code",
    "log_in_browser_with_passkey",
    "register_account_in_browser",
    "refresh_cookies",
    "log_out_browser",
)
TOKEN_NOT_READ = AtGateway(reads_token=False)

ACCESS = Matrix(
    CALLERS,
    [
        Row("search_everything", SIGNED_IN),
        Row("export_personal_data", SIGNED_IN),
        Row("create_report", "401 401 404 404 404"),
        Row("get_user_overview", SIGNED_IN),
        Row("get_calendar", SIGNED_IN),
        # The token in its address is the only key to a feed; this one is unknown.
        Row("get_calendar_feed", "404 404 404 404 404", gateway=TOKEN_NOT_READ),
        Row("get_problem_type", ANYONE, gateway=TOKEN_NOT_READ),
        Row("get_web_settings", ANYONE, gateway=TOKEN_NOT_READ),
        # No page of the platform asks.
        *(Row(operation, REFUSED, gateway=TOKEN_NOT_READ) for operation in OF_BROWSERS),
        Row("get_health", ANYONE, gateway=TOKEN_NOT_READ),
        Row("get_readiness", ANYONE, gateway=TOKEN_NOT_READ),
        Row("create_stream_ticket", "401 401 201 201 201"),
        Row("get_dashboard", SIGNED_IN),
        Row("stream_user_events", SIGNED_IN),
    ],
)
