"""Which rows a condition on texts may be true of, as the index of texts knows.

The rows are candidates: whoever asks still asks the condition of each. They hold every row that satisfies it, those
that changed since they were indexed included. None stands for all rows.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from panope.adapters.relational.conditions import ConditionCompiler
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.segments.heads import fetch_parts
from panope.adapters.relational.session import listed
from panope.adapters.relational.sources import TABLES, has_rare_value
from panope.domain.text.tokens import needles
from panope.query.ast import And, Condition, Node, Op, Or, Some
from panope.query.fields import View

MAX_CANDIDATES: Final = 200_000
"""More than this are as good as all: a word that so many hold is soon met on a walk."""
_MAX_TAIL: Final = 20_000
_MAX_TRACES: Final = 5_000
_PARTIAL: Final = frozenset({Op.MATCHES, Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH, Op.EQ})
_INDEXED: Final = {
    View.TRACES: frozenset({"id", "name", "user_id", "input", "output"}),
    View.OBSERVATIONS: frozenset({"id", "name", "input", "output"}),
}
_OF_TRACE: Final = {"user_id": "user_id", "trace_name": "name"}
"""Fields of observations that are their trace's, and what they are called there."""
_TEXTS: Final = ("input", "output")
"""Fields that no other index knows."""
_NAMED: Final = ("id", "name", "user_id", "trace_name")
"""Fields whose equality another index answers, or none needs."""
_PARTS: Final = {
    View.TRACES: (
        View.OBSERVATIONS,
        "observation o ON o.key = w.value {join} trace x ON x.project = o.project AND x.id = o.trace_id",
    ),
    View.SESSIONS: (
        View.TRACES,
        "trace t ON t.key = w.value {join} session x ON x.project = t.project AND x.id = t.session_id",
    ),
}
_TAIL: Final = (
    "SELECT r.key FROM text_change c {join} {table} r ON r.key BETWEEN c.first_key AND c.last_key "
    "WHERE c.project = ? AND c.source = ? AND c.is_gone = 0 AND +r.project = ? LIMIT ?"
)


def find_candidates(reading: Reading, view: View, where: Node) -> list[int] | None:
    """Keys of the rows of a view that may satisfy a condition, in no order."""
    if has_rare_value(view, where) or not _asks_texts(where):
        return None
    if not reading.session.execute("SELECT 1 FROM text_index i WHERE i.project = ?", (reading.project,)):
        return None
    found = _Search(reading).find(view, where)
    return None if found is None else list(found)


def _asks_texts(node: Node) -> bool:
    """Whether any condition may be answered by the index; most questions have none."""
    if isinstance(node, Condition):
        return node.op in _PARTIAL and (node.field in _TEXTS or (node.field in _NAMED and node.op is not Op.EQ))
    if isinstance(node, And | Or):
        return any(_asks_texts(child) for child in node.nodes)
    return isinstance(node, Some) and _asks_texts(node.node)


class _Search:
    """One question: each phrase is looked up once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._found: dict[tuple[View, str], set[int] | None] = {}

    def find(self, view: View, node: Node) -> set[int] | None:
        """The candidates of a condition."""
        if isinstance(node, And):
            found = None
            for child in node.nodes:
                some = self.find(view, child)
                found = some if found is None else found if some is None else found & some
            return found
        if isinstance(node, Or):
            return self._any(view, node.nodes)
        if isinstance(node, Some):
            return self._wholes(view, node.node)
        return self._condition(view, node) if isinstance(node, Condition) else None

    def _any(self, view: View, nodes: Sequence[Node]) -> set[int] | None:
        found: set[int] = set()
        for node in nodes:
            some = self.find(view, node)
            if some is None or len(found) + len(some) > MAX_CANDIDATES:
                return None
            found |= some
        return found

    def _condition(self, view: View, condition: Condition) -> set[int] | None:
        value = condition.value
        if condition.op not in _PARTIAL or not isinstance(value, str) or condition.key is not None:
            return None
        if condition.field in _INDEXED.get(view, ()) and (condition.op is not Op.EQ or condition.field in _TEXTS):
            return self._phrase(view, value)
        if view is View.OBSERVATIONS and condition.field in _OF_TRACE and condition.op is not Op.EQ:
            return self._of_traces(Condition(_OF_TRACE[condition.field], condition.op, value))
        return None

    def _phrase(self, view: View, phrase: str) -> set[int] | None:
        if (view, phrase) not in self._found:
            self._found[view, phrase] = self._look_up(view, phrase)
        return self._found[view, phrase]

    def _look_up(self, view: View, phrase: str) -> set[int] | None:
        wanted = needles(phrase)
        found = self._tail(view) if wanted else None
        if found is None:
            return None
        session, dialect, project = self._reading.session, self._reading.dialect, self._reading.project
        scope = (project, TABLES[view])
        segments = session.execute(
            "SELECT s.key FROM text_segment s WHERE s.project = ? AND s.source = ? ORDER BY s.key DESC", scope
        )
        keys = [record[0] for record in segments]
        for segment, head in self._reading.heads.read(session, dialect, scope, keys):
            some = head.find(wanted, partial(fetch_parts, session, dialect, segment))
            found.update(head.keys if some is None else some)
            if len(found) > MAX_CANDIDATES:
                return None
        return found

    def _tail(self, view: View) -> set[int] | None:
        """What changed since it was indexed."""
        reading = self._reading
        table = TABLES[view]
        sql = _TAIL.format(table=table, join=reading.dialect.forced_join)
        records = reading.session.execute(sql, (reading.project, table, reading.project, _MAX_TAIL + 1))
        return None if len(records) > _MAX_TAIL else {record[0] for record in records}

    def _of_traces(self, condition: Condition) -> set[int] | None:
        """The observations of the traces that satisfy a condition."""
        traces = self._condition(View.TRACES, condition)
        if traces is None or len(traces) > _MAX_TRACES:
            return None
        reading = self._reading
        join, rows = reading.dialect.forced_join, listed(reading.dialect, sorted(traces))
        matches = ConditionCompiler(reading.dialect, View.TRACES).compile(condition)
        sql = (
            f"SELECT o.key FROM {rows.text} {join} trace t ON t.key = w.value "  # noqa: S608
            f"{join} observation o ON o.project = t.project AND o.trace_id = t.id WHERE {matches.text} LIMIT ?"
        )
        return self._bounded(sql, (*rows.params, *matches.params, MAX_CANDIDATES + 1))

    def _wholes(self, view: View, node: Node) -> set[int] | None:
        """What the parts belong to that may satisfy a condition."""
        if view not in _PARTS:
            return None
        part, tables = _PARTS[view]
        parts = self.find(part, node)
        if parts is None:
            return None
        join, rows = self._reading.dialect.forced_join, listed(self._reading.dialect, sorted(parts))
        sql = f"SELECT DISTINCT x.key FROM {rows.text} {join} {tables.format(join=join)} LIMIT ?"  # noqa: S608
        return self._bounded(sql, (*rows.params, MAX_CANDIDATES + 1))

    def _bounded(self, sql: str, params: tuple[object, ...]) -> set[int] | None:
        records = self._reading.session.execute(sql, params)
        return None if len(records) > MAX_CANDIDATES else {record[0] for record in records}
