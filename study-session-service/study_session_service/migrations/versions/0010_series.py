"""Series of sessions: the rule, and which sessions are of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SERIES = "study_sessions_series_id_fkey"
DETACHED = "study_sessions_detached_check"


def upgrade() -> None:
    op.create_table(
        "study_session_series",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("rrule", sa.String(200), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.func.now(),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="study_session_series_pkey"),
    )
    op.add_column("study_sessions", sa.Column("series_id", sa.Uuid()))
    op.add_column(
        "study_sessions",
        sa.Column("detached", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("study_sessions", sa.Column("next_from", sa.DateTime(timezone=True)))
    # The next migration asks the rows: this one has a strong lock.
    op.execute(
        f"ALTER TABLE study_sessions ADD CONSTRAINT {SERIES}"
        " FOREIGN KEY (series_id) REFERENCES study_session_series (id) NOT VALID"
    )
    op.execute(
        f"ALTER TABLE study_sessions ADD CONSTRAINT {DETACHED}"
        " CHECK (NOT detached OR series_id IS NOT NULL) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("study_sessions", "next_from")
    op.drop_column("study_sessions", "detached")
    op.drop_column("study_sessions", "series_id")
    op.drop_table("study_session_series")
