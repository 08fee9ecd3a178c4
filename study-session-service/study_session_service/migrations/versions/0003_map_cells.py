"""Index open public sessions by the cell of a map in which everyone sees them.

The cells are numbered along a Z-order curve (G. M. Morton, 1966): 24 bits of the longitude and of the
latitude in turns. So a square of 2^n by 2^n cells that is aligned is one range of numbers, and the index
serves the cells of every zoom.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = "idx_sessions_map"
# A function, because an expression would write out each step twice, and the steps before it with it.
FUNCTION = """
CREATE OR REPLACE FUNCTION map_cell(latitude numeric, longitude numeric) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    x bigint := least(floor((longitude + 180) * 16777216 / 360), 16777215);
    y bigint := floor((latitude + 90) * 16777216 / 360);
BEGIN
    x := (x | (x << 16)) & x'0000FFFF0000FFFF'::bigint;
    x := (x | (x << 8)) & x'00FF00FF00FF00FF'::bigint;
    x := (x | (x << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
    x := (x | (x << 2)) & x'3333333333333333'::bigint;
    x := (x | (x << 1)) & x'5555555555555555'::bigint;
    y := (y | (y << 16)) & x'0000FFFF0000FFFF'::bigint;
    y := (y | (y << 8)) & x'00FF00FF00FF00FF'::bigint;
    y := (y | (y << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
    y := (y | (y << 2)) & x'3333333333333333'::bigint;
    y := (y | (y << 1)) & x'5555555555555555'::bigint;
    RETURN x | (y << 1);
END $$
"""
INDEX = f"""
CREATE INDEX CONCURRENTLY {NAME} ON study_sessions (
    map_cell(
        COALESCE(approximate_latitude, latitude), COALESCE(approximate_longitude, longitude)
    )
) INCLUDE (latitude, longitude, approximate_latitude, approximate_longitude, ends_at, id)
WHERE is_open AND visibility = 'public'
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(INDEX)
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
    op.execute("DROP FUNCTION map_cell")
