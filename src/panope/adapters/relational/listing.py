"""List query → statements: the keys of one page, and how many rows match.

Only keys are read in the order of the sort; the rows of the page follow by key. So a deep page walks an index alone,
and a sort without an index carries no wide rows.
"""

from collections.abc import Sequence
from typing import Final

from panope.adapters.relational.columns import ALIASES, SELECTIVE, Column
from panope.adapters.relational.conditions import ConditionCompiler, join
from panope.adapters.relational.session import Dialect, Sql
from panope.adapters.relational.sources import (
    Source,
    conjuncts,
    find_score_condition,
    find_source,
    find_source_among,
    scores_of_name,
)
from panope.domain.errors import InvalidError
from panope.domain.events import EntityKind
from panope.domain.rollups import counter_kind
from panope.query.ast import Condition, Keyset, ListQuery, Node, Op, Sort
from panope.query.fields import View

_COUNTERS: Final = {
    View.TRACES: (EntityKind.TRACE, {"environment": "b.environment"}),
    View.OBSERVATIONS: (EntityKind.OBSERVATION, {"environment": "b.environment", "type": "b.name"}),
}
WALKED: Final = frozenset({"id", "timestamp", "start_time", "created_at"})
"""Fields of a sort that an index has."""
_SECOND: Final = "2"
"""A column of a statement by its position."""
_PROBED: Final = 5_000
"""Scores of one name that are few: looking up their traces costs less than to walk past those of the others."""


class ListCompiler:
    """Compiles list queries of one view."""

    def __init__(self, dialect: Dialect, view: View, among: Sequence[int] | None = None) -> None:
        """`among` are the keys of rows that hold all that match, if they are known."""
        self._dialect = dialect
        self.among = among
        self.has_few_scores = False
        """Whether the rows are found by the scores of a name, which few have: see `probe`."""
        self.view = view
        self._alias = ALIASES[view]

    def probe(self, project: int, where: Node) -> Sql | None:
        """A statement whose number is to be compared with `is_few`; None when no condition on scores may help."""
        condition = find_score_condition(self.view, where) if self.among is None else None
        if condition is None:
            return None
        named = scores_of_name(self._dialect, project, condition, "1")
        return Sql(f"SELECT count(*) FROM ({named.text} LIMIT {_PROBED}) n", named.params)  # noqa: S608

    @staticmethod
    def is_few(count: int) -> bool:
        """Whether so many scores are few enough to start from."""
        return count < _PROBED

    def keys(self, project: int, query: ListQuery, *, with_values: bool = False, with_ids: bool = False) -> Sql:
        """Keys of one page, in its order; if asked for, each with the value of the sort where it takes parts.

        Then with the id: it breaks ties, so that it is at hand anyway.
        """
        source = self._source(project, query.where)
        pieces = [source.scope, *self._conditions(source, query)]
        value, row_id = _sort_columns(self.view, source.columns, query.sort)
        if query.after is not None:
            pieces.append(_after(value, row_id, query.after, is_descending=query.sort.descending))
        matches = join("AND", pieces)
        selected = f"{self._alias}.key"
        if with_values and "SELECT" in value.sql:
            # Sorted by its position, it is worked out once for each row.
            selected, value = f"{selected}, {value.sql}", Column(_SECOND, value.is_nullable)
        if with_ids:
            selected = f"{selected}, {row_id.sql}"
        order = self._order(source, value, row_id, "DESC" if query.sort.descending else "ASC")
        text = f"SELECT {selected} FROM {source.tables.text} WHERE {matches.text} "  # noqa: S608
        text += f"ORDER BY {order} LIMIT ? OFFSET ?"
        is_scan = _reads_one_table(text) and query.sort.field not in WALKED
        return Sql(text, (*source.tables.params, *matches.params, query.limit, query.offset), is_scan)

    def count(self, project: int, where: Node, *, limit: int | None = None) -> Sql:
        """How many rows match: from the counters when they know, else by looking at no more than `limit` that do."""
        summed = self._count_from_counters(project, where)
        if summed is not None:
            return summed
        source = self._source(project, where)
        matches = join("AND", [source.scope, *self._conditions(source)])
        tables = Sql("trace_tag g") if _is_told_by_tags(source) else source.tables
        if limit is not None:
            text = f"SELECT count(*) FROM (SELECT 1 FROM {tables.text} WHERE {matches.text} LIMIT ?) n"  # noqa: S608
            return Sql(text, (*tables.params, *matches.params, limit))
        text = f"SELECT count(*) FROM {tables.text} WHERE {matches.text}"  # noqa: S608
        return Sql(text, (*tables.params, *matches.params), _reads_one_table(text))

    def tally(self, project: int, where: Node, keys: Sequence[str], limit: int) -> Sql:
        """How many matching rows have the same keys, which are expressions; the count comes last."""
        matching = self.matching(project, where)
        positions = ", ".join(str(position) for position in range(1, len(keys) + 1))
        text = f"SELECT {', '.join(keys)}, count(*) {matching.text} GROUP BY {positions} LIMIT ?"
        return Sql(text, (*matching.params, limit), _reads_one_table(text))

    def matching(self, project: int, where: Node) -> Sql:
        """FROM and WHERE of the rows that match."""
        source = self._source(project, where)
        matches = join("AND", [source.scope, *self._conditions(source)])
        return Sql(f"FROM {source.tables.text} WHERE {matches.text}", (*source.tables.params, *matches.params))

    def _source(self, project: int, where: Node) -> Source:
        if self.among is not None:
            return find_source_among(self._dialect, self.view, project, where, self.among)
        few = find_score_condition(self.view, where) if self.has_few_scores else None
        return find_source(self._dialect, self.view, project, where, few)

    def _order(self, source: Source, value: Column, row_id: Column, direction: str) -> str:
        if value.sql == row_id.sql:
            return f"{row_id.sql} {direction}"
        # Without this, SQLite would rather walk the whole project in order than sort the few rows of several ids.
        is_bare = value.sql == _SECOND or not source.is_sorted
        sort = value.sql if is_bare else self._dialect.unindexed(value.sql)
        nulls = " NULLS LAST" if value.is_nullable else ""
        return f"{sort} {direction}{nulls}, {row_id.sql} {direction}"

    def _conditions(self, source: Source, query: ListQuery | None = None) -> list[Sql]:
        """The conditions, with every field but the driver kept away from the choice of an index.

        SQLite keeps no statistics here and would take an environment that all rows share for as good as a user.
        """
        columns = dict(source.columns)
        for name in SELECTIVE[self.view]:
            is_weak = name == "environment" or source.driver is not None
            if name in columns and name != source.driver and is_weak:
                columns[name] = self._unindexed(columns[name])
        compiler = ConditionCompiler(self._dialect, self.view, columns)
        implied = ConditionCompiler(self._dialect, self.view, self._without_sort(columns, query))
        return [
            (implied if _is_implied(node, query) else compiler).compile(node)
            for node in conjuncts(source.where)
            if not _is_scope(node, source)
        ]

    def _without_sort(self, columns: dict[str, Column], query: ListQuery | None) -> dict[str, Column]:
        """The columns, that of the sort kept away from the choice of an index."""
        name = query.sort.field if query is not None else None
        return {**columns, name: self._unindexed(columns[name])} if name in columns else columns

    def _unindexed(self, column: Column) -> Column:
        return Column(self._dialect.unindexed(column.sql), column.is_nullable, column.needs_trace)

    def _count_from_counters(self, project: int, where: Node) -> Sql | None:
        if self.view not in _COUNTERS:
            return None
        kind, names = _COUNTERS[self.view]
        pieces = [Sql("b.project = ? AND b.kind = ? AND b.hour_us = 0", (project, counter_kind(kind)))]
        for node in conjuncts(where):
            if not isinstance(node, Condition) or node.field not in names:
                return None
            column = names[node.field]
            if node.op is Op.EQ and node.value:
                pieces.append(Sql(f"{column} = ?", (node.value,)))
            elif node.op is Op.ANY_OF and isinstance(node.value, tuple) and node.value:
                pieces.append(self._dialect.is_in(column, node.value))
            else:
                return None
        matches = join("AND", pieces)
        return Sql(f"SELECT coalesce(sum(b.count), 0) FROM bucket b WHERE {matches.text}", matches.params)  # noqa: S608


