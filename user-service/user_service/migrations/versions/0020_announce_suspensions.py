"""Tell the other services of the accounts that are suspended: earlier suspensions were not told."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ANNOUNCE = """
INSERT INTO outbox (id, stream, body, created_at)
SELECT event.id, 'events:user-service', jsonb_build_object(
    'id', event.id,
    'type', 'user.suspended',
    'schema_version', 1,
    'source', 'user-service',
    'aggregate_id', users.id,
    'aggregate_version', users.version,
    'occurred_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', suspensions.suspended_by,
    'data', '{}'::jsonb,
    'origin', '{}'::jsonb
), now()
FROM suspensions
JOIN users ON users.id = suspensions.user_id
CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id WHERE users.id = suspensions.user_id) AS event
WHERE suspensions.lifted_at IS NULL
"""


def upgrade() -> None:
    op.execute(ANNOUNCE)


def downgrade() -> None:
    # What was told is true.
    pass
