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
search_everything                        401  200    -  200    -  401  200
export_personal_data               401  200    -  200    -  401  200
search_users                       401  200    -  200    -  401  200
get_user_overview             401  200    -  200    -  401  200
get_calendar                      401  200    -  200    -  401  200
get_calendar_feed                      404  404    -  404    -  404  404
create_calendar_feed                401  201    -  201    -  401  201
delete_calendar_feed               401  204    -  204    -  401  204
get_problem_type                      200  200    -  200    -  200  200
get_health                         200  200    -  200    -  200  200
get_readiness                      200  200    -  200    -  200  200
create_stream_ticket                401  201    -  201    -  401  201
get_dashboard                401  200    -  200    -  401  200
stream_user_events                        401  200    -  200    -  401  200
register_account              422  422    -  422    -  422  422
log_in                         401  401    -  401    -  401  401
refresh_tokens                       401  401    -  401    -  401  401
log_out                        401  204    -  204    -  204  204
log_out_everywhere                    401  204    -  204    -  401  204
list_devices                       401  200    -  200    -  401  200
log_out_device                    401  404    -  204    -  401  404
verify_email           410  410    -  410    -  410  410
resend_verification                 401  202    -  202    -  401  202
request_password_reset        202  202    -  202    -  202  202
reset_password         410  410    -  410    -  410  410
get_own_account                         401  200    -  200    -  401  200
delete_own_account                     401  403    -  403    -  401  403
update_own_account                     401  200    -  200    -  401  200
change_password            401  403    -  403    -  401  403
set_user_roles                       401  403    -  403    -  401  200
list_profiles                200  200    -  200    -  401  200
get_profile                      200  200    -  200    -  401  200
list_notifications   401  200    -  200    -  401  200
mark_notification_read                 401  404    -  204    -  401  404
mark_all_notifications_read             401  204    -  204    -  401  204
get_notification_preferences          401  200    -  200    -  401  200
set_notification_preferences               401  200    -  200    -  401  200
get_signing_keys                          200  200    -  200    -  200  200
"""
STUDY_SESSIONS = """
#                                 none strg memb ownr frmr gone admn
stream_study_session_events               401  403  200  200  403  401  403
search_study_sessions                      200  200  200  200  200  401  200
create_study_session              401  422  422  422  422  401  422
cluster_study_sessions                     200  200  200  200  200  401  200
list_own_study_sessions                401  200  200  200  200  401  200
get_study_session                200  200  200  200  200  401  200
update_study_session              401  403  403  200  403  401  403
start_study_session               401  403  403  409  403  401  403
finish_study_session              401  403  403  409  403  401  403
cancel_study_session              401  403  403  200  403  401  403
transfer_study_session           401  403  403  200  403  401  403
join_study_session                 401  201  200  200  201  401  201
leave_study_session                401  204  204  409  204  401  204
list_participants         401  403  200  200  403  401  403
remove_participant               401  403  403  204  403  401  403
list_messages                       401  403  200  200  403  401  403
send_message                          401  403  201  201  403  401  403
delete_message                        401  403  204  204  403  401  403
update_message                          401  403  200  403  403  401  403
"""
TUTORING = """
#                                 none strg memb ownr frmr gone admn
stream_whiteboard_events                  401  404  200  200    -  401  200
list_courses                       401  200  200  200    -  401  200
create_course                    401  403    -    -    -  401    -
get_course                       401  200  200  200    -  401  200
update_course                     401  404    -    -    -  401    -
list_enrollments                   401  200  200  200    -  401  200
create_enrollment                 401  404    -    -    -  401    -
get_enrollment                   401  404  200  200    -  401  200
delete_enrollment                 401  404    -    -    -  401    -
pause_enrollment                  401  404    -    -    -  401    -
resume_enrollment                 401  404    -    -    -  401    -
complete_enrollment               401  404    -    -    -  401    -
cancel_enrollment                 401  404    -    -    -  401    -
create_parent_code      401  404    -    -    -  401    -
join_enrollment                   401  403    -    -    -  401    -
remove_parent                  401  404    -    -    -  401    -
get_enrollment_progress          401  404  200  200    -  401  200
list_session_requests              401  404  200  200    -  401  200
create_session_request               401  404    -    -    -  401    -
accept_session_request            401  404    -    -    -  401    -
decline_session_request           401  404    -    -    -  401    -
withdraw_session_request          401  404    -    -    -  401    -
list_tutoring_sessions                      401  200  200  200    -  401  200
book_tutoring_session                401  404    -    -    -  401    -
preview_tutoring_session                 401  404    -    -    -  401    -
get_tutoring_session                      401  404  200  200    -  401  200
replace_tutoring_session            401  404    -    -    -  401    -
delete_tutoring_session                    401  404    -    -    -  401    -
update_tutoring_session             401  404    -    -    -  401    -
list_tutoring_session_changes                   401  404  200  200    -  401  200
start_tutoring_session            401  404    -    -    -  401    -
complete_tutoring_session         401  404    -    -    -  401    -
cancel_tutoring_session           401  404    -    -    -  401    -
mark_attendance         401  404    -    -    -  401    -
list_reviews                       401  404  200  200    -  401  200
create_review                      401  404    -    -    -  401    -
update_review                    401  404    -    -    -  401    -
get_reminder            401  404  200  200    -  401  403
set_reminder          401  404    -    -    -  401    -
create_tutoring_calendar_feed               401  201    -    -    -  401    -
delete_tutoring_calendar_feed              401  204    -    -    -  401    -
get_tutoring_calendar_feed                404  404  404  404    -  401  404
list_whiteboards                   401  404  200  200    -  401  200
create_whiteboard                 401  404    -    -    -  401    -
get_whiteboard                   401  404  200  200    -  401  200
delete_whiteboard                  401  404    -    -    -  401    -
close_whiteboard                  401  404    -    -    -  401    -
list_strokes                 401  404  200  200    -  401  200
draw_strokes                   401  404    -    -    -  401    -
set_availability                     401  403    -    -    -  401    -
get_availability                        401  200  200  200    -  401  200
list_slots                       401  200  200  200    -  401  200
get_tutor_rating                      401  200  200  200    -  401  200
"""
HAVRUTAS = """
#                                 none strg memb ownr frmr gone admn
stream_havruta_events                     401  404  200  200    -  401  404
stream_havruta_session_events             401  404  200  200    -  401  404
list_texts                   200  200  200  200    -  401  200
get_text                         200  200  200  200    -  401  200
resolve_reference                    200  200  200  200    -  401  200
list_havrutas             401  200  200  200    -  401  200
create_havruta                    401  422    -    -    -  401    -
get_havruta                   401  404  200  200    -  401  404
update_havruta                    401  404    -    -    -  401    -
archive_havruta                   401  404    -    -    -  401    -
list_havruta_members                   401  404  200  200    -  401  404
transfer_havruta                  401  404    -    -    -  401    -
leave_havruta                     401  404    -    -    -  401    -
remove_havruta_member                    401  404    -    -    -  401    -
get_havruta_progress             401  404  200  200    -  401  404
list_havruta_history                   401  404  200  200    -  401  404
list_havruta_sessions     401  404  200  200    -  401  404
create_havruta_session            401  404    -    -    -  401    -
list_own_havruta_sessions       401  200  200  200    -  401  200
get_havruta_session           401  404  200  200    -  401  404
update_havruta_session       401  404    -    -    -  401    -
start_havruta_session             401  404    -    -    -  401    -
end_havruta_session               401  404    -    -    -  401    -
preview_havruta_sessions      401  404    -    -    -  401    -
cancel_havruta_session       401  404    -    -    -  401    -
answer_rsvp       401  404    -    -    -  401    -
list_rsvps      401  404  200  200    -  401  404
join_havruta_session                    401  404    -    -    -  401    -
send_heartbeat               401  404    -    -    -  401    -
leave_havruta_session                   401  404    -    -    -  401    -
get_havruta_session_state                   401  404  200  200    -  401  404
turn_page                    401  404    -    -    -  401    -
set_navigator                 401  404    -    -    -  401    -
set_navigation_mode                401  404    -    -    -  401    -
list_havruta_invitations       401  404  200  200    -  401  404
invite_to_havruta                 401  404    -    -    -  401    -
resend_invitation                 401  404    -    -    -  401    -
revoke_invitation                 401  404    -    -    -  401    -
list_own_invitations  401  200  200  200    -  401  200
preview_invitation         404  404    -    -    -  401    -
accept_invitation_by_token          401  404    -    -    -  401    -
decline_invitation_by_token         404  404    -    -    -  401    -
accept_invitation      401  404    -    -    -  401    -
decline_invitation     401  404    -    -    -  401    -
"""
ASSESSMENTS = """
#                                 none strg memb ownr frmr gone admn
start_assessment_session          404  404    -    -    -  401    -
list_assessment_sessions           401  200  200  200    -  401  200
get_assessment_session         404  404  404  200    -  401  404
validate_assessment_session       200  200  200  200    -  401  200
turn_assessment_page      404  404    -    -    -  401    -
abandon_assessment_session        404  404    -    -    -  401    -
claim_assessment_session          401  404    -    -    -  401    -
complete_assessment_session       404  404    -    -    -  401    -
get_assessment_result         404  404  404  409    -  401  404
submit_answer          404  404    -    -    -  401    -
submit_answers      404  404    -    -    -  401    -
list_assessments              200  200  200  200    -  401  200
create_assessment           401  403    -    -    -  401    -
get_assessment             200  200  200  200    -  401  200
list_own_assessments            401  200  200  200    -  401  200
get_assessment_draft           401  404  404  404    -  401  404
replace_assessment_draft         401  404    -    -    -  401    -
create_assessment_draft         401  404    -    -    -  401    -
delete_assessment_draft         401  404    -    -    -  401    -
publish_assessment         401  404    -    -    -  401    -
list_assessment_versions        401  404  200  404    -  401  200
get_assessment_version         401  404  200  404    -  401  200
get_assessment_statistics      401  404  200  404    -  401  200
get_own_experience                    401  200  200  200    -  401  200
get_experience                      200  200  200  200    -  401  200
"""

# Where the name that the address gives an id is not enough to know which it is.
ADDRESSES: Mapping[str, str] = {
    "stream_havruta_session_events": "/api/havruta-sessions/{session_id}/events"
}
# What is sent instead of the documented example, where that would succeed and change what others
# rely on.
INSTEAD: Mapping[str, Any] = {
    "update_own_account": {"bio": None},
    "change_password": {
        "current_password": "not this one",
        "new_password": "eighteen fig trees",
    },
    "delete_own_account": {"password": "not this one"},
    "start_assessment_session": {"assessment": "no-such-assessment"},
    "log_out": {},
    "request_password_reset": {"email": "nobody@example.org"},
    "create_enrollment": {"course_id": 2147483647},
    "create_havruta": {"name": "", "book": "Genesis"},
    "set_notification_preferences": {},
    "register_account": {"email": "x"},
    "create_study_session": {"title": ""},
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
