"""Tell the other services of the people who want no e-mails with invitations: earlier choices were not told."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Of an address, what follows a `+` is left out.
ANNOUNCE = r"""
INSERT INTO outbox (id, stream, body, created_at)
SELECT event.id, 'events:user-service', jsonb_build_object(
    'id', event.id,
    'type', 'user.invitation_emails_changed',
    'schema_version', 1,
    'source', 'user-service',
    'aggregate_id', users.id,
    'aggregate_version', users.version,
    'occurred_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', users.id,
    'data', jsonb_build_object('wanted', false, 'mailbox_sha256', encode(sha256(convert_to(
        regexp_replace(lower(users.email), '^([^+]+)\+.*@', '\1@'), 'UTF8')), 'hex')),
    'origin', '{}'::jsonb
), now()
FROM mail_preferences
JOIN users ON users.id = mail_preferences.user_id
CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id WHERE users.id = mail_preferences.user_id) AS event
WHERE mail_preferences.kind = 'invitation' AND NOT wanted AND email_verified_at IS NOT NULL
"""


def upgrade() -> None:
    op.execute(ANNOUNCE)


def downgrade() -> None:
    # What was told is true.
    pass
