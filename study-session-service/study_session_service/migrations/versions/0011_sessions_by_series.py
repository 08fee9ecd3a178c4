"""Find the sessions of a series in the order of time, and in cells those alone that are next.

And ask all rows for what 0010 asks of new ones.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# How many of the last binary digits of a map cell's number a larger cell leaves out.
CELLS = {"idx_sessions_cell_12": 24, "idx_sessions_cell_9": 30}
CELL = """
CREATE INDEX CONCURRENTLY {name}_new ON study_sessions (
    (map_cell(
        COALESCE(approximate_latitude, latitude), COALESCE(approximate_longitude, longitude)
    ) >> {left_out}),
    start_time, id
) INCLUDE (latitude, longitude, approximate_latitude, approximate_longitude{more})
WHERE is_open AND visibility = 'public'
"""
MAP = """
CREATE INDEX CONCURRENTLY {name}_new ON study_sessions (
    map_cell(
        COALESCE(approximate_latitude, latitude), COALESCE(approximate_longitude, longitude)
    )
) INCLUDE (latitude, longitude, approximate_latitude, approximate_longitude, ends_at, id{more})
WHERE is_open AND visibility = 'public'
"""


def upgrade() -> None:
    for constraint in ("study_sessions_series_id_fkey", "study_sessions_detached_check"):
        op.execute(f"ALTER TABLE study_sessions VALIDATE CONSTRAINT {constraint}")
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS idx_sessions_series")
        op.execute(
            "CREATE INDEX CONCURRENTLY idx_sessions_series"
            " ON study_sessions (series_id, start_time, id) WHERE series_id IS NOT NULL"
        )
        _replace_cells(", next_from")
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        _replace_cells("")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS idx_sessions_series")
        op.execute("SET lock_timeout = '200ms'")


def _replace_cells(more: str) -> None:
    """The code before reads by the former ones until the others are there."""
    definitions = {"idx_sessions_map": MAP.format(name="idx_sessions_map", more=more)}
    for name, left_out in CELLS.items():
        definitions[name] = CELL.format(name=name, left_out=left_out, more=more)
    for name, definition in definitions.items():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_new")
        op.execute(definition)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"ALTER INDEX {name}_new RENAME TO {name}")
