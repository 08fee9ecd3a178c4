"""Documents are bounded: each, all together, and how many are written at a time."""

from pathlib import Path

import pytest

from chassis.errors import Unavailable
from chassis.spool import IN_MEMORY, Document, DocumentTooLarge, Spool


def files() -> set[str]:
    """What this process has open."""
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    document = Document(Spool(tmp_path))
    for _ in range(3):
        document.write(b"x" * IN_MEMORY)
    document.finish()
    assert document.size == 3 * IN_MEMORY
    assert [len(document.read(IN_MEMORY)) for _ in range(4)] == [IN_MEMORY] * 3 + [0]


def test_a_document_has_no_name_and_its_file_is_gone_when_it_is_closed(tmp_path: Path) -> None:
    def of_ours() -> int:
        return sum(str(tmp_path) in name for name in files())

    spool = Spool(tmp_path)
    document = Document(spool)
    document.write(b"x" * (IN_MEMORY + 1))
    assert (list(tmp_path.iterdir()), of_ours(), spool.held) == ([], 1, IN_MEMORY + 1)
    document.close()
    assert (of_ours(), spool.held) == (0, 0)


def test_a_document_that_is_dropped_gives_its_room_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    Document(spool).write(b"four")
    assert spool.held == 0


def test_a_document_has_no_more_bytes_than_one_may_have(tmp_path: Path) -> None:
    document = Document(Spool(tmp_path, most_of_one=10))
    document.write(b"x" * 10)
    with pytest.raises(DocumentTooLarge):
        document.write(b"x")


def test_all_documents_have_no_more_bytes_than_there_is_room_for(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most=10)
    first, second = Document(spool), Document(spool)
    first.write(b"x" * 8)
    with pytest.raises(Unavailable):
        second.write(b"xxx")
    first.close()
    second.write(b"xxx")
    assert spool.held == 3


def test_a_full_disk_is_a_problem_of_the_moment() -> None:
    document = Document(Spool(Path("/nowhere")))
    with pytest.raises(Unavailable, match="disk"):
        document.write(b"x" * (IN_MEMORY + 1))


def test_so_many_documents_are_written_at_a_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path, written_at_once=1)
    with spool.turn(0), pytest.raises(Unavailable, match="too many"), spool.turn(0):
        raise AssertionError("it was not its turn")
    with spool.turn(0):
        pass
