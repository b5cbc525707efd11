"""What is kept of the index of texts between searches."""

from collections.abc import Sequence
from typing import Any

from panope.adapters.relational.segments.heads import Heads, pack
from panope.adapters.sqlite.dialect import SqliteDialect
from panope.domain.text.segments import Head, SegmentBuilder

DIALECT = SqliteDialect()
SCOPE = (1, "observation")
OTHER = (2, "observation")


class Stored:
    """A session that knows segments by key, and notes which were asked for."""

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = keys
        self.asked: list[int] = []

    def execute(self, sql: str, params: Sequence[Any]) -> list[tuple[int, bytes]]:
        asked = [key for key in self.keys if str(key) in str(params)]
        self.asked += asked
        return [(key, pack(_head(key))) for key in asked]


def _head(key: int) -> bytes:
    builder = SegmentBuilder()
    builder.add([key], [b"word"])
    segment = builder.build()
    return segment.head


def test_a_reader_keeps_what_a_later_one_knows_to_be_gone() -> None:
    heads = Heads()
    stored: Any = Stored([101, 102, 103])
    assert [key for key, _ in heads.read(stored, DIALECT, SCOPE, [101, 102, 103])] == [101, 102, 103]
    earlier = heads.read(stored, DIALECT, SCOPE, [101, 102, 103])
    assert next(earlier)[0] == 101
    later: Any = Stored([104])
    assert [key for key, _ in heads.read(later, DIALECT, SCOPE, [104])] == [104]
    assert [key for key, _ in earlier] == [102, 103]


def test_many_segments_survive_a_later_reader_between_two_statements() -> None:
    heads = Heads()
    keys = list(range(200, 240))
    stored: Any = Stored(keys)
    assert len(list(heads.read(stored, DIALECT, SCOPE, keys))) == 40
    earlier = heads.read(stored, DIALECT, SCOPE, keys)
    first = next(earlier)[0]
    list(heads.read(stored, DIALECT, SCOPE, []))
    assert [first, *(key for key, _ in earlier)] == keys


def test_what_nobody_asks_for_makes_room() -> None:
    size = Head(_head(301)).size
    heads = Heads(max_bytes=2 * size)
    stored: Any = Stored([301, 302, 303, 304, 305])
    list(heads.read(stored, DIALECT, OTHER, [301, 302]))
    list(heads.read(stored, DIALECT, SCOPE, [303, 304, 305]))
    stored.asked.clear()
    list(heads.read(stored, DIALECT, SCOPE, [303, 304, 305]))
    assert stored.asked == [305]
