"""Groups from the rows of a view: one statement that aggregates inside the database."""

from collections.abc import Mapping
from typing import Any, Final

from panope.adapters.relational.conditions import ConditionCompiler, join
from panope.adapters.relational.metrics.aggregates import Aggregates
from panope.adapters.relational.metrics.columns import SHAPES, Expression, filter_columns
from panope.adapters.relational.metrics.pieces import Window
from panope.adapters.relational.metrics.plan import Groups, Need, Part, Plan
from panope.adapters.relational.session import Dialect, Record, Sql
from panope.adapters.relational.sources import conjuncts
from panope.adapters.relational.steps import step_number
from panope.query.ast import And, Condition, Node, Not, Op, Or, Some
from panope.query.fields import FieldType
from panope.query.grid import Grid
from panope.query.metrics.arrange import order_of
from panope.query.metrics.ast import TIME, Aggregation, Metric, MetricsQuery
from panope.query.metrics.registry import FIELDS, TAG, TYPE_DIMENSIONS, VIEWS, Unit, metadata_key
from panope.query.metrics.windows import grid_of, month_start

_OF_TRACE: Final = frozenset({"user_id", "session_id"})
"""Facts of the trace of which one value has few rows."""
_OF_EXPERIMENT: Final = frozenset({"experiment_id"})
"""What leads to the links of an experiment, which are few beside all observations."""
_BY_NAME: Final = frozenset({Aggregation.COUNT, Aggregation.MIN, Aggregation.MAX, Aggregation.AVG})
_CALENDAR: Final = {"start_time_month": "month", "timestamp_month": "month", "timestamp_day": "day"}


