"""List query → statements: the keys of one page, and how many rows match.

Only keys are read in the order of the sort; the rows of the page follow by key. So a deep page walks an index alone,
and a sort without an index carries no wide rows.
"""

from typing import Final

from msgspec import Struct

from panope.adapters.relational.columns import ALIASES, COLUMNS, SELECTIVE, Column
from panope.adapters.relational.conditions import ConditionCompiler, join
from panope.adapters.relational.session import Dialect, Sql
from panope.domain.errors import InvalidError
from panope.domain.events import EntityKind
from panope.query.ast import And, Condition, Keyset, ListQuery, Node, Op, Sort
from panope.query.fields import View

_TABLES: Final = {
    View.TRACES: "trace",
    View.OBSERVATIONS: "observation",
    View.SCORES: "score",
    View.SESSIONS: "session",
}
_BUCKETS: Final = {
    View.TRACES: (EntityKind.TRACE, {"environment": "b.environment"}),
    View.OBSERVATIONS: (EntityKind.OBSERVATION, {"environment": "b.environment", "type": "b.name"}),
}
_RARE: Final = frozenset({"id", "trace_id", "observation_id", "session_id", "dataset_run_id", "user_id"})
"""Fields of which one value has few rows."""
_TAG_COLUMNS: Final = {
    **COLUMNS[View.TRACES],
    "timestamp": Column("g.timestamp_us", is_nullable=False),
    "id": Column("g.trace_id", is_nullable=False),
}


class _Source(Struct, frozen=True):
    """Where the rows of a query come from."""

    tables: str
    scope: Sql
    columns: dict[str, Column]
    """What each field is here."""
    where: Node
    driver: str | None
    """The field whose equality picks the index."""
    is_many: bool = False
    """Whether it equals one of several texts, so that the index does not give the order."""


