"""Query tree → SQL condition. A compiled condition is true exactly where the tree is; it may be null where it is not.

Null reads as "" where a condition on text is about ""; otherwise it satisfies nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from panope.adapters.relational.columns import ALIASES, AMOUNTS, COLUMNS, SELECTIVE, Column
from panope.adapters.relational.session import Dialect, Sql
from panope.domain.errors import InvalidError
from panope.domain.text.folding import fold, replacements
from panope.query.ast import And, Condition, Node, Not, Op, Or, Some
from panope.query.fields import FIELDS, Field, FieldType, View

TRUE: Final = Sql("1 = 1")
FALSE: Final = Sql("1 = 0")

_NEGATIONS: Final = {
    Op.NE: Op.EQ,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.NOT_MATCHES: Op.MATCHES,
    Op.NONE_OF: Op.ANY_OF,
    Op.IS_NOT_NULL: Op.IS_NULL,
}
_ORDERED: Final = frozenset({Op.EQ, Op.LT, Op.LE, Op.GT, Op.GE})
SCORES_OF: Final = {
    View.TRACES: "s.project = t.project AND s.trace_id = t.id",
    View.OBSERVATIONS: "s.project = o.project AND s.observation_id = o.id",
    View.SESSIONS: "s.project = n.project AND s.session_id = n.id",
}
"""What joins a score to the row that it is on."""
_PARTS_OF: Final = {
    View.TRACES: (View.OBSERVATIONS, "observation o WHERE o.project = t.project AND o.trace_id = t.id"),
    View.SESSIONS: (View.TRACES, "trace t WHERE t.project = n.project AND t.session_id = n.id"),
}
_TAG_OF_TRACE: Final = (
    "SELECT 1 FROM trace_tag g WHERE g.project = t.project AND g.timestamp_us = t.timestamp_us AND g.trace_id = t.id"
)
_SCORE_TYPES: Final = {
    FieldType.NUMBER_MAP: "s.data_type IN ('NUMERIC', 'BOOLEAN')",
    FieldType.CATEGORY_MAP: "s.data_type = 'CATEGORICAL'",
    FieldType.BOOLEAN_MAP: "s.data_type = 'BOOLEAN'",
}


def negate(sql: Sql) -> Sql:
    """True exactly where the other is not."""
    return Sql(f"({sql.text}) IS NOT TRUE", sql.params)


def join(operator: str, pieces: Iterable[Sql]) -> Sql:
    """Connect conditions; there must be at least one."""
    listed = list(pieces)
    if len(listed) == 1:
        return listed[0]
    text = f" {operator} ".join(f"({piece.text})" for piece in listed)
    return Sql(text, tuple(param for piece in listed for param in piece.params))


class ConditionCompiler:
    """Compiles the conditions of one view. `columns` may override what a field is, `fields` which ones there are."""

    def __init__(
        self,
        dialect: Dialect,
        view: View,
        columns: Mapping[str, Column] | None = None,
        fields: Mapping[str, Field] | None = None,
    ) -> None:
        self._dialect = dialect
        self._view = view
        self._columns = columns or COLUMNS[view]
        self._fields = fields or FIELDS[view]
        self._kinds: dict[FieldType, Callable[[Condition], Sql]] = {
            FieldType.STRING: self._text_field,
            FieldType.NUMBER: self._number_field,
            FieldType.DATETIME: self._number_field,
            FieldType.BOOLEAN: self._number_field,
            FieldType.STRING_LIST: self._list,
            FieldType.STRING_MAP: self._map_field,
            FieldType.NUMBER_MAP: self._number_of_key,
            FieldType.CATEGORY_MAP: self._score_set,
            FieldType.BOOLEAN_MAP: self._score_set,
        }

    def compile(self, node: Node) -> Sql:
        """The condition as SQL."""
        if isinstance(node, And):
            return join("AND", map(self.compile, node.nodes)) if node.nodes else TRUE
        if isinstance(node, Or):
            return join("OR", map(self.compile, node.nodes)) if node.nodes else FALSE
        if isinstance(node, Not):
            return negate(self.compile(node.node))
        if isinstance(node, Some):
            return self._some(node)
        return self._condition(node)

    def needs_trace(self, node: Node) -> bool:
        """Whether any condition reads the joined trace; one on a part finds its trace around it."""
        if isinstance(node, Some):
            return False
        if isinstance(node, Condition):
            column = self._columns.get(node.field)
            return column is not None and column.needs_trace
        if isinstance(node, Not):
            return self.needs_trace(node.node)
        return any(self.needs_trace(child) for child in node.nodes)

    def _some(self, some: Some) -> Sql:
        part, tables = _PARTS_OF[self._view]
        matches = ConditionCompiler(self._dialect, part, self._columns_of_part(part)).compile(some.node)
        return Sql(f"EXISTS (SELECT 1 FROM {tables} AND ({matches.text}))", matches.params)  # noqa: S608

    def _columns_of_part(self, part: View) -> dict[str, Column]:
        """The columns, those with an index kept away from the choice of it: parts are found by their whole."""
        columns = dict(COLUMNS[part])
        for name in SELECTIVE[part]:
            column = columns[name]
            columns[name] = Column(self._dialect.unindexed(column.sql), column.is_nullable, column.needs_trace)
        return columns

    def _condition(self, condition: Condition) -> Sql:
        field = self._fields.get(condition.field)
        if field is None:
            message = f"{condition.field} is not a field of {self._view}"
            raise InvalidError(message, code="unknown_field")
        positive = _NEGATIONS.get(condition.op)
        if positive is not None:
            positive_condition = Condition(condition.field, positive, condition.value, condition.key)
            return negate(self._condition(positive_condition))
        return self._kinds[field.type](condition)

    def _text_field(self, condition: Condition) -> Sql:
        column = self._columns.get(condition.field)
        if column is None:
            return self._text(self._payload_text(condition.field), condition, is_nullable=True)
        return self._text(Sql(column.sql), condition, is_nullable=column.is_nullable)

    def _text(self, left: Sql, condition: Condition, *, is_nullable: bool) -> Sql:
        op = condition.op
        if op is Op.IS_NULL:
            return Sql(f"{left.text} IS NULL", left.params)
        if op is Op.ANY_OF:
            return self._any_of(left, _texts(condition), is_nullable=is_nullable)
        value = _text(condition)
        if op in _ORDERED:
            if op is Op.EQ and value == "" and is_nullable:
                return Sql(f"coalesce({left.text}, '') = ''", left.params)
            if op is Op.EQ:
                return self._dialect.equals(left, value)
            return Sql(f"{left.text} {op.value} ?", (*left.params, value))
        return self._part(left, op, value)

    def _any_of(self, left: Sql, values: tuple[str, ...], *, is_nullable: bool = False) -> Sql:
        if not values:
            return FALSE
        if is_nullable and "" in values:
            left = Sql(f"coalesce({left.text}, '')", left.params)
        if len(values) == 1:
            return self._dialect.equals(left, values[0])
        matches = self._dialect.is_in(left.text, values)
        return Sql(matches.text, (*left.params, *matches.params))

    def _part(self, left: Sql, op: Op, value: str) -> Sql:
        if value == "":
            return TRUE
        if op is Op.CONTAINS:
            return self._dialect.contains(left, value)
        if op is Op.MATCHES:
            return self._dialect.contains(self._folded(left, value), fold(value))
        if op is Op.STARTS_WITH:
            return Sql(f"substr({left.text}, 1, ?) = ?", (*left.params, len(value), value))
        if op is Op.ENDS_WITH:
            return self._dialect.ends_with(left, value)
        raise _misfit(op)

    def _folded(self, left: Sql, phrase: str) -> Sql:
        """The text folded as far as it matters for finding a phrase."""
        others = replacements(fold(phrase))
        text = f"{'replace(' * len(others)}{self._dialect.small_letters.format(left.text)}{', ?, ?)' * len(others)}"
        return Sql(text, (*left.params, *[letter for pair in others for letter in pair]))

    def _number_field(self, condition: Condition) -> Sql:
        return _compare(Sql(f"({self._columns[condition.field].sql})"), condition)

    def _list(self, condition: Condition) -> Sql:
        """Tags, which have a table of their own, or what an observation lists of tools."""
        if not condition.field.startswith("tools_"):
            return self._tags(condition)
        if condition.op is Op.IS_NULL:
            return Sql(f"{self._columns[condition.field].sql} IS NULL")
        held = f"panope_detail_holds(o.detail, '{condition.field}', ?) = 1"
        each = [Sql(held, (text,)) for text in _texts(condition)]
        if condition.op is Op.ALL_OF:
            return join("AND", each) if each else TRUE
        return join("OR", each) if each else FALSE

    def _tags(self, condition: Condition) -> Sql:
        if condition.op is Op.IS_NULL:
            return Sql("t.tags IS NULL")
        tags = _texts(condition)
        if condition.op is Op.ANY_OF:
            matches = self._any_of(Sql("g.tag"), tags)
            return Sql(f"EXISTS ({_TAG_OF_TRACE} AND {matches.text})", matches.params)
        equal = [self._dialect.equals(Sql("g.tag"), tag) for tag in tags]
        each = [Sql(f"EXISTS ({_TAG_OF_TRACE} AND {sql.text})", sql.params) for sql in equal]
        return join("AND", each) if each else TRUE

    def _map_field(self, condition: Condition) -> Sql:
        key = _key(condition)
        column = self._columns.get(condition.field)
        if column is not None:
            left = self._dialect.map_text(column.sql, key)
        else:
            alias = ALIASES[self._view]
            left = self._dialect.payload_map_text(self._payload_table(), f"{alias}.key", key)
        return self._text(left, condition, is_nullable=True)

    def _number_of_key(self, condition: Condition) -> Sql:
        amount = AMOUNTS[self._view].get(condition.field)
        if amount is not None:
            return _compare(Sql(amount, (_key(condition),)), condition)
        scores = self._scores(condition)
        return _compare(Sql(f"(SELECT avg(s.value) {scores.text})", scores.params), condition)

    def _score_set(self, condition: Condition) -> Sql:
        scores = self._scores(condition)
        if condition.op is Op.IS_NULL:
            return Sql(f"NOT EXISTS (SELECT 1 {scores.text})", scores.params)
        if condition.op is Op.EQ:
            sign = "<>" if condition.value else "="
            return Sql(f"EXISTS (SELECT 1 {scores.text} AND s.value {sign} 0)", scores.params)
        matches = self._any_of(Sql("s.string_value"), _texts(condition))
        return Sql(f"EXISTS (SELECT 1 {scores.text} AND {matches.text})", (*scores.params, *matches.params))

    def _scores(self, condition: Condition) -> Sql:
        kind = _SCORE_TYPES[self._fields[condition.field].type]
        return Sql(f"FROM score s WHERE {SCORES_OF[self._view]} AND {kind} AND s.name = ?", (_key(condition),))

    def _payload_table(self) -> str:
        return "trace_payload" if self._view is View.TRACES else "observation_payload"

    def _payload_text(self, column: str) -> Sql:
        return self._dialect.payload_text(self._payload_table(), f"{ALIASES[self._view]}.key", column)


def _compare(left: Sql, condition: Condition) -> Sql:
    """Numbers, times and booleans, which are 0 or 1."""
    if condition.op is Op.IS_NULL:
        return Sql(f"{left.text} IS NULL", left.params)
    if condition.op not in _ORDERED or not isinstance(condition.value, int | float):
        raise _misfit(condition.op)
    value = int(condition.value) if isinstance(condition.value, bool) else condition.value
    return Sql(f"{left.text} {condition.op.value} ?", (*left.params, value))


def _text(condition: Condition) -> str:
    if not isinstance(condition.value, str):
        raise _misfit(condition.op)
    return condition.value


def _texts(condition: Condition) -> tuple[str, ...]:
    if not isinstance(condition.value, tuple):
        raise _misfit(condition.op)
    return condition.value


def _key(condition: Condition) -> str:
    if condition.key is None:
        message = f"a condition on {condition.field} needs a key"
        raise InvalidError(message, code="missing_key")
    return condition.key


def _misfit(op: Op) -> InvalidError:
    return InvalidError(f"the operator {op.value} does not take this field or value", code="invalid_condition")
