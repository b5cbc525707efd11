"""Groups from the time buckets: what they know, whole hours of it, at a cost that does not grow with what happened."""

from typing import Final

from panope.adapters.relational.columns import Column
from panope.adapters.relational.conditions import ConditionCompiler, join
from panope.adapters.relational.metrics.aggregates import Aggregates
from panope.adapters.relational.metrics.pieces import Window
from panope.adapters.relational.metrics.plan import Groups, Need, Part, Plan
from panope.adapters.relational.metrics.rows import RowCompiler
from panope.adapters.relational.session import Dialect, Record, Sql
from panope.adapters.relational.sources import conjuncts
from panope.adapters.relational.steps import step_number
from panope.domain.events import EntityKind
from panope.domain.rollups import HOUR_US
from panope.query.ast import And, Condition, Node, Not, Op, Or, Some
from panope.query.fields import View
from panope.query.grid import Grid
from panope.query.metrics.ast import MetricsQuery, MetricsView
from panope.query.metrics.registry import FIELDS
from panope.query.metrics.windows import grid_of

_KINDS: Final = {MetricsView.TRACES: EntityKind.TRACE, MetricsView.OBSERVATIONS: EntityKind.OBSERVATION}
_FIELDS: Final = {
    MetricsView.TRACES: {"environment": "b.environment", "name": "b.name"},
    MetricsView.OBSERVATIONS: {
        "environment": "b.environment",
        "type": "b.name",
        "provided_model_name": "b.model",
    },
}
_MONTHS: Final = frozenset({"timestamp_month", "start_time_month"})
_TOTALS: Final = {
    MetricsView.TRACES: frozenset({"count"}),
    MetricsView.OBSERVATIONS: frozenset({"count", "input_tokens", "output_tokens", "total_tokens", "total_cost"}),
}
_ALWAYS_THERE: Final = frozenset({"count", "input_tokens", "output_tokens", "total_tokens"})
"""Measures that every row has, so that their values are as many as the rows."""
_OPS: Final = frozenset(
    {
        Op.EQ,
        Op.NE,
        Op.CONTAINS,
        Op.NOT_CONTAINS,
        Op.MATCHES,
        Op.NOT_MATCHES,
        Op.STARTS_WITH,
        Op.ENDS_WITH,
        Op.ANY_OF,
        Op.NONE_OF,
    }
)
"""Those that ask the same of text that is not there as of empty text, which is what buckets hold in its place."""


