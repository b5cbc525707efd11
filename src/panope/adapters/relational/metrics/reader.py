"""The metrics reader of the relational engines: each question is one read transaction."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from panope.adapters.relational.metrics.aggregates import Aggregates
from panope.adapters.relational.metrics.buckets import BucketCompiler
from panope.adapters.relational.metrics.pieces import Window, pieces
from panope.adapters.relational.metrics.plan import Groups, Plan
from panope.adapters.relational.metrics.rows import RowCompiler
from panope.adapters.relational.metrics.types import DEAR, TypeCompiler, type_dimension
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.reader import ProjectReader
from panope.adapters.relational.session import Dialect, Record, RunRead, Sql
from panope.domain.ids import ProjectId
from panope.kit.clock import now_us
from panope.ports.metrics import MAX_GROUPS
from panope.query.fields import FieldType
from panope.query.metrics.arrange import DimensionValue, MetricsRow
from panope.query.metrics.ast import MetricsQuery
from panope.query.metrics.bounds import too_many_groups, too_many_rows
from panope.query.metrics.registry import Dimension, dimension_of, metadata_key

_FEW: Final = 16
"""Groups of a piece are few when there are so many times more rows: each of them is added here, in Python."""
_decode_texts: Final = msgspec.json.Decoder(tuple[str, ...]).decode


class RelationalMetricsReader(ProjectReader):
    """Everything of the port but `close`. `uses_buckets` is for comparing the two ways to an answer."""

    def __init__(
        self, run: RunRead, dialect: Dialect, aggregates: Aggregates, max_rows: int, *, uses_buckets: bool = True
    ) -> None:
        super().__init__(run, dialect)
        self._aggregates = aggregates
        self._max_rows = max_rows
        self._uses_buckets = uses_buckets

    async def run(self, project_id: ProjectId, query: MetricsQuery) -> list[MetricsRow]:
        """See the port."""
        nothing = [] if query.dimensions or query.granularity else [_empty(query)]
        return await self._read(project_id, lambda reading: self._answer(reading, query), nothing)

    def _answer(self, reading: Reading, query: MetricsQuery) -> list[MetricsRow]:
        question = Question(reading, self._aggregates, query, self._max_rows)
        dimension = type_dimension(query)
        if dimension is not None:
            return question.split_by_type(dimension)
        return question.answer(uses_buckets=self._uses_buckets)


class Question:
    """One question in one read transaction."""

    def __init__(self, reading: Reading, aggregates: Aggregates, query: MetricsQuery, max_rows: int) -> None:
        self._reading = reading
        self._aggregates = aggregates
        self._query = query
        self._max_rows = max_rows
        self._plan = Plan(query)
        self._rows = RowCompiler(reading.dialect, aggregates, reading.project, query)
        self._buckets = BucketCompiler(reading.dialect, aggregates, reading.project, query)
        self._window = Window(query.from_us, query.until_us)

    def answer(self, *, uses_buckets: bool) -> list[MetricsRow]:
        """From the buckets of the whole hours and the rows of what is left, or from rows alone."""
        groups = self._group_hours() if uses_buckets and self._buckets.can_answer(self._plan) else None
        if groups is None:
            reads_payloads = any(metadata_key(name) is not None for name in self._query.dimensions)
            hours = self._bound_rows(self._max_rows // (DEAR if reads_payloads else 1))
            groups = self._group_pieces(hours)
        if groups is None:
            groups = self._group(self._window, is_whole=True)
        if len(groups) > MAX_GROUPS:
            raise too_many_groups(MAX_GROUPS)
        width = len(self._query.dimensions)
        return [_row(self._query, key, width, self._plan.values(found)) for key, found in groups.items()]

    def split_by_type(self, dimension: str) -> list[MetricsRow]:
        """From the packed details of all observations."""
        self._bound_rows(self._max_rows // DEAR)
        compiler = TypeCompiler(self._rows, self._query, dimension)
        width = len(self._query.dimensions)
        found = compiler.group(self._execute(compiler.listed(self._window)))
        if len(found) > MAX_GROUPS:
            raise too_many_groups(MAX_GROUPS)
        return [_row(self._query, key, width, values) for key, values in found]

    def _group_hours(self) -> Groups | None:
        """From the buckets of whole hours and the rows of what is left; None where they do not tell."""
        hours = self._buckets.hours()
        if hours is None:
            return None
        try:
            sql = self._buckets.grouped(self._plan, hours)
            records = self._aggregates.execute(self._reading.session, sql)
        except OverflowError:
            return None
        groups = self._buckets.read(self._rows, self._plan, records)
        for edge in (Window(self._query.from_us, hours.from_us), Window(hours.until_us, self._query.until_us)):
            if edge.from_us < edge.until_us:
                self._plan.add(groups, self._group(edge, is_whole=False))
        return groups

    def _group_pieces(self, hours: Sequence[Record]) -> Groups | None:
        """Piece after piece; None where one statement is better."""
        rows_at_once = self._aggregates.rows_at_once
        is_sorted = bool(self._query.dimensions) or self._query.granularity is not None
        if rows_at_once is None or not hours or not is_sorted or not self._plan.is_additive:
            return None
        groups: Groups = {}
        for piece in pieces(self._window, hours, rows_at_once):
            found = self._group(piece, is_whole=False)
            self._plan.add(groups, found)
            if len(found) > max(_FEW, rows_at_once // _FEW) or len(groups) > MAX_GROUPS:
                return None
        return groups

    def _group(self, window: Window, *, is_whole: bool) -> Groups:
        def compiled() -> Sql:
            return self._rows.grouped(self._plan, window, max_groups=MAX_GROUPS, is_whole=is_whole)

        session = self._reading.session
        try:
            records = self._aggregates.execute(session, compiled())
        except OverflowError:
            self._rows.is_wide = True
            records = self._aggregates.execute(session, compiled())
        return self._rows.read(self._plan, records)

    def _are_few(self, max_rows: int) -> bool:
        """Whether no window can hold too many, as the table does not; not asked where the hours are needed anyway."""
        if self._aggregates.rows_at_once is not None:
            return False
        [(most,)] = self._execute(self._rows.largest_key())
        return int(most or 0) <= max_rows

    def _execute(self, sql: Sql) -> list[Record]:
        return self._reading.session.execute(sql.text, sql.params)

    def _bound_rows(self, max_rows: int) -> Sequence[Record]:
        """Refuse a window with too many rows, unless a condition leads to few; the hours and their rows if needed."""
        if self._rows.is_selective or self._are_few(max_rows):
            return ()
        counted = self._buckets.count_rows()
        hours = () if counted is None else self._execute(counted)
        if counted is None:
            [(count,)] = self._execute(self._rows.count_rows(max_rows + 1))
        else:
            count = sum(rows for _, rows in hours)
        if count > max_rows:
            raise too_many_rows(self._query, int(count), max_rows, now_us())
        return hours


def _row(query: MetricsQuery, key: tuple[Any, ...], width: int, values: tuple[Any, ...]) -> MetricsRow:
    named = zip(query.dimensions, key[:width], strict=True)
    read = tuple(_read(dimension_of(query.view, name), value) for name, value in named)
    return MetricsRow(read, key[width] if query.granularity is not None else None, values)


def _read(dimension: Dimension | None, value: Any) -> DimensionValue:
    assert dimension is not None
    if dimension.type is FieldType.STRING_LIST:
        return _decode_texts(value) if value else ()
    if dimension.type is FieldType.BOOLEAN and value is not None:
        return bool(value)
    known: DimensionValue = value
    return known


def _empty(query: MetricsQuery) -> MetricsRow:
    """The one group of a project that never had telemetry."""
    plan = Plan(query)
    return MetricsRow((), None, plan.values(plan.nothing()))
