"""Reading the links of observations and traces to experiments."""

from typing import Final

from panope.adapters.relational.conditions import join
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Dialect, Sql
from panope.adapters.relational.tables import LINKS, read_link
from panope.domain.experiments.links import ExperimentLink
from panope.ports.experiments import LinkFilter, LinkKind, LinkPage, LinkSummary

_SELECT: Final = ", ".join(f"x.{column}" for column in LINKS)
_SELECTIVE: Final = {
    LinkKind.OBSERVATION: ("trace_ids", "experiment_ids", "dataset_ids"),
    LinkKind.TRACE: ("item_ids", "names"),
}
"""Filters that an index answers, the narrowest first."""
_COLUMNS: Final = {
    "experiment_ids": "experiment_id",
    "names": "experiment_name",
    "dataset_ids": "dataset_id",
    "item_ids": "item_id",
    "trace_ids": "trace_id",
}
_GROUPS: Final = {LinkKind.OBSERVATION: ("x.experiment_id",), LinkKind.TRACE: ("x.experiment_name", "x.item_id")}
_MEASURES: Final = (
    "max(x.experiment_name), max(x.dataset_id), min(x.start_us), max(x.start_us), max(x.end_us), min(x.created_us), "
    "min(x.id)"
)


def list_links(reading: Reading, kind: LinkKind, where: LinkFilter, page: LinkPage | None) -> list[ExperimentLink]:
    """Links, latest first."""
    if _asks_for_nothing(where):
        return []
    driver = _driver(kind, where)
    scope = _scope(reading.dialect, reading.project, kind, where, driver)
    start, name = "x.start_us", "x.id"
    if driver is not None and (page is None or len(getattr(where, driver)) > 1):
        start, name = reading.dialect.unindexed(start), reading.dialect.unindexed(name)  # few rows, sorted at the end
    tail, params = f"ORDER BY {start} DESC, {name} DESC", scope.params
    text = scope.text
    if page is not None:
        if page.after is not None:
            text += " AND (x.start_us, x.id) < (?, ?)"
            params = (*params, *page.after)
        tail += " LIMIT ?"
        params = (*params, page.limit)
    sql = f"SELECT {_SELECT} FROM {kind}_experiment x WHERE {text} {tail}"  # noqa: S608 - names of our own
    return [read_link(record) for record in reading.session.execute(sql, params)]


def summarize_links(reading: Reading, kind: LinkKind, where: LinkFilter) -> list[LinkSummary]:
    """Links by experiment."""
    if _asks_for_nothing(where):
        return []
    driver = _driver(kind, where)
    scope = _scope(reading.dialect, reading.project, kind, where, driver)
    group = ", ".join(map(reading.dialect.unindexed, _GROUPS[kind]))
    item = "x.item_id" if kind is LinkKind.TRACE else "CAST(NULL AS text)"
    # Neither engine counts different pairs; with the length of the first before them they are one text per pair.
    pair = "length(x.item_id) || ' ' || x.item_id || x.trace_id"
    sql = (
        f"SELECT max(x.experiment_id), {item}, {_MEASURES}, count(DISTINCT {pair}) "  # noqa: S608 - names of our own
        f"FROM {kind}_experiment x WHERE {scope.text} GROUP BY {group} ORDER BY {group}"
    )
    return [
        LinkSummary(
            experiment_id=experiment_id,
            item_id=item_id,
            experiment_name=name,
            dataset_id=dataset_id,
            first_us=first_us,
            last_us=last_us,
            end_us=end_us,
            first_created_us=first_created_us,
            some_id=some_id,
            items=items,
        )
        for (
            experiment_id,
            item_id,
            name,
            dataset_id,
            first_us,
            last_us,
            end_us,
            first_created_us,
            some_id,
            items,
        ) in reading.session.execute(sql, scope.params)
    ]


def _asks_for_nothing(where: LinkFilter) -> bool:
    return any(getattr(where, name) == () for name in _COLUMNS)


def _driver(kind: LinkKind, where: LinkFilter) -> str | None:
    """The filter whose index is to be used."""
    return next((name for name in _SELECTIVE[kind] if getattr(where, name) is not None), None)


def _scope(dialect: Dialect, project: int, kind: LinkKind, where: LinkFilter, driver: str | None) -> Sql:
    owner = dialect.walked_project.format("x") if driver is None else "x.project"
    pieces = [Sql(f"{owner} = ?", (project,))]
    if kind is LinkKind.OBSERVATION:
        pieces.append(Sql("x.is_item_root = 1"))
    for name, column in _COLUMNS.items():
        values = getattr(where, name)
        if values is not None:
            expression = f"x.{column}"
            pieces.append(dialect.is_in(expression if name == driver else dialect.unindexed(expression), values))
    if where.from_us is not None:
        pieces.append(Sql("x.start_us >= ?", (where.from_us,)))
    if where.to_us is not None:
        pieces.append(Sql("x.start_us < ?", (where.to_us,)))
    return join("AND", pieces)