class BucketCompiler:
    """Compiles what of a query the time buckets can answer."""

    def __init__(self, dialect: Dialect, aggregates: Aggregates, project: int, query: MetricsQuery) -> None:
        self._dialect = dialect
        self._aggregates = aggregates
        self._project = project
        self._query = query
        self._fields = _FIELDS.get(query.view, {})

    def can_answer(self, plan: Plan) -> bool:
        """Whether whole hours of the query can be told from the buckets."""
        query, grid = self._query, self._grid()
        return (
            query.view in _KINDS
            and (grid is None or grid.is_made_of(HOUR_US))
            and all(name in self._fields or name in _MONTHS for name in query.dimensions)
            and all(self._knows(need) for need in plan.needs)
            and self._can_ask(query.where)
        )

    def hours(self) -> Window | None:
        """The whole hours in the window of the query; None when there is none."""
        first = -(-self._query.from_us // HOUR_US) * HOUR_US
        last = self._query.until_us // HOUR_US * HOUR_US
        return Window(first, last) if first < last else None

    def grouped(self, plan: Plan, hours: Window) -> Sql:
        """One row per group of the buckets of whole hours: dimensions, step, needs."""
        groups = [self._dimension(name) for name in self._query.dimensions]
        if self._query.granularity is not None:
            groups.append(self._step())
        columns = list(dict.fromkeys([*(self._total(need) for need in plan.needs), "count"]))
        scope = self._scope(hours.from_us, hours.until_us)
        source = f"{self._aggregates.buckets} b WHERE {scope.text}"
        is_sorted = groups and self._aggregates.rows_at_once is not None
        if is_sorted and _MONTHS.issuperset(self._query.dimensions):
            # buckets lie in the order of their hours, so that only hours are left to be sorted
            sums = ", ".join(f"sum(b.{name}) AS {name}" for name in columns)
            source = f"(SELECT b.hour_us, {sums} FROM {source} GROUP BY b.hour_us) b"  # noqa: S608
        totals = [f"sum(b.{self._total(need)})" for need in plan.needs]
        select = ", ".join([*groups, *totals, "sum(b.count)"])
        grouping = f" GROUP BY {', '.join(str(number) for number in range(1, len(groups) + 1))}" if groups else ""
        return Sql(f"SELECT {select} FROM {source}{grouping}", scope.params)  # noqa: S608

    def read(self, rows: RowCompiler, plan: Plan, records: list[Record]) -> Groups:
        """The groups from the rows of that statement; buckets may be left over that hold nothing."""
        dimensions = len(self._query.dimensions)
        width = dimensions + (self._query.granularity is not None)
        found: Groups = {}
        for record in records:
            if record[-1] or not width:
                numbers = [int(number or 0) for number in record[width:-1]]
                key = (*(text or None for text in record[:dimensions]), *record[dimensions:width])
                found[rows.key(key)] = dict(zip(plan.needs, numbers, strict=True))
        return found

    def count_rows(self) -> Sql | None:
        """Starts of parts of the window and how many rows of the view they hold, in order; None where no bucket tells.

        Hours, where statements should not group many rows at once; else the window is one part.
        """
        if self._query.view not in _KINDS:
            return None
        start, order = "min(b.hour_us)", ""
        if self._aggregates.rows_at_once is not None:
            start, order = "b.hour_us", " GROUP BY b.hour_us ORDER BY b.hour_us"
        scope = self._window(self._query.from_us // HOUR_US * HOUR_US, self._query.until_us)
        source = f"{self._aggregates.buckets} b WHERE {scope.text}"
        return Sql(f"SELECT {start}, coalesce(sum(b.count), 0) FROM {source}{order}", scope.params)  # noqa: S608

    def _knows(self, need: Need) -> bool:
        if need.measure not in _TOTALS[self._query.view]:
            return False
        return need.part is Part.TOTAL or (need.part is Part.COUNT and need.measure in _ALWAYS_THERE)

    def _total(self, need: Need) -> str:
        return need.measure if need.part is Part.TOTAL else "count"

    def _can_ask(self, node: Node) -> bool:
        if isinstance(node, Condition):
            return node.field in self._fields and node.op in _OPS
        if isinstance(node, Not):
            return self._can_ask(node.node)
        if isinstance(node, Some):
            return False
        inner: And | Or = node
        return all(self._can_ask(child) for child in inner.nodes)

    def _window(self, from_us: int, until_us: int) -> Sql:
        text = "b.project = ? AND b.kind = ? AND b.hour_us >= ? AND b.hour_us < ?"
        return Sql(text, (self._project, str(_KINDS[self._query.view]), from_us, until_us))

    def _scope(self, from_us: int, until_us: int) -> Sql:
        view = View.TRACES if self._query.view is MetricsView.TRACES else View.OBSERVATIONS
        columns = {name: Column(sql, is_nullable=True) for name, sql in self._fields.items()}
        compiler = ConditionCompiler(self._dialect, view, columns, FIELDS[self._query.view])
        conditions = [compiler.compile(node) for node in conjuncts(self._query.where)]
        return join("AND", [self._window(from_us, until_us), *conditions])

    def _dimension(self, name: str) -> str:
        if name in _MONTHS:
            return self._aggregates.calendar("b.hour_us", "month")
        return self._fields[name]

    def _step(self) -> str:
        grid = self._grid()
        return self._aggregates.calendar("b.hour_us", "month") if grid is None else step_number("b.hour_us", grid)

    def _grid(self) -> Grid | None:
        steps = self._query.granularity
        return None if steps is None else grid_of(steps, self._query.from_us)