class RowCompiler:
    """Compiles one query over the rows of its view."""

    is_wide = False
    """Whether sums are compiled for numbers beyond 64 bits."""

    def __init__(self, dialect: Dialect, aggregates: Aggregates, project: int, query: MetricsQuery) -> None:
        self._dialect = dialect
        self._aggregates = aggregates
        self._project = project
        self._query = query
        self._spec = VIEWS[query.view]
        self._shape = SHAPES[query.view]
        self._columns = filter_columns(self._shape, self._spec.time)

    def grouped(self, plan: Plan, window: Window, *, max_groups: int, is_whole: bool) -> Sql:
        """One row per group: its dimensions, its step, then the columns of the needs. Sorted and cut when it can be."""
        dimensions = [self.dimension(name) for name in self._query.dimensions]
        groups = [found.sql for found in dimensions]
        if self._query.granularity is not None:
            groups.append(self.step())
        columns = [column for need in plan.needs for column in self._need(need)] or ["1"]
        select = ", ".join([*(f"{sql} AS g{number}" for number, sql in enumerate(groups)), *columns])
        source = self.source(window)
        grouping = f" GROUP BY {', '.join(str(number) for number in range(1, len(groups) + 1))}" if groups else ""
        order, limit = self._cut(max_groups) if groups and is_whole else ("", max_groups + 1)
        params = tuple(param for found in dimensions for param in found.params)
        return Sql(f"SELECT {select} {source.text}{grouping}{order} LIMIT {limit}", (*params, *source.params))

    def read(self, plan: Plan, records: list[Record]) -> Groups:
        """The groups from the rows of that statement."""
        width = len(self._query.dimensions) + (self._query.granularity is not None)
        return {self.key(record[:width]): self._read_needs(plan, record[width:]) for record in records}

    def key(self, values: Record) -> tuple[Any, ...]:
        """The key of a group; its step as the moment at which it starts."""
        if self._query.granularity is None:
            return tuple(values)
        return (*values[:-1], self._start(values[-1]))

    def source(self, window: Window, *, extra: str = "") -> Sql:
        """FROM and WHERE of the rows in a window that match."""
        joins = "".join(
            found.joins
            for found in (
                *(self.dimension(name) for name in self._query.dimensions if name not in TYPE_DIMENSIONS),
                *(self._shape.measures.get(metric.measure, Expression("")) for metric in self._query.metrics),
                *(self._shape.dimensions.get(name, Expression("")) for name in _names(self._query.where)),
            )
        )
        scope = [self._owner(), Sql(f"{self._shape.time} >= ?", (window.from_us,))]
        scope.append(Sql(f"{self._shape.time} < ?", (window.until_us,)))
        if self._shape.scope:
            scope.append(Sql(self._shape.scope))
        compiler = ConditionCompiler(self._dialect, self._shape.view, self._columns, FIELDS[self._query.view])
        scope += [compiler.compile(node) for node in conjuncts(self._query.where)]
        matches = join("AND", scope)
        return Sql(f"FROM {self._tables(joins)}{extra} WHERE {matches.text}", matches.params)

    def count_rows(self, limit: int) -> Sql:
        """How many rows the window holds, whether they match or not, up to a limit."""
        shape = self._shape
        owner = self._dialect.walked_project.format(shape.alias)
        text = f"FROM {shape.table} {shape.alias} WHERE {owner} = ? AND {shape.time} >= ? AND {shape.time} < ?"
        params = (self._project, self._query.from_us, self._query.until_us)
        return Sql(f"SELECT count(*) FROM (SELECT 1 {text} LIMIT {limit}) n", params)  # noqa: S608

    def largest_key(self) -> Sql:
        """The largest key of the table, which holds no more rows than that: keys are positive and differ."""
        return Sql(f"SELECT max(key) FROM {self._shape.table}")  # noqa: S608

    def dimension(self, name: str) -> Expression:
        """A dimension; text that is empty is none."""
        if name in _CALENDAR:
            return Expression(self._aggregates.calendar(self._shape.time, _CALENDAR[name]))
        key = metadata_key(name)
        if key is not None:
            text = self._metadata(key)
            return Expression(f"nullif({text.text}, '')", params=text.params)
        if name == TAG:
            return Expression("nullif(g.value, '')", "tg")
        found = self._shape.dimensions[name]
        is_text = self._spec.dimensions[name].type is FieldType.STRING
        return Expression(f"nullif({found.sql}, '')", found.joins) if is_text else found

    def _metadata(self, key: str) -> Sql:
        column = self._columns.get("metadata")
        if column is not None:
            return self._dialect.map_text(column.sql, key)
        return self._dialect.payload_map_text(f"{self._shape.table}_payload", f"{self._shape.alias}.key", key)

    def step(self) -> str:
        """The number of the step since the first one, or the month."""
        grid = self._grid()
        if grid is None:
            return self._aggregates.calendar(self._shape.time, "month")
        return step_number(self._shape.time, grid)

    def _grid(self) -> Grid | None:
        assert self._query.granularity is not None
        return grid_of(self._query.granularity, self._query.from_us)

    def _start(self, step: Any) -> int:
        grid = self._grid()
        if grid is not None:
            return grid.start(int(step))
        year, _, month = str(step).rpartition("-")
        return month_start(int(year), int(month))

    def _owner(self) -> Sql:
        """The project, in the form that leads to rows of few values or to all of a window."""
        alias = self._driver() or self._shape.alias
        owner = f"{alias}.project" if self.is_selective else self._dialect.walked_project.format(alias)
        return Sql(f"{owner} = ?", (self._project,))

    def _driver(self) -> str | None:
        """The table whose few rows lead to the observations asked for: that of traces, or of links to experiments."""
        if self._shape.alias != "o":
            return None
        if not _OF_TRACE.isdisjoint(self.pinned):
            return "t"
        return None if _OF_EXPERIMENT.isdisjoint(self.pinned) else "x"

    @property
    def pinned(self) -> set[str]:
        """Fields that must equal one text."""
        return {
            node.field
            for node in conjuncts(self._query.where)
            if isinstance(node, Condition) and node.op is Op.EQ and isinstance(node.value, str) and node.value
        }

    @property
    def is_selective(self) -> bool:
        """Whether a condition leads to few rows, however many the window holds."""
        return not self._shape.indexed.isdisjoint(self.pinned)

    def _tables(self, joins: str) -> str:
        shape, driver = self._shape, self._driver()
        tables = f"{shape.table} {shape.alias}"
        if driver == "t":
            of_trace = f"{shape.alias}.project = t.project AND {shape.alias}.trace_id = t.id"
            tables = f"trace t {self._dialect.forced_join} {tables} ON {of_trace}"
        elif driver == "x":
            tables = f"observation_experiment x {self._dialect.forced_join} {tables} ON o.key = x.key"
        if "x" in joins and driver != "x":
            tables += " LEFT JOIN observation_experiment x ON x.key = o.key"
        if "t" in joins and driver != "t" and shape.alias != "t":
            tables += f" LEFT JOIN trace t ON t.project = {shape.alias}.project AND t.id = {shape.alias}.trace_id"
        if "g" in joins:
            tables += f" {self._aggregates.each_tag}"
        if "o" in joins:
            tables += " LEFT JOIN observation o ON o.project = s.project AND o.id = s.observation_id"
        return tables

    def _need(self, need: Need) -> tuple[str, ...]:
        sql, unit = self._shape.measures[need.measure].sql, self._spec.measures[need.measure].unit
        if unit is Unit.TEXT:
            sql = f"nullif({sql}, '')" if need.part is Part.UNIQ else sql
        match need.part:
            case Part.COUNT:
                return ("count(*)",) if need.measure == "count" else (f"count({sql})",)
            case Part.TOTAL:
                if need.measure == "count":
                    return ("count(*)",)
                return (f"sum({sql})",) if unit is Unit.NUMBER else self._aggregates.total(sql, is_wide=self.is_wide)
            case Part.UNIQ:
                return (f"count(DISTINCT {sql})",)
            case Part.GATHERED:
                return (self._aggregates.gather(sql),)
            case _:
                return (f"{need.part.value}({sql})",)

    def _read_needs(self, plan: Plan, values: Record) -> dict[Need, Any]:
        found: dict[Need, Any] = {}
        at = 0
        for need in plan.needs:
            width = len(self._need(need))
            found[need] = self._read_need(need, values[at : at + width])
            at += width
        return found

    def _read_need(self, need: Need, values: Record) -> Any:
        if need.part is Part.GATHERED:
            return values[:1] if values[0] else ()
        if need.part is not Part.TOTAL or need.measure == "count":
            return values[0]
        if self._spec.measures[need.measure].unit is Unit.NUMBER:
            return values[0]
        return self._aggregates.read_total(values)

    def _cut(self, max_groups: int) -> tuple[str, int]:
        """ORDER BY and LIMIT where the database can sort as the answer is sorted."""
        query = self._query
        if query.limit is None or (query.granularity is not None and not query.order):
            return "", max_groups + 1
        keys = []
        for order in order_of(query):
            sql = self._order(order.key)
            if sql is None:
                return "", max_groups + 1
            keys.append(f"{sql} {'DESC' if order.descending else 'ASC'} NULLS LAST")
        return f" ORDER BY {', '.join(keys)}" if keys else "", min(query.limit, max_groups + 1)

    def _order(self, key: str | Metric) -> str | None:
        """What to sort groups by; None where only the answer tells."""
        if key == TIME:
            return str(len(self._query.dimensions) + 1)
        if isinstance(key, str):
            return str(self._query.dimensions.index(key) + 1)
        sql = self._shape.measures[key.measure].sql
        if key.measure == "count" and key.aggregation in (Aggregation.COUNT, Aggregation.SUM):
            return "count(*)"
        if key.aggregation is Aggregation.SUM:
            return f"coalesce(sum({sql} * 1.0), 0)"
        if key.aggregation is Aggregation.UNIQ:
            return self._need(Need(Part.UNIQ, key.measure))[0]
        return f"{key.aggregation}({sql})" if key.aggregation in _BY_NAME else None


def _names(node: Node) -> Mapping[str, None]:
    """Fields that a tree is about."""
    if isinstance(node, Condition):
        return {node.field: None}
    if isinstance(node, Not | Some):
        return _names(node.node)
    inner: And | Or = node
    return {name: None for child in inner.nodes for name in _names(child)}