class ListCompiler:
    """Compiles list queries of one view."""

    def __init__(self, dialect: Dialect, view: View) -> None:
        self._dialect = dialect
        self._view = view
        self._alias = ALIASES[view]

    def keys(self, project: int, query: ListQuery) -> Sql:
        """Keys of one page, in its order."""
        source = self._source(project, query.where)
        pieces = [source.scope, *self._conditions(source, query)]
        value, row_id = _sort_columns(self._view, source.columns, query.sort)
        if query.after is not None:
            pieces.append(_after(value, row_id, query.after, is_descending=query.sort.descending))
        matches = join("AND", pieces)
        order = self._order(source, value, row_id, "DESC" if query.sort.descending else "ASC")
        text = f"SELECT {self._alias}.key FROM {source.tables} WHERE {matches.text} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        return Sql(text, (*matches.params, query.limit, query.offset))

    def count(self, project: int, where: Node) -> Sql:
        """How many rows match: from the time buckets when they know."""
        summed = self._count_from_buckets(project, where)
        if summed is not None:
            return summed
        source = self._source(project, where)
        matches = join("AND", [source.scope, *self._conditions(source)])
        return Sql(f"SELECT count(*) FROM {source.tables} WHERE {matches.text}", matches.params)  # noqa: S608

    def _order(self, source: _Source, value: Column, row_id: Column, direction: str) -> str:
        if value.sql == row_id.sql:
            return f"{row_id.sql} {direction}"
        # Without this, SQLite would rather walk the whole project in order than sort the few rows of several ids.
        sort = self._dialect.unindexed(value.sql) if source.is_many else value.sql
        nulls = " NULLS LAST" if value.is_nullable else ""
        return f"{sort} {direction}{nulls}, {row_id.sql} {direction}"

    def _source(self, project: int, where: Node) -> _Source:
        equalities = _equalities(_conjuncts(where))
        driver = next((name for name in SELECTIVE[self._view] if name in equalities), None)
        is_many = driver is not None and len(equalities[driver]) > 1
        if self._view is View.TRACES and driver == "tags":
            tables = f"trace_tag g {self._dialect.forced_join} trace t ON t.project = g.project AND t.id = g.trace_id"
            tag = self._dialect.equals(Sql("g.tag"), equalities["tags"][0])
            scope = Sql(f"g.project = ? AND {tag.text}", (project, *tag.params))
            return _Source(tables, scope, _TAG_COLUMNS, where, driver)
        columns = COLUMNS[self._view]
        alias = self._alias
        of_trace = f"{alias}.project = t.project AND {alias}.trace_id = t.id"
        if driver is not None and columns[driver].needs_trace:
            tables = f"trace t {self._dialect.forced_join} {_TABLES[self._view]} {alias} ON {of_trace}"
            return _Source(tables, Sql("t.project = ?", (project,)), columns, where, driver)
        tables = f"{_TABLES[self._view]} {alias}"
        if ConditionCompiler(self._dialect, self._view).needs_trace(where):
            tables = f"{tables} LEFT JOIN trace t ON t.project = {alias}.project AND t.id = {alias}.trace_id"
        owner = f"{alias}.project" if driver in _RARE else self._dialect.walked_project.format(alias)
        return _Source(tables, Sql(f"{owner} = ?", (project,)), columns, where, driver, is_many)

    def _conditions(self, source: _Source, query: ListQuery | None = None) -> list[Sql]:
        """The conditions, with every field but the driver kept away from the choice of an index.

        SQLite keeps no statistics here and would take an environment that all rows share for as good as a user.
        """
        columns = dict(source.columns)
        for name in SELECTIVE[self._view]:
            is_weak = name == "environment" or source.driver is not None
            if name in columns and name != source.driver and is_weak:
                columns[name] = self._unindexed(columns[name])
        compiler = ConditionCompiler(self._dialect, self._view, columns)
        implied = ConditionCompiler(self._dialect, self._view, self._without_sort(columns, query))
        return [
            (implied if _is_implied(node, query) else compiler).compile(node)
            for node in _conjuncts(source.where)
            if not _is_scope(node, source.driver)
        ]

    def _without_sort(self, columns: dict[str, Column], query: ListQuery | None) -> dict[str, Column]:
        """The columns, that of the sort kept away from the choice of an index."""
        name = query.sort.field if query is not None else None
        return {**columns, name: self._unindexed(columns[name])} if name in columns else columns

    def _unindexed(self, column: Column) -> Column:
        return Column(self._dialect.unindexed(column.sql), column.is_nullable, column.needs_trace)

    def _count_from_buckets(self, project: int, where: Node) -> Sql | None:
        if self._view not in _BUCKETS:
            return None
        kind, names = _BUCKETS[self._view]
        pieces = [Sql("b.project = ? AND b.kind = ?", (project, str(kind)))]
        for node in _conjuncts(where):
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


def _conjuncts(node: Node) -> list[Node]:
    """The parts that must all hold."""
    if isinstance(node, And):
        return [part for child in node.nodes for part in _conjuncts(child)]
    return [node]


def _equalities(nodes: list[Node]) -> dict[str, tuple[str, ...]]:
    """Fields that must equal a text, or one of several where each is rare; of tags, one that must be there."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if not isinstance(node, Condition) or node.key is not None:
            continue
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        texts = tuple(value for value in values if isinstance(value, str) and value)
        if len(texts) != len(values) or not texts:
            continue
        if node.op is Op.ALL_OF:
            found.setdefault(node.field, texts[:1])
        elif node.op is Op.EQ or (node.op is Op.ANY_OF and (len(texts) == 1 or node.field in _RARE)):
            found.setdefault(node.field, texts)
    return found


def _is_single(condition: Condition) -> bool:
    """Whether a condition names one text that must be there."""
    value = condition.value
    return condition.op in (Op.ANY_OF, Op.ALL_OF) and isinstance(value, tuple) and len(value) == 1


def _is_implied(node: Node, query: ListQuery | None) -> bool:
    """Whether a condition bounds the sort on the side where the keyset does: two bounds make SQLite miss the index."""
    if query is None or query.after is None or not isinstance(node, Condition):
        return False
    bounds = (Op.LT, Op.LE) if query.sort.descending else (Op.GT, Op.GE)
    return node.field == query.sort.field and node.op in bounds


def _is_scope(node: Node, driver: str | None) -> bool:
    """Whether a condition says no more than the entry of `trace_tag` that drives the query."""
    return driver == "tags" and isinstance(node, Condition) and node.field == "tags" and _is_single(node)


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
