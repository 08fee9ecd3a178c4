"""Index what each cell of the Earth holds, in the order of lists."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# How many of the last binary digits of a map cell's number a larger cell leaves out.
INDEXES = {"idx_sessions_cell_12": 24, "idx_sessions_cell_9": 30}
INDEX = """
CREATE INDEX CONCURRENTLY {name} ON study_sessions (
    (map_cell(
        COALESCE(approximate_latitude, latitude), COALESCE(approximate_longitude, longitude)
    ) >> {left_out}),
    start_time, id
) INCLUDE (latitude, longitude, approximate_latitude, approximate_longitude)
WHERE is_open AND visibility = 'public'
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        for name, left_out in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(INDEX.format(name=name, left_out=left_out))
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
