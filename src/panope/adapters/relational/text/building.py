"""What one step of the index reads and works out, in a read transaction. Nothing here writes."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from panope.adapters.relational.segments.heads import fetch_parts, unpack
from panope.adapters.relational.session import Dialect, Session, listed
from panope.adapters.relational.text.describing import SOURCES
from panope.domain.text.segments import GROUP_ROWS, MAX_GROUPS, Head, Segment

if TYPE_CHECKING:
    from panope.domain.text.building import SegmentBuilder

_SEGMENT_ROWS: Final = 4_096
_SEGMENT_CHARS: Final = 32_000_000
"""Of texts that one step reads: it is to be over soon, and others wait for its snapshot."""
_SEGMENT_BYTES: Final = 20 << 20
"""What is collected of a segment before it is built: that takes up to four times as much."""
_GROUP_CHARS: Final = 32_000
_MAX_ROWS: Final = MAX_GROUPS
"""Of a segment that is made of others: each may be a group of its own."""
_MAX_BYTES: Final = 32 << 20
"""What is collected of the others: uniting them takes up to two and a half times as much."""
_AT_ONCE: Final = 200
"""Rows whose texts are in memory at once."""
_MAX_CHANGES: Final = 5_000
_SETTLED_US: Final = 3_000_000
"""After so long, what changed is indexed however little it is."""
_PURGE_US: Final = 600_000_000
"""After so long, the tokens of what was deleted are taken out."""
_PURGED_AT_ONCE: Final = 50_000
"""Keys of what was deleted that one step is about: of a note of more, the rest waits for the next."""
_MERGED: Final = 8
"""So many segments of about one size become one, or as many of them as fit."""
_LEAST: Final = 4
"""Fewer are not worth it: what is written again and again for the sake of a few rows is never done."""
_BACKLOG_ROWS: Final = _MAX_ROWS // _LEAST + 1
"""Of a segment of a backlog: so many that it need not be united."""
_OWN: Final = {"trace": ("id", "name", "user_id"), "observation": ("id", "name")}


class Patience(Struct, frozen=True):
    """How long what is little may wait, in µs."""

    settled_us: int = _SETTLED_US
    purge_us: int = _PURGE_US
    segment_rows: int = _SEGMENT_ROWS


class Step(Struct, kw_only=True):
    """What is to be written in one transaction."""

    rows: int
    source: str
    segment: Segment | None = None
    changes: list[int] = field(default_factory=list)
    """Notes that are done."""
    left: tuple[int, int] | None = None
    """A note, and the first key that it is still about."""
    replaced: list[int] = field(default_factory=list)
    """Segments that go."""
    again: list[int] = field(default_factory=list)
    """Keys of rows that have to be indexed again."""


def plan_step(
    session: Session, dialect: Dialect, project: int, patience: Patience, sizes: dict[int, int] | None = None
) -> Step | None:
    """The most useful step, or None when nothing is worth one.

    `sizes` are those of segments by key, in bytes of memory, to be given again: they never change.
    """
    planner = _Planner(session, dialect, project, patience, {} if sizes is None else sizes)
    return planner.index() or planner.purge() or planner.merge()


class _Planner:
    def __init__(
        self, session: Session, dialect: Dialect, project: int, patience: Patience, sizes: dict[int, int]
    ) -> None:
        self._session = session
        self._dialect = dialect
        self._project = project
        self._patience = patience
        self._sizes = sizes

    def index(self) -> Step | None:
        """A segment of rows that changed: when there are many, or when one has waited for long."""
        waiting = self._changes(is_gone=False)
        due: dict[str, list[Any]] = {}
        for source in SOURCES:
            changes = [change for change in waiting if change[1] == source]
            rows = _rows(changes)
            waited = max((change[4] for change in changes), default=-1)
            if rows >= self._patience.segment_rows or waited >= self._patience.settled_us:
                due[source] = changes
        if not due:
            return None
        source = max(due, key=lambda name: _rows(due[name]))
        return self._build(source, due[source])

    def purge(self) -> Step | None:
        """One segment without its rows that are gone; or the notes of those, when no segment has any."""
        for source, noted in groupby(self._changes(is_gone=True), key=lambda change: change[1]):
            gone = list(noted)
            if max(change[4] for change in gone) < self._patience.purge_us:
                continue
            keys, step = _next_gone(source, gone)
            # Where keys are given anew, one that went may be that of a row that came. What the old row said then stays
            # until the segments that have both are united.
            dead = keys - self._alive(source, sorted(keys))
            for segment, head in self._segments(source):
                if not dead.isdisjoint(head.keys):
                    return self._unite(source, [(segment, head)])
            return step
        return None

    def merge(self) -> Step | None:
        """One segment of several of about its size. Those that are large enough stay as they are."""
        sql = (
            "SELECT s.key, s.row_count FROM text_segment s "
            "WHERE s.project = ? AND s.source = ? AND s.row_count <= ? ORDER BY s.row_count, s.key"
        )
        for source in SOURCES:
            tiers: dict[int, list[tuple[int, int]]] = {}
            for key, rows in self._session.execute(sql, (self._project, source, _MAX_ROWS // _LEAST)):
                tiers.setdefault((int(rows).bit_length() - 1) // 3, []).append((key, int(rows)))
            for alike in tiers.values():
                fitting = self._fitting(source, alike) if len(alike) >= _MERGED else []
                if len(fitting) >= _LEAST:
                    return self._unite(source, list(self._segments(source, fitting)))
        return None

    def _fitting(self, source: str, alike: Sequence[tuple[int, int]]) -> list[int]:
        """As many of these segments as fit into one, the smallest first: those of few rows may be the largest."""
        unknown = [key for key, _ in alike if key not in self._sizes]
        self._sizes.update((key, head.held_bytes) for key, head in self._segments(source, unknown))
        found, rows, size = [], 0, 0
        # One whose size is not found went meanwhile.
        by_size = sorted((self._sizes.get(key, _MAX_BYTES + 1), key, more) for key, more in alike)
        for more, key, more_rows in by_size:
            if rows + more_rows <= _MAX_ROWS and size + more <= _MAX_BYTES:
                found.append(key)
                rows, size = rows + more_rows, size + more
        return found

    def _changes(self, *, is_gone: bool) -> list[Any]:
        """Notes as (key, source, first key, last key, µs that they wait), by source and then the oldest first."""
        sql = (
            f"SELECT c.key, c.source, c.first_key, c.last_key, {self._dialect.now_us} - c.noted_us "  # noqa: S608
            "FROM text_change c WHERE c.project = ? AND c.is_gone = ? ORDER BY c.source, c.key LIMIT ?"
        )
        return list(self._session.execute(sql, (self._project, int(is_gone), _MAX_CHANGES)))

    def _build(self, source: str, changes: Sequence[Any]) -> Step:
        """A segment of rows that changed. A row that changed twice is in one group, with the notes before it done."""
        grouping = _Grouping()
        most = _BACKLOG_ROWS if _rows(changes) >= _BACKLOG_ROWS else self._patience.segment_rows
        step = Step(rows=0, source=source)
        for change, _, first, last, _ in changes:
            for key, pieces in self._texts(source, first, last):
                if grouping.rows >= most or grouping.is_full:
                    step.left = (change, key)
                    break
                grouping.add(key, pieces)
            if step.left is not None:
                break
            step.changes.append(change)
        step.segment = grouping.build()
        step.rows = grouping.rows or len(step.changes)
        return step

    def _texts(self, source: str, first: int, last: int) -> Iterator[tuple[int, list[str]]]:
        """What is indexed of each row of a range, by key."""
        columns = ", ".join(f"p.{name}" for name in self._dialect.payload_columns)
        own = ", ".join(f"r.{name}" for name in _OWN[source])
        sql = (
            f"SELECT r.key, {own}, {columns} FROM {source} r "  # noqa: S608
            f"LEFT JOIN {source}_payload p ON p.key = r.key "
            "WHERE r.key BETWEEN ? AND ? AND +r.project = ? ORDER BY r.key LIMIT ?"
        )
        width = 1 + len(_OWN[source])
        while True:
            records = self._session.execute(sql, (first, last, self._project, _AT_ONCE))
            for record in records:
                parts = self._dialect.unpack(record[width:])
                pieces = [*record[1:width], *((parts.input, parts.output) if parts else ())]
                yield record[0], [piece for piece in pieces if piece]
            if len(records) < _AT_ONCE:
                return
            first = records[-1][0] + 1

    def _segments(self, source: str, keys: Sequence[int] | None = None) -> Iterator[tuple[int, Head]]:
        if keys is None:
            found = self._session.execute(
                "SELECT s.key FROM text_segment s WHERE s.project = ? AND s.source = ? ORDER BY s.key",
                (self._project, source),
            )
            keys = [record[0] for record in found]
        for key in keys:
            for (head,) in self._session.execute("SELECT s.head FROM text_segment s WHERE s.key = ?", (key,)):
                yield key, Head(unpack(head))

    def _unite(self, source: str, segments: Sequence[tuple[int, Head]]) -> Step:
        """One segment of several, without the groups of rows that are gone or in two; what is left of these is next."""
        seen: set[int] = set()
        twice: set[int] = set()
        for _, head in segments:
            twice |= seen.intersection(head.keys)
            seen |= set(head.keys)
        alive = self._alive(source, sorted(seen))
        without = frozenset((seen - alive) | twice)
        builder = _new_builder()
        left_out: set[int] = set()
        for key, head in segments:
            left_out.update(builder.add_segment(head, partial(fetch_parts, self._session, self._dialect, key), without))
        return Step(
            rows=len(seen),
            source=source,
            segment=builder.build() if builder.rows else None,
            replaced=[key for key, _ in segments],
            again=sorted(left_out & alive),
        )

    def _alive(self, source: str, keys: Sequence[int]) -> set[int]:
        rows = listed(self._dialect, keys)
        sql = (
            f"SELECT r.key FROM {rows.text} {self._dialect.forced_join} {source} r ON r.key = w.value "  # noqa: S608
            "WHERE +r.project = ?"
        )
        return {record[0] for record in self._session.execute(sql, (*rows.params, self._project))}


def _new_builder() -> "SegmentBuilder":
    from panope.domain.text.building import SegmentBuilder  # noqa: PLC0415  # brings NumPy along

    return SegmentBuilder()


def _next_gone(source: str, notes: Sequence[Any]) -> tuple[set[int], Step]:
    """The first keys of these notes, as many as are looked for at once, and the step that they are done with."""
    keys: set[int] = set()
    step = Step(rows=0, source=source)
    for note, _, first, last, _ in notes:
        end = min(last + 1, first + _PURGED_AT_ONCE - len(keys))
        keys.update(range(first, end))
        if end <= last:
            step.left = (note, end)
            break
        step.changes.append(note)
    step.rows = len(keys)
    return keys, step


def _rows(changes: Sequence[Any]) -> int:
    """How many rows notes are about at most."""
    return sum(last - first + 1 for _, _, first, last, _ in changes)


class _Grouping:
    """Puts rows into groups: neighbours, as long as their texts are short."""

    def __init__(self) -> None:
        self._builder = _new_builder()
        self._seen: set[int] = set()
        self._keys: list[int] = []
        self._texts: list[str] = []
        self._group_chars = 0
        self._chars = 0

    @property
    def rows(self) -> int:
        return len(self._seen)

    @property
    def is_full(self) -> bool:
        return self._chars >= _SEGMENT_CHARS or self._builder.held_bytes >= _SEGMENT_BYTES

    def add(self, key: int, pieces: Sequence[str]) -> None:
        if key in self._seen:
            return
        self._seen.add(key)
        chars = sum(map(len, pieces))
        if self._keys and (len(self._keys) == GROUP_ROWS or self._group_chars + chars > _GROUP_CHARS):
            self._close()
        self._keys.append(key)
        self._texts += pieces
        self._group_chars += chars
        self._chars += chars

    def build(self) -> Segment | None:
        if self._keys:
            self._close()
        return self._builder.build() if self._seen else None

    def _close(self) -> None:
        self._builder.add(self._keys, self._texts)
        self._keys, self._texts, self._group_chars = [], [], 0
