"""Messages of the members to each other, and notes on passages."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "havruta_messages",
        sa.Column("havruta_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        _instant("created_at"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("client_message_id", sa.String(length=100)),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "char_length(content) BETWEEN CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END AND 2000",
            name=op.f("havruta_messages_content_check"),
        ),
        sa.ForeignKeyConstraint(
            ["havruta_id"],
            ["havrutas.id"],
            name="havruta_messages_havruta_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="havruta_messages_pkey"),
        sa.UniqueConstraint("havruta_id", "seq", name="havruta_messages_havruta_id_seq_key"),
        sa.UniqueConstraint(
            "havruta_id",
            "user_id",
            "client_message_id",
            name="havruta_messages_havruta_id_user_id_client_message_id_key",
        ),
    )
    op.create_index(
        "idx_havruta_messages_user",
        "havruta_messages",
        ["user_id", "havruta_id", sa.text("created_at DESC")],
    )
    op.create_table(
        "passage_notes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("havruta_id", sa.Uuid()),
        sa.Column("book", sa.String(length=60), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        sa.CheckConstraint(
            "0 <= first AND first <= last", name=op.f("passage_notes_passages_check")
        ),
        sa.CheckConstraint(
            "char_length(text) BETWEEN 1 AND 5000", name=op.f("passage_notes_text_check")
        ),
        sa.ForeignKeyConstraint(
            ["havruta_id"],
            ["havrutas.id"],
            name="passage_notes_havruta_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="passage_notes_pkey"),
    )
    op.create_index("idx_passage_notes_user", "passage_notes", ["user_id", "created_at", "id"])
    op.create_index(
        "idx_passage_notes_havruta",
        "passage_notes",
        ["havruta_id", "created_at", "id"],
        postgresql_where=sa.text("havruta_id IS NOT NULL"),
    )


def _instant(name: str) -> sa.Column[object]:
    now = sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def downgrade() -> None:
    op.drop_table("passage_notes")
    op.drop_table("havruta_messages")
