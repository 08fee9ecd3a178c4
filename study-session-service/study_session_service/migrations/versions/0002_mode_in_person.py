"""Write the mode `in-person` with a hyphen, as every other service does."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHECK = "study_sessions_mode_check"


def upgrade() -> None:
    _rename("in_person", "in-person")


def downgrade() -> None:
    _rename("in-person", "in_person")


def _rename(before: str, after: str) -> None:
    sessions = sa.table("study_sessions", sa.column("mode", sa.String))
    op.drop_constraint(op.f(CHECK), "study_sessions", type_="check")
    op.execute(sessions.update().where(sessions.c.mode == before).values(mode=after))
    op.alter_column("study_sessions", "mode", server_default=after)
    op.create_check_constraint(
        op.f(CHECK), "study_sessions", f"mode IN ('{after}', 'online', 'hybrid')"
    )
