"""How often each value of a field occurs, among the newest rows that match."""

from collections import Counter
from decimal import Decimal
from typing import Any, Final

from panope.adapters.relational.columns import ALIASES, AMOUNTS, COLUMNS
from panope.adapters.relational.conditions import SCORES_OF
from panope.adapters.relational.pages import open_list
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record, Sql
from panope.adapters.relational.sources import TABLES
from panope.adapters.relational.tables import read_tags
from panope.ports.exploration import Asked, ValueCount
from panope.query.ast import ListQuery, Node, Sort
from panope.query.fields import FIELDS, PARTS, FieldType, View
from panope.query.question import TIMES

_MAX_TAG_LISTS: Final = 20_000
_PART_JOIN: Final = {
    View.TRACES: "observation o ON o.project = t.project AND o.trace_id = t.id",
    View.SESSIONS: "trace t ON t.project = n.project AND t.session_id = n.id",
}
_LABELS: Final = {
    FieldType.CATEGORY_MAP: ("s.string_value", "s.data_type = 'CATEGORICAL'"),
    FieldType.BOOLEAN_MAP: ("CASE WHEN s.value <> 0 THEN 1 ELSE 0 END", "s.data_type = 'BOOLEAN'"),
}


def count_values(
    reading: Reading, view: View, where: Node, asked: Asked, *, newest: int, limit: int
) -> list[ValueCount]:
    """How many of the newest rows have each value."""
    counting = _Counting(reading, view, asked)
    query = ListQuery(where=where, sort=Sort(TIMES[view]), limit=newest)
    sql = counting.statement(query, limit)
    records = reading.session.execute(sql.text, sql.params)
    return counting.read(records)[:limit]


class _Counting:
    """Counts the values of one field."""

    def __init__(self, reading: Reading, view: View, asked: Asked) -> None:
        self._reading = reading
        self._view = view
        self._asked = asked
        self._of = PARTS[view] if asked.of_parts else view
        self._type = FIELDS[self._of][asked.field].type

    def statement(self, query: ListQuery, limit: int) -> Sql:
        """One row per value: the value and how many rows have it."""
        keys = open_list(self._reading, self._view, query.where).keys(self._reading.project, query)
        alias, value, joins = ALIASES[self._view], self._value(), self._joins()
        row = f"{TABLES[self._view]} {alias} ON {alias}.key = w.key"
        tables = f"({keys.text}) w {self._reading.dialect.forced_join} {row}"
        distinct = "DISTINCT w.key, " if self._asked.of_parts or self._type in _LABELS else ""
        text = (
            f"SELECT x.v, count(*) FROM (SELECT {distinct}{value.text} AS v FROM {tables}{joins.text}) x "  # noqa: S608
            "WHERE x.v IS NOT NULL GROUP BY x.v ORDER BY 2 DESC, 1 LIMIT ?"
        )
        is_list = self._type is FieldType.STRING_LIST
        if is_list and self._asked.of_parts:
            text = f"SELECT DISTINCT w.key, {value.text} FROM {tables}{joins.text} LIMIT ?"  # noqa: S608
            return Sql(text, (*value.params, *keys.params, *joins.params, _MAX_TAG_LISTS))
        return Sql(text, (*value.params, *keys.params, *joins.params, _MAX_TAG_LISTS if is_list else limit + 1))

    def read(self, records: list[Record]) -> list[ValueCount]:
        """The values in their order."""
        if self._type is not FieldType.STRING_LIST:
            return [ValueCount(self._plain(value), int(count)) for value, count in records if value != ""]
        counts: Counter[str] = Counter()
        if self._asked.of_parts:
            counts.update(tag for _, tag in {(key, tag) for key, text in records for tag in read_tags(text)})
        else:
            for text, count in records:
                counts.update(dict.fromkeys(read_tags(text), int(count)))
        return [ValueCount(tag, count) for tag, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]

    def _plain(self, value: Any) -> Any:
        if self._type in (FieldType.BOOLEAN, FieldType.BOOLEAN_MAP):
            return bool(value)
        return float(value) if isinstance(value, Decimal) else value

    def _value(self) -> Sql:
        """The value of a row, as an expression."""
        key, alias, dialect = self._asked.key or "", ALIASES[self._of], self._reading.dialect
        column = COLUMNS[self._of].get(self._asked.field)
        if self._type in _LABELS:
            return Sql(_LABELS[self._type][0])
        if self._type is FieldType.NUMBER_MAP and self._asked.field in AMOUNTS[self._of]:
            return Sql(AMOUNTS[self._of][self._asked.field], (key,))
        if self._type is FieldType.NUMBER_MAP:
            numbers = f"{SCORES_OF[self._of]} AND s.data_type IN ('NUMERIC', 'BOOLEAN') AND s.name = ?"
            return Sql(f"(SELECT avg(s.value) FROM score s WHERE {numbers})", (key,))  # noqa: S608
        if self._type is FieldType.STRING_MAP:
            if column is not None:
                return dialect.map_text(column.sql, key)
            return dialect.payload_map_text(f"{TABLES[self._of]}_payload", f"{alias}.key", key)
        assert column is not None
        return Sql(column.sql)

    def _joins(self) -> Sql:
        """What leads from the row to its values: parts, scores; else nothing, or its trace."""
        text = ""
        if self._asked.of_parts:
            text = f" {self._reading.dialect.forced_join} {_PART_JOIN[self._view]}"
        if self._type in _LABELS:
            named = f"{SCORES_OF[self._of]} AND {_LABELS[self._type][1]} AND s.name = ?"
            return Sql(f"{text} JOIN score s ON {named}", (self._asked.key or "",))
        column = COLUMNS[self._of].get(self._asked.field)
        if column is not None and column.needs_trace and self._view is not View.TRACES:
            alias = ALIASES[self._of]
            text += f" LEFT JOIN trace t ON t.project = {alias}.project AND t.id = {alias}.trace_id"
        return Sql(text)