def _reads_one_table(text: str) -> bool:
    """Whether a statement reads one table alone; unless it ends early, as a page in the order of time does, a scan."""
    return text.count("SELECT") == 1 and not any(word in text for word in ("JOIN", "trace_tag", "bucket"))


def _is_implied(node: Node, query: ListQuery | None) -> bool:
    """Whether a condition bounds the sort on the side where the keyset does: two bounds make SQLite miss the index."""
    if query is None or query.after is None or not isinstance(node, Condition):
        return False
    bounds = (Op.LT, Op.LE) if query.sort.descending else (Op.GT, Op.GE)
    return node.field == query.sort.field and node.op in bounds


def _is_scope(node: Node, source: Source) -> bool:
    """Whether a condition says no more than that there is the entry of `trace_tag` that drives the query."""
    if source.tag is None or not isinstance(node, Condition) or node.field != "tags":
        return False
    return node.op in (Op.ANY_OF, Op.ALL_OF) and node.value == (source.tag,)


def _is_told_by_tags(source: Source) -> bool:
    """Whether a query is about nothing but what the entries of the tag that drives it hold themselves."""
    return source.tag is not None and all(
        _is_scope(node, source) or (isinstance(node, Condition) and node.field in ("timestamp", "id"))
        for node in conjuncts(source.where)
    )


def _sort_columns(view: View, columns: dict[str, Column], sort: Sort) -> tuple[Column, Column]:
    value = columns.get(sort.field)
    if value is None:
        message = f"{view} cannot be sorted by {sort.field}"
        raise InvalidError(message, code="invalid_sort")
    return value, columns["id"]


def _after(value: Column, row_id: Column, after: Keyset, *, is_descending: bool) -> Sql:
    """Strictly after a row in the order of the sort, nulls last."""
    sign = "<" if is_descending else ">"
    if value.sql == row_id.sql:
        return Sql(f"{row_id.sql} {sign} ?", (after.id,))
    if after.value is None:
        return Sql(f"{value.sql} IS NULL AND {row_id.sql} {sign} ?", (after.id,))
    if not value.is_nullable:
        return Sql(f"({value.sql}, {row_id.sql}) {sign} (?, ?)", (after.value, after.id))
    text = f"{value.sql} {sign} ? OR ({value.sql} = ? AND {row_id.sql} {sign} ?) OR {value.sql} IS NULL"
    return Sql(text, (after.value, after.value, after.id))
