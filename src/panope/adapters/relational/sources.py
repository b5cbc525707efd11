"""Where the rows of a list come from: which table is walked, by which index, and what is joined to it."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from panope.adapters.relational.columns import ALIASES, COLUMNS, SELECTIVE, Column
from panope.adapters.relational.conditions import ConditionCompiler
from panope.adapters.relational.session import Dialect, Sql, listed
from panope.query.ast import And, Condition, Node, Op
from panope.query.fields import View

TABLES: Final = {
    View.TRACES: "trace",
    View.OBSERVATIONS: "observation",
    View.SCORES: "score",
    View.SESSIONS: "session",
}
"""Where the rows of each view are."""
_RARE: Final = frozenset(
    {"id", "trace_id", "observation_id", "session_id", "dataset_run_id", "user_id", "experiment_id"}
)
"""Fields of which one value has few rows."""
_TAG_COLUMNS: Final = {
    **COLUMNS[View.TRACES],
    "timestamp": Column("g.timestamp_us", is_nullable=False),
    "id": Column("g.trace_id", is_nullable=False),
}
_SCORED: Final = {View.TRACES: "trace_id", View.OBSERVATIONS: "observation_id"}
_SCORE_MAPS: Final = frozenset({"scores_avg", "score_categories", "score_booleans"})
_NEEDS_NO_SCORE: Final = frozenset({Op.NE, Op.NONE_OF, Op.IS_NULL})
BY_SCORES: Final = "scores"
"""The driver of a source that starts from the scores of one name."""

BY_KEYS: Final = "keys"
"""The driver of a source that starts from rows that are known."""


class Source(Struct, frozen=True):
    """Where the rows of a query come from."""

    tables: Sql
    scope: Sql
    columns: dict[str, Column]
    """What each field is here."""
    where: Node
    driver: str | None
    """The field whose equality picks the index."""
    tag: str | None = None
    """The tag whose entries are walked."""
    is_sorted: bool = False
    """Whether the rows are few and come in another order than that of the page."""


def find_source(dialect: Dialect, view: View, project: int, where: Node, few_scores: Condition | None) -> Source:
    """Choose the source of a query; `few_scores` is a condition on scores of a name that few have."""
    equalities = _equalities(conjuncts(where))
    driver = next((name for name in SELECTIVE[view] if name in equalities), None)
    if few_scores is not None and driver not in _RARE:
        return _by_scores(dialect, view, project, where, few_scores)
    if view is View.OBSERVATIONS and "experiment_id" in equalities and driver not in _RARE:
        return _by_experiment(dialect, project, where, equalities["experiment_id"])
    if view is View.TRACES and driver == "tags":
        tables = f"trace_tag g {dialect.forced_join} trace t ON t.project = g.project AND t.id = g.trace_id"
        tag = dialect.equals(Sql("g.tag"), equalities["tags"][0])
        scope = Sql(f"g.project = ? AND {tag.text}", (project, *tag.params))
        return Source(Sql(tables), scope, _TAG_COLUMNS, where, driver, equalities["tags"][0])
    columns, alias = COLUMNS[view], ALIASES[view]
    if driver is not None and columns[driver].needs_trace:
        of_trace = f"{alias}.project = t.project AND {alias}.trace_id = t.id"
        tables = f"trace t {dialect.forced_join} {TABLES[view]} {alias} ON {of_trace}"
        return Source(Sql(tables), Sql("t.project = ?", (project,)), columns, where, driver)
    owner = f"{alias}.project" if driver in _RARE else dialect.walked_project.format(alias)
    is_sorted = driver is not None and len(equalities[driver]) > 1
    tables = f"{TABLES[view]} {alias}{_joined_trace(dialect, view, where)}"
    return Source(Sql(tables), Sql(f"{owner} = ?", (project,)), columns, where, driver, is_sorted=is_sorted)


def find_source_among(dialect: Dialect, view: View, project: int, where: Node, keys: Sequence[int]) -> Source:
    """The source of a query whose rows are all among some."""
    alias, rows = ALIASES[view], listed(dialect, keys)
    tables = (
        f"{rows.text} {dialect.forced_join} {TABLES[view]} {alias} ON {alias}.key = w.value"
        f"{_joined_trace(dialect, view, where)}"
    )
    scope = Sql(f"{alias}.project = ?", (project,))
    return Source(Sql(tables, rows.params), scope, COLUMNS[view], where, BY_KEYS, is_sorted=True)


def has_rare_value(view: View, where: Node) -> bool:
    """Whether a condition picks few rows by a value that an index has."""
    return not _RARE.isdisjoint(_equalities(conjuncts(where)).keys() & {*SELECTIVE[view], "experiment_id"})


def find_score_condition(view: View, where: Node) -> Condition | None:
    """A condition that only what has a score of one name satisfies, unless a rare value leads to the rows anyway."""
    parts = conjuncts(where)
    if view not in _SCORED or not _RARE.isdisjoint(_equalities(parts)):
        return None
    for node in parts:
        if isinstance(node, Condition) and node.field in _SCORE_MAPS and node.op not in _NEEDS_NO_SCORE:
            return node
    return None


def scores_of_name(dialect: Dialect, project: int, condition: Condition, select: str) -> Sql:
    """Of the scores whose name a condition gives, so that the index by name answers."""
    name = dialect.equals(Sql("s.name"), condition.key or "")
    owner = dialect.walked_project.format("s")
    return Sql(f"SELECT {select} FROM score s WHERE {owner} = ? AND {name.text}", (project, *name.params))  # noqa: S608


def _by_scores(dialect: Dialect, view: View, project: int, where: Node, condition: Condition) -> Source:
    alias = ALIASES[view]
    scored = scores_of_name(dialect, project, condition, f"DISTINCT s.{_SCORED[view]} AS id")
    tables = (
        f"({scored.text}) d {dialect.forced_join} {TABLES[view]} {alias} ON {alias}.project = ? AND {alias}.id = d.id"
        f"{_joined_trace(dialect, view, where)}"
    )
    scope = Sql(f"{alias}.project = ?", (project,))
    return Source(Sql(tables, (*scored.params, project)), scope, COLUMNS[view], where, BY_SCORES, is_sorted=True)


def _by_experiment(dialect: Dialect, project: int, where: Node, experiment_ids: tuple[str, ...]) -> Source:
    """From the links of the experiments, which are few beside all observations."""
    tables = (
        f"observation_experiment d {dialect.forced_join} observation o ON o.key = d.key"
        f"{_joined_trace(dialect, View.OBSERVATIONS, where)}"
    )
    named = dialect.is_in("d.experiment_id", experiment_ids)
    scope = Sql(f"d.project = ? AND {named.text}", (project, *named.params))
    return Source(Sql(tables), scope, COLUMNS[View.OBSERVATIONS], where, "experiment_id", is_sorted=True)


def _joined_trace(dialect: Dialect, view: View, where: Node) -> str:
    if not ConditionCompiler(dialect, view).needs_trace(where):
        return ""
    alias = ALIASES[view]
    return f" LEFT JOIN trace t ON t.project = {alias}.project AND t.id = {alias}.trace_id"


def conjuncts(node: Node) -> list[Node]:
    """The parts that must all hold."""
    if isinstance(node, And):
        return [part for child in node.nodes for part in conjuncts(child)]
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
