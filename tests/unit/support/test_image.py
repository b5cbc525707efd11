"""What a power cut leaves: synced bytes and names for certain, the rest never or perhaps, and never anything else."""

import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support.faults.image import Before, Disk
from tests.support.faults.journal import Op, Record

FILE, OTHER, CUTS = 7, 8, 60
Survive = Callable[..., list[dict[str, bytes]]]


def happened(op: Op, file: int = FILE, offset: int = 0, **told: str | bytes | int) -> Record:
    fields = {"token": 0, "path": "", "new_path": "", "content": b"", **told}
    return Record(op=op, file=file, offset=offset, **fields)  # type: ignore[arg-type]


def synced(file: int, token: int = 1) -> list[Record]:
    return [happened(Op.SYNC_BEGIN, file, token=token), happened(Op.SYNC_END, file, token=token)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def survive(root: Path, tmp_path: Path) -> Survive:
    """What each of many power cuts after these happenings leaves; the first one is the hardest."""

    def run(told: Iterable[Record], *, is_lenient: bool = False) -> list[dict[str, bytes]]:
        disk = Disk(Before(root), is_lenient=is_lenient)
        for record in told:
            disk.replay(record)
        left = []
        for number in range(CUTS):
            place = tmp_path / f"cut-{number}"
            shutil.rmtree(place, ignore_errors=True)
            disk.survive(place, random.Random(number) if number else None)
            left.append({file.name: file.read_bytes() for file in place.rglob("*") if file.is_file()})
        return left

    return run


def opened(root: Path, name: str = "a", file: int = FILE) -> Record:
    return happened(Op.OPEN, file, path=str(root / name))


def test_what_was_synced_with_its_name_is_always_there(root: Path, survive: Survive) -> None:
    told = [opened(root), happened(Op.WRITE, content=b"safe"), *synced(FILE), *synced(root.stat().st_ino)]
    assert survive(told) == [{"a": b"safe"}] * CUTS


def test_a_file_whose_directory_was_not_synced_may_be_gone(root: Path, survive: Survive) -> None:
    told = [opened(root), happened(Op.WRITE, content=b"safe"), *synced(FILE)]
    hardest, *others = survive(told)
    assert hardest == {}
    assert {} in others
    assert {"a": b"safe"} in others
    assert survive(told, is_lenient=True) == [{"a": b"safe"}] * CUTS


def test_what_was_written_after_the_sync_began_is_not_safe_by_its_end(root: Path, survive: Survive) -> None:
    begin, end = synced(FILE)
    told = [opened(root), *synced(root.stat().st_ino, 2), begin, happened(Op.WRITE, content=b"late"), end]
    assert survive(told)[0] == {"a": b""}


def test_unsynced_writes_survive_in_any_choice_and_torn_at_a_sector(root: Path, survive: Survive) -> None:
    told = [opened(root), *synced(root.stat().st_ino)]
    told += [happened(Op.WRITE, offset=place * 2048, content=bytes([place + 1]) * 2048) for place in range(3)]
    left = {content["a"] for content in survive(told)}
    assert len(left) > 5
    assert b"" in left
    for content in left:
        assert len(content) % 512 == 0
        for place in range(3):
            assert set(content[place * 2048 : (place + 1) * 2048]) <= {0, place + 1}


def test_a_renamed_file_has_one_of_its_names(root: Path, survive: Survive) -> None:
    told = [opened(root, "new"), happened(Op.WRITE, content=b"2"), *synced(FILE)]
    told += [opened(root, "old", OTHER), happened(Op.WRITE, OTHER, content=b"1"), *synced(OTHER, 2)]
    told += [*synced(root.stat().st_ino, 3)]
    told += [happened(Op.RENAME, 0, path=str(root / "new"), new_path=str(root / "old"))]
    left = survive(told)
    assert left[0] == {"new": b"2", "old": b"1"}
    assert {frozenset(content.items()) for content in left} == {
        frozenset({("new", b"2"), ("old", b"1")}),
        frozenset({("old", b"2")}),
    }


def test_a_change_of_a_file_that_nobody_opened_is_an_error(survive: Survive) -> None:
    with pytest.raises(AssertionError, match="nobody opened"):
        survive([happened(Op.WRITE, content=b"x")])
