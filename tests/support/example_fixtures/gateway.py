"""The gateway's own operations."""

from .callers import Fixtures, reader, visitor

FIXTURES: Fixtures = {
    visitor: "get_health get_readiness get_problem_type get_web_settings",
    reader: """
        create_stream_ticket get_dashboard get_calendar get_user_overview search_everything
        export_personal_data stream_user_events
    """,
}
