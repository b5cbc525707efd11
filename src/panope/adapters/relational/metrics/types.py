"""Usage and cost by type: only the packed detail of an observation tells, so that it is read row by row."""

from collections import defaultdict
from typing import Any, Final

from panope.adapters.relational.metrics.pieces import Window
from panope.adapters.relational.metrics.rows import RowCompiler
from panope.adapters.relational.session import Record, Sql
from panope.adapters.relational.tables import read_detail
from panope.query.metrics.aggregate import Value, aggregate
from panope.query.metrics.ast import MetricsQuery
from panope.query.metrics.registry import TYPE_DIMENSIONS

DEAR: Final = 4
"""As many plain rows cost as much as one that is unpacked."""


def type_dimension(query: MetricsQuery) -> str | None:
    """The dimension that splits observations by type, if one is asked for."""
    return next((name for name in query.dimensions if name in TYPE_DIMENSIONS), None)


class TypeCompiler:
    """Compiles a query whose observations are split by type."""

    def __init__(self, rows: RowCompiler, query: MetricsQuery, dimension: str) -> None:
        self._rows = rows
        self._query = query
        self._place = query.dimensions.index(dimension)
        self._map = "usage" if dimension == "usage_type" else "cost"

    def listed(self, window: Window) -> Sql:
        """The other dimensions, the step and the detail of each observation that has one."""
        dimensions = [self._rows.dimension(name) for name in self._query.dimensions if name not in TYPE_DIMENSIONS]
        groups = [found.sql for found in dimensions]
        if self._query.granularity is not None:
            groups.append(self._rows.step())
        source = self._rows.source(window)
        select = ", ".join([*groups, "o.detail"])
        params = (*(param for found in dimensions for param in found.params), *source.params)
        return Sql(f"SELECT {select} {source.text} AND o.detail IS NOT NULL", params)

    def group(self, records: list[Record]) -> list[tuple[tuple[Any, ...], tuple[Value, ...]]]:
        """Groups by their key, with the values of the metrics."""
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for *values, detail in records:
            for name, amount in getattr(read_detail(detail), self._map).items():
                groups[(*values[: self._place], name or None, *values[self._place :])].append(amount)
        return [(self._rows.key(raw), self._values(amounts)) for raw, amounts in groups.items()]

    def _values(self, amounts: list[int]) -> tuple[Value, ...]:
        ones = [1] * len(amounts)
        return tuple(
            aggregate(metric.aggregation, ones if metric.measure == "count" else amounts, self._query.bins)
            for metric in self._query.metrics
        )
