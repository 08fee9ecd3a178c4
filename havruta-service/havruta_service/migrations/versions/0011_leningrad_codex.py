"""The Tanakh in Hebrew, out of `data/leningrad_codex.tsv.xz`, and the index of the words in texts."""

import hashlib
import lzma
from collections import Counter
from importlib import resources

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID, PASSAGES = "wlc", 23_213
DATA = resources.files("havruta_service") / "data" / "leningrad_codex.tsv.xz"
VERSION = sa.text("""
INSERT INTO text_versions (id, title, language, direction, licence, attribution, source, books, digest)
VALUES (
    :id, 'Westminster Leningrad Codex', 'he', 'rtl', 'Public domain',
    'Westminster Leningrad Codex 4.20, in the files of the Open Scriptures Hebrew Bible',
    'https://github.com/openscriptures/morphhb', :books, :digest
)
""")
COPY = "COPY text_passages (version_id, book, passage, text) FROM STDIN"


def upgrade() -> None:
    written = lzma.decompress(DATA.read_bytes())
    passages = [line.split("\t") for line in written.decode().splitlines()]
    counted: Counter[str] = Counter()
    connection = op.get_bind()
    books = dict.fromkeys(reference.rpartition(" ")[0] for reference, _ in passages)
    digest = hashlib.sha256(written).hexdigest()
    connection.execute(VERSION, {"id": ID, "books": list(books), "digest": digest})
    cursor = connection.connection.cursor()
    # The order of the file is that of the books: a passage's number is how many stand before it.
    with cursor.copy(COPY) as copy:
        for reference, text in passages:
            book = reference.rpartition(" ")[0]
            copy.write_row((ID, book, counted[book], text))
            counted[book] += 1
    if counted.total() != PASSAGES:
        raise RuntimeError(f"The file holds {counted.total()} passages, and not {PASSAGES}.")
    # After the rows: one by one they take three times as long.
    op.create_index(
        "idx_text_passages_words",
        "text_passages",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def downgrade() -> None:
    op.drop_index("idx_text_passages_words", "text_passages")
    op.execute(sa.text("DELETE FROM text_versions WHERE id = :id").bindparams(id=ID))
