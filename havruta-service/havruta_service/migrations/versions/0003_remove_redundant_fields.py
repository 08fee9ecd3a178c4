"""The owner alone leads, and the last place is where a havruta stands: their older doubles go."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What was written by the code of before since the new columns are there.
CATCH_UP = """
INSERT INTO havruta_members (havruta_id, user_id, joined_at) SELECT id, creator_id, created_at FROM havrutas
WHERE owner_id IS NULL AND archived_at IS NULL
ON CONFLICT DO NOTHING;
UPDATE havrutas
SET owner_id = CASE WHEN archived_at IS NULL THEN coalesce(owner_id, creator_id) ELSE owner_id END,
    last_place = coalesce(last_place, current_section),
    member_count = (SELECT count(*) FROM havruta_members WHERE havruta_id = havrutas.id)
"""
NOTHING_LOST = """
DO $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(id::text, ', ') INTO lost FROM havrutas
    WHERE (current_section IS NOT NULL AND last_place IS NULL) OR (owner_id IS NULL AND archived_at IS NULL);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'these havrutas would lose their place or their owner: %', lost;
    END IF;
    SELECT string_agg(id::text, ', ') INTO lost FROM havrutas WHERE member_count > 10;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'these havrutas have more than ten members; divide them first: %', lost;
    END IF;
END $$
"""
# A havruta without an owner is archived; it is given to the member who is longest in it, or to the
# id of no one.
RESTORE = """
UPDATE havrutas
SET current_section = last_place,
    creator_id = coalesce(
        owner_id,
        (SELECT user_id FROM havruta_members WHERE havruta_id = havrutas.id ORDER BY joined_at, user_id LIMIT 1),
        '00000000-0000-0000-0000-000000000000'
    )
"""


def upgrade() -> None:
    op.execute(CATCH_UP)
    op.execute(NOTHING_LOST)
    op.drop_column("havrutas", "current_section")
    op.drop_column("havrutas", "creator_id")
    op.create_check_constraint(op.f("havrutas_name_check"), "havrutas", "name ~ '[^[:space:]]'")
    op.create_check_constraint(
        op.f("havrutas_member_count_check"), "havrutas", "member_count BETWEEN 0 AND 10"
    )
    op.create_check_constraint(
        op.f("havrutas_owner_or_archived_check"),
        "havrutas",
        "owner_id IS NOT NULL OR archived_at IS NOT NULL",
    )
    op.create_foreign_key(
        "havrutas_owner_is_a_member_fkey",
        "havrutas",
        "havruta_members",
        ["id", "owner_id"],
        ["havruta_id", "user_id"],
        deferrable=True,
        initially="DEFERRED",
    )


def downgrade() -> None:
    op.drop_constraint("havrutas_owner_is_a_member_fkey", "havrutas")
    for name in ("owner_or_archived", "member_count", "name"):
        op.drop_constraint(op.f(f"havrutas_{name}_check"), "havrutas")
    op.add_column("havrutas", sa.Column("creator_id", sa.Uuid(), nullable=True))
    op.add_column("havrutas", sa.Column("current_section", sa.String(length=100), nullable=True))
    op.execute(RESTORE)
    op.alter_column("havrutas", "creator_id", nullable=False)
