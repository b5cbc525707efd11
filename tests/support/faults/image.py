"""A disk as a journal left it, and what of it may be there after the power went.

What a file held when a sync of it began is safe once that sync has ended, and a name is safe once its directory is
synced. All else may be lost: wholly, or in parts and in any order, the last surviving write torn at a sector.
"""

import random
import shutil
from pathlib import Path
from typing import Final

from tests.support.faults.journal import Op, Record

_SECTOR: Final = 512
_REBUILT: Final = "-shm"
"""SQLite's index of its log lives in shared memory and is made anew by whoever comes first."""


class _File:
    """Bytes that are safe, and changes that are not."""

    def __init__(self, source: Path | None = None) -> None:
        self._source = source
        self._safe: bytearray | None = None if source else bytearray()
        self.pending: list[tuple[int, Record]] = []

    def sync(self, until: int) -> None:
        """Make safe what was done before the moment."""
        for moment, record in self.pending:
            if moment < until:
                _apply(self._content(), record)
        self.pending = [(moment, record) for moment, record in self.pending if moment >= until]

    def survivor(self, chance: random.Random | None) -> bytes | bytearray | Path:
        """What is left: without chance only what is safe."""
        if chance is None or not self.pending:
            return self._source if self._safe is None and self._source else self._content()
        content = bytearray(self._content())
        share = chance.choice((0.2, 0.5, 0.8, 1.0))
        kept = [record for _, record in self.pending if chance.random() < share]
        for record in kept[:-1]:
            _apply(content, record)
        if kept:
            _apply(content, _torn(kept[-1], chance))
        return content

    def _content(self) -> bytearray:
        if self._safe is None:
            assert self._source is not None
            self._safe = bytearray(self._source.read_bytes())
        return self._safe


_Names = dict[str, _File | None]
"""Path → file, or None for a directory."""
_Renaming = list[tuple[str, _File | None, bool]]
"""Names that appear (True) or go (False) as one."""


class Before:
    """What a directory safely held before the journal begins, copied while nobody writes."""

    def __init__(self, root: Path, copy: Path | None = None) -> None:
        """Without a place for a copy, the directory has to be empty."""
        found = sorted(root.rglob("*"))
        assert copy is not None or not found
        self.root = root
        self.inodes = {path: path.stat().st_ino for path in [root, *found]}
        self.sources = {path: copy / path.relative_to(root) if copy and path.is_file() else None for path in found}
        if copy is not None:
            shutil.copytree(root, copy)


class Disk:
    """Replays a journal over what was there before it.

    `is_lenient`: a sync of a file makes safe its name too, as ext4, XFS and Btrfs do and Postgres relies on.
    """

    def __init__(self, before: Before, *, is_lenient: bool = False) -> None:
        self._is_lenient = is_lenient
        root = str(before.root)
        self._root = before.root
        self._live: _Names = {root: None}
        self._safe: _Names = {root: None}
        self._inodes: dict[int, str | _File] = {before.inodes[before.root]: root}
        self._pending: dict[str, list[tuple[int, _Renaming]]] = {}
        self._syncs: dict[int, int] = {}
        self._now = 0
        for path, source in before.sources.items():
            file = _File(source) if source else None
            self._live[str(path)] = self._safe[str(path)] = file
            self._inodes[before.inodes[path]] = file or str(path)

    def replay(self, record: Record) -> None:
        """Let one thing happen."""
        self._now += 1
        if record.op in {Op.WRITE, Op.RESIZE, Op.EXTEND}:
            file = self._inodes.get(record.file)
            assert isinstance(file, _File), f"a change of a file that nobody opened: {record.op.name}"
            file.pending.append((self._now, record))
        elif record.op is Op.SYNC_BEGIN:
            self._syncs[record.token] = self._now
        elif record.op is Op.SYNC_END:
            self._sync(record.file, self._syncs.pop(record.token))
        elif record.op is not Op.ANSWER:
            self._rename(record)

    def survive(self, target: Path, chance: random.Random | None = None) -> None:
        """Write into `target` what may be left; without chance as little as possible, else some of the rest."""
        names = dict(self._safe)
        for pending in self._pending.values() if chance else ():
            for _, renaming in pending[: chance.randint(0, len(pending)) if chance else 0]:
                _change(names, renaming)
        target.mkdir(parents=True)
        for path, file in sorted(names.items()):
            place = target / Path(path).relative_to(self._root)
            if not place.parent.is_dir() or path.endswith(_REBUILT) or path == str(self._root):
                continue
            if file is None:
                place.mkdir(mode=0o700)
                continue
            survivor = file.survivor(chance)
            if isinstance(survivor, Path):
                shutil.copyfile(survivor, place)
            else:
                place.write_bytes(survivor)

    def _sync(self, inode: int, until: int) -> None:
        known = self._inodes.get(inode)
        if isinstance(known, _File):
            known.sync(until)
            for path, file in self._live.items() if self._is_lenient else ():
                if file is known:
                    self._sync_names(str(Path(path).parent), until)
        elif known is not None:
            self._sync_names(known, until)

    def _sync_names(self, folder: str, until: int) -> None:
        pending = self._pending.get(folder, [])
        for moment, renaming in pending:
            if moment < until:
                _change(self._safe, renaming)
        self._pending[folder] = [found for found in pending if found[0] >= until]

    def _rename(self, record: Record) -> None:
        renaming = self._renaming(record)
        if renaming:
            _change(self._live, renaming)
            parent = str(Path(renaming[-1][0]).parent)
            self._pending.setdefault(parent, []).append((self._now, renaming))

    def _renaming(self, record: Record) -> _Renaming:
        known = self._live.get(record.path)
        if record.op is Op.OPEN:
            if known is not None and self._inodes.get(record.file) is known:
                return []
            file = self._inodes[record.file] = _File()
            return [(record.path, file, True)]
        if record.op is Op.MKDIR:
            self._inodes[record.file] = record.path
            return [(record.path, None, True)]
        if record.op in {Op.UNLINK, Op.RMDIR}:
            return [(record.path, known, False)]
        source = known or _File()  # of a file whose making the library does not see, the content is not known
        gone: _Renaming = [(record.path, known, False)] if record.op is Op.RENAME else []
        return [*gone, (record.new_path, source, True)]


def _change(names: _Names, renaming: _Renaming) -> None:
    for path, file, appears in renaming:
        if appears:
            names[path] = file
        else:
            names.pop(path, None)


def _apply(content: bytearray, record: Record) -> None:
    if record.op is Op.WRITE:
        content.extend(bytes(max(0, record.offset - len(content))))
        content[record.offset : record.offset + len(record.content)] = record.content
        return
    content.extend(bytes(max(0, record.offset - len(content))))
    if record.op is Op.RESIZE:
        del content[record.offset :]


def _torn(record: Record, chance: random.Random) -> Record:
    if record.op is not Op.WRITE:
        return record
    end = (record.offset + chance.randint(0, len(record.content))) // _SECTOR * _SECTOR
    return record._replace(content=record.content[: max(0, end - record.offset)])
