"""Who may call what: what each operation answers to whom.

Columns: nobody, a stranger, a member, the owner, a former member, somebody whose account was
deleted while the token lives on, an admin. 422 says that one may, if one asks for something
sensible. A dash stands where there is nobody of the kind, or where the call would change what the
next ones are about; the matrix of the service itself fills it in.
"""

from collections.abc import Mapping
from typing import Any

WHO = ("nobody", "stranger", "member", "owner", "former", "deleted", "admin")

ACCOUNTS = """
#                                 none strg memb ownr frmr gone admn
find_search                        401  200    -  200    -  401  200
personal_data_export               401  200    -  200    -  401  200
users_search                       401  200    -  200    -  401  200
profile_pages_overview             401  200    -  200    -  401  200
calendar_read                      401  200    -  200    -  401  200
calendar_feed                      404  404    -  404    -  404  404
calendar_feed_issue                401  201    -  201    -  401  201
calendar_feed_revoke               401  204    -  204    -  401  204
problems_read                      200  200    -  200    -  200  200
healthz                            200  200    -  200    -  200  200
readyz                             200  200    -  200    -  200  200
events_issue_ticket                401  201    -  201    -  401  201
dashboard_dashboard                401  200    -  200    -  401  200
user_events                        401  200    -  200    -  401  200
registration_register              422  422    -  422    -  422  422
auth_login                         401  401    -  401    -  401  401
auth_refresh                       401  401    -  401    -  401  401
auth_logout                        401  204    -  204    -  204  204
auth_logout_all                    401  204    -  204    -  401  204
auth_devices                       401  200    -  200    -  401  200
auth_end_device                    401  404    -  204    -  401  404
email_links_verify_email           410  410    -  410    -  410  410
email_links_resend                 401  202    -  202    -  401  202
email_links_forgot_password        202  202    -  202    -  202  202
email_links_reset_password         410  410    -  410    -  410  410
account_me                         401  200    -  200    -  401  200
account_delete                     401  403    -  403    -  401  403
account_change                     401  200    -  200    -  401  200
account_change_password            401  403    -  403    -  401  403
roles_assign                       401  403    -  403    -  401  200
users_list_profiles                200  200    -  200    -  401  200
users_profile                      200  200    -  200    -  401  200
notifications_list_notifications   401  200    -  200    -  401  200
notifications_read                 401  404    -  204    -  401  404
notifications_read_all             401  204    -  204    -  401  204
notifications_preferences          401  200    -  200    -  401  200
notifications_prefer               401  200    -  200    -  401  200
keys_jwks                          200  200    -  200    -  200  200
"""
STUDY_SESSIONS = """
#                                 none strg memb ownr frmr gone admn
study_session_events               401  403  200  200  403  401  403
search_search                      200  200  200  200  200  401  200
study_sessions_create              401  422  422  422  422  401  422
search_cluster                     200  200  200  200  200  401  200
study_sessions_mine                401  200  200  200  200  401  200
study_sessions_read                200  200  200  200  200  401  200
study_sessions_change              401  403  403  200  403  401  403
study_sessions_start               401  403  403  409  403  401  403
study_sessions_finish              401  403  403  409  403  401  403
study_sessions_cancel              401  403  403  200  403  401  403
study_sessions_hand_over           401  403  403  200  403  401  403
participation_join                 401  201  200  200  201  401  201
participation_leave                401  204  204  409  204  401  204
participation_participants         401  403  200  200  403  401  403
participation_remove               401  403  403  204  403  401  403
chat_history                       401  403  200  200  403  401  403
chat_send                          401  403  201  201  403  401  403
chat_delete                        401  403  204  204  403  401  403
chat_edit                          401  403  200  403  403  401  403
"""
TUTORING = """
#                                 none strg memb ownr frmr gone admn
whiteboard_events                  401  404  200  200    -  401  200
courses_find                       401  200  200  200    -  401  200
courses_publish                    401  403    -    -    -  401    -
courses_read                       401  200  200  200    -  401  200
courses_change                     401  404    -    -    -  401    -
enrollments_find                   401  200  200  200    -  401  200
enrollments_enroll                 401  404    -    -    -  401    -
enrollments_read                   401  404  200  200    -  401  200
enrollments_delete                 401  404    -    -    -  401    -
enrollments_pause                  401  404    -    -    -  401    -
enrollments_resume                 401  404    -    -    -  401    -
enrollments_complete               401  404    -    -    -  401    -
enrollments_cancel                 401  404    -    -    -  401    -
enrollments_issue_parent_code      401  404    -    -    -  401    -
enrollments_join                   401  403    -    -    -  401    -
enrollments_leave                  401  404    -    -    -  401    -
enrollments_read_progress          401  404  200  200    -  401  200
session_requests_find              401  404  200  200    -  401  200
session_requests_ask               401  404    -    -    -  401    -
session_requests_accept            401  404    -    -    -  401    -
session_requests_decline           401  404    -    -    -  401    -
session_requests_withdraw          401  404    -    -    -  401    -
sessions_find                      401  200  200  200    -  401  200
scheduling_schedule                401  404    -    -    -  401    -
scheduling_preview                 401  404    -    -    -  401    -
sessions_read                      401  404  200  200    -  401  200
session_changes_replace            401  404    -    -    -  401    -
sessions_remove                    401  404    -    -    -  401    -
session_changes_change             401  404    -    -    -  401    -
sessions_history                   401  404  200  200    -  401  200
session_lifecycle_start            401  404    -    -    -  401    -
session_lifecycle_complete         401  404    -    -    -  401    -
session_lifecycle_cancel           401  404    -    -    -  401    -
attendance_mark_attendance         401  404    -    -    -  401    -
reviews_read                       401  404  200  200    -  401  200
reviews_write                      401  404    -    -    -  401    -
reviews_rewrite                    401  404    -    -    -  401    -
reminders_read_reminder            401  404  200  200    -  401  403
reminders_choose_reminder          401  404    -    -    -  401    -
calendar_feeds_issue               401  201    -    -    -  401    -
calendar_feeds_revoke              401  204    -    -    -  401    -
calendar_feeds_read                404  404  404  404    -  401  404
whiteboards_find                   401  404  200  200    -  401  200
whiteboards_create                 401  404    -    -    -  401    -
whiteboards_read                   401  404  200  200    -  401  200
whiteboards_erase                  401  404    -    -    -  401    -
whiteboards_close                  401  404    -    -    -  401    -
whiteboards_replay                 401  404  200  200    -  401  200
whiteboards_draw                   401  404    -    -    -  401    -
tutors_declare                     401  403    -    -    -  401    -
tutors_read                        401  200  200  200    -  401  200
tutors_slots                       401  200  200  200    -  401  200
tutors_rating                      401  200  200  200    -  401  200
"""
HAVRUTAS = """
#                                 none strg memb ownr frmr gone admn
havruta_events                     401  404  200  200    -  401  404
havruta_session_events             401  404  200  200    -  401  404
texts_list_texts                   200  200  200  200    -  401  200
texts_text                         200  200  200  200    -  401  200
texts_reference                    200  200  200  200    -  401  200
havrutas_list_havrutas             401  200  200  200    -  401  200
havrutas_create                    401  422    -    -    -  401    -
havrutas_havruta                   401  404  200  200    -  401  404
havrutas_change                    401  404    -    -    -  401    -
havrutas_archive                   401  404    -    -    -  401    -
havrutas_members                   401  404  200  200    -  401  404
havrutas_transfer                  401  404    -    -    -  401    -
havrutas_leave                     401  404    -    -    -  401    -
havrutas_remove                    401  404    -    -    -  401    -
havrutas_read_progress             401  404  200  200    -  401  404
havrutas_history                   401  404  200  200    -  401  404
havruta_sessions_list_sessions     401  404  200  200    -  401  404
havruta_sessions_create            401  404    -    -    -  401    -
havruta_sessions_my_sessions       401  200  200  200    -  401  200
havruta_sessions_session           401  404  200  200    -  401  404
havruta_session_plans_change       401  404    -    -    -  401    -
havruta_sessions_start             401  404    -    -    -  401    -
havruta_sessions_end               401  404    -    -    -  401    -
havruta_session_plans_preview      401  404    -    -    -  401    -
havruta_session_plans_cancel       401  404    -    -    -  401    -
havruta_session_plans_answer       401  404    -    -    -  401    -
havruta_session_plans_answers      401  404  200  200    -  401  404
navigation_join                    401  404    -    -    -  401    -
navigation_heartbeat               401  404    -    -    -  401    -
navigation_leave                   401  404    -    -    -  401    -
navigation_state                   401  404  200  200    -  401  404
navigation_move                    401  404    -    -    -  401    -
navigation_hand_to                 401  404    -    -    -  401    -
navigation_set_mode                401  404    -    -    -  401    -
invitations_list_invitations       401  404  200  200    -  401  404
invitations_invite                 401  404    -    -    -  401    -
invitations_resend                 401  404    -    -    -  401    -
invitations_revoke                 401  404    -    -    -  401    -
invitation_replies_my_invitations  401  200  200  200    -  401  200
invitation_replies_preview         404  404    -    -    -  401    -
invitation_replies_accept          401  404    -    -    -  401    -
invitation_replies_decline         404  404    -    -    -  401    -
invitation_replies_accept_own      401  404    -    -    -  401    -
invitation_replies_decline_own     401  404    -    -    -  401    -
"""
ASSESSMENTS = """
#                                 none strg memb ownr frmr gone admn
assessment_sessions_start          404  404    -    -    -  401    -
assessment_sessions_mine           401  200  200  200    -  401  200
assessment_sessions_resume         404  404  404  200    -  401  404
assessment_sessions_validate       200  200  200  200    -  401  200
assessment_sessions_turn_page      404  404    -    -    -  401    -
assessment_sessions_abandon        404  404    -    -    -  401    -
assessment_sessions_claim          401  404    -    -    -  401    -
assessment_sessions_complete       404  404    -    -    -  401    -
assessment_sessions_result         404  404  404  409    -  401  404
assessment_answers_submit          404  404    -    -    -  401    -
assessment_answers_submit_all      404  404    -    -    -  401    -
assessments_published              200  200  200  200    -  401  200
assessment_authors_begin           401  403    -    -    -  401    -
assessments_assessment             200  200  200  200    -  401  200
assessment_authors_mine            401  200  200  200    -  401  200
assessment_authors_draft           401  404  404  404    -  401  404
assessment_authors_rewrite         401  404    -    -    -  401    -
assessment_authors_redraft         401  404    -    -    -  401    -
assessment_authors_discard         401  404    -    -    -  401    -
assessment_authors_publish         401  404    -    -    -  401    -
assessment_authors_versions        401  404  200  404    -  401  200
assessment_authors_version         401  404  200  404    -  401  200
assessment_authors_statistics      401  404  200  404    -  401  200
experience_mine                    401  200  200  200    -  401  200
experience_of                      200  200  200  200    -  401  200
"""

# Where the name that the address gives an id is not enough to know which it is.
ADDRESSES: Mapping[str, str] = {
    "havruta_session_events": "/api/havruta-sessions/{session_id}/events"
}
# What is sent instead of the documented example, where that would succeed and change what others
# rely on.
INSTEAD: Mapping[str, Any] = {
    "account_change": {"bio": None},
    "account_change_password": {
        "current_password": "not this one",
        "new_password": "eighteen fig trees",
    },
    "account_delete": {"password": "not this one"},
    "assessment_sessions_start": {"assessment": "no-such-assessment"},
    "auth_logout": {},
    "email_links_forgot_password": {"email": "nobody@example.org"},
    "enrollments_enroll": {"course_id": 2147483647},
    "havrutas_create": {"name": "", "book": "Genesis"},
    "notifications_prefer": {},
    "registration_register": {"email": "x"},
    "study_sessions_create": {"title": ""},
}


def rows(table: str) -> dict[str, dict[str, int]]:
    """What each operation of the table answers to whom, where it says so."""
    lines = (line.split() for line in table.strip().splitlines() if not line.startswith("#"))
    return {
        operation: {
            who: int(status) for who, status in zip(WHO, cells, strict=True) if status != "-"
        }
        for operation, *cells in lines
    }
