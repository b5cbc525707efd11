"""Lists of experiments and of their items, over the whole project."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from panope.domain.experiments.items import Experiment, ExperimentItem
from panope.domain.experiments.links import ExperimentLink
from panope.domain.experiments.reading import ExperimentQuery, ListedExperiment, Place
from panope.domain.experiments.runs import DatasetRun, RunItem, derive_run_id
from panope.domain.ids import DatasetId, ProjectId
from panope.features.experiments.gathering import ItemGatherer
from panope.features.experiments.runs import experiment_of
from panope.ports.catalog import Catalog
from panope.ports.dataset_runs import RunItemFilter, RunItemPage, RunSummary
from panope.ports.experiments import ItemLinks, LinkFilter, LinkKind, LinkPage, LinkSummary

_STREAM_ROWS: Final = 200
"""Rows that are looked at together."""


class _Told(NamedTuple):
    """Something that says that an item is in an experiment."""

    experiment: Experiment
    place: Place
    trace_id: str


class ExperimentLists:
    """Lists of one project, latest first."""

    def __init__(self, catalog: Catalog, links: ItemLinks) -> None:
        self._runs = catalog.dataset_runs
        self._links = links
        self._gatherer = ItemGatherer(catalog, links)

    async def list_experiments(self, project_id: ProjectId, query: ExperimentQuery) -> list[ListedExperiment]:
        """Experiments after the place of the query, one more than its limit if there are more."""
        parts = await self._parts(project_id, query)
        merged: dict[str, ListedExperiment] = {}
        for part in parts:
            known = merged.get(part.experiment.id)
            merged[part.experiment.id] = part if known is None else _add(known, part)
        rows = await self._runs.load(project_id, sorted(merged))
        merged |= {run_id: _with_row(merged[run_id], run) for run_id, run in rows.items()}
        merged |= await self._count_exactly(
            project_id, query, [row for row in merged.values() if row.experiment.cut_us]
        )
        listed = sorted((row for row in merged.values() if row.items), key=lambda row: row.place, reverse=True)
        page = [row for row in listed if query.after is None or row.place < query.after][: query.limit + 1]
        mixed = [row for row in page if row.ways > 1 and not row.experiment.cut_us]
        exact = await self._count_exactly(project_id, query, mixed)
        return [
            replace(exact[row.experiment.id], last_us=row.last_us) if row.experiment.id in exact else row
            for row in page
        ]

    async def _parts(self, project_id: ProjectId, query: ExperimentQuery) -> list[ListedExperiment]:
        """What each way of telling says of each experiment."""
        told = await self._links.summarize_links(project_id, LinkKind.OBSERVATION, _link_filter(query))
        linked = await self._runs.summarize(project_id, _item_filter(query))
        named = await self._links.summarize_links(
            project_id, LinkKind.TRACE, LinkFilter(names=query.names, from_us=query.from_us, to_us=query.to_us)
        )
        of_traces = await self._of_traces(project_id, named)
        parts = [*map(_of_link_summary, told), *map(_of_run_summary, linked), *of_traces]
        return [part for part in parts if _is_asked_for(part.experiment, query)]

    async def _of_traces(self, project_id: ProjectId, named: Sequence[LinkSummary]) -> list[ListedExperiment]:
        datasets = await self._gatherer.locate(project_id, {summary.item_id or "" for summary in named})
        parts: dict[str, ListedExperiment] = {}
        for summary in named:
            dataset_id = datasets.get(summary.item_id or "")
            if dataset_id is None:
                continue
            experiment = _experiment_named(project_id, summary.experiment_name, dataset_id)
            part = replace(_of_link_summary(summary), experiment=experiment, some_observation_id=None)
            known = parts.get(experiment.id)
            parts[experiment.id] = part if known is None else replace(_add(known, part), ways=1)
        return list(parts.values())

    async def _count_exactly(
        self, project_id: ProjectId, query: ExperimentQuery, listed: Sequence[ListedExperiment]
    ) -> dict[str, ListedExperiment]:
        """The same experiments with each item counted once, and nothing that went with a deletion."""
        gathered = await self._gatherer.gather(project_id, [found.experiment for found in listed])
        return {found.experiment.id: _recount(found, gathered[found.experiment.id], query) for found in listed}

    async def list_items(self, project_id: ProjectId, query: ExperimentQuery) -> list[ExperimentItem]:
        """Items after the place of the query, one more than its limit if there are more."""
        names = await self._names_of_traces(project_id, query)
        listed: list[ExperimentItem] = []
        after = query.after
        while len(listed) <= query.limit:
            told, after = await self._next_told(project_id, query, names, after)
            listed += await self._standing(project_id, query, told)
            if after is None:
                break
        return listed[: query.limit + 1]

    async def _names_of_traces(self, project_id: ProjectId, query: ExperimentQuery) -> tuple[str, ...] | None:
        """Names under which traces may tell of the experiments that are asked for by id; None: any."""
        if query.experiment_ids is None:
            return query.names
        where = LinkFilter(names=query.names, item_ids=query.item_ids, from_us=query.from_us, to_us=query.to_us)
        told = await self._of_traces(project_id, await self._links.summarize_links(project_id, LinkKind.TRACE, where))
        return tuple({part.experiment.name for part in told if part.experiment.id in query.experiment_ids})

    async def _next_told(
        self, project_id: ProjectId, query: ExperimentQuery, names: tuple[str, ...] | None, after: Place | None
    ) -> tuple[list[_Told], Place | None]:
        """What was told next, by whichever way, and the place after which to go on; None: that was all."""
        page = LinkPage(_STREAM_ROWS, after)
        where = _link_filter(query)
        links = await self._links.list_links(project_id, LinkKind.OBSERVATION, where, page)
        linked = await self._runs.list_items(project_id, _item_filter(query), RunItemPage(_STREAM_ROWS, after))
        where = replace(where, experiment_ids=None, dataset_ids=None, names=names)
        named = await self._links.list_links(project_id, LinkKind.TRACE, where, page)
        streams = [
            [_Told(_experiment_of_link(link), (link.start_us, link.id), link.trace_id) for link in links],
            await self._told_by_hand(project_id, linked),
            await self._told_by_traces(project_id, named),
        ]
        ends = [_place_of(rows[-1]) for rows in (links, linked, named) if len(rows) == _STREAM_ROWS]
        bound = max(ends, default=None)
        told = [one for stream in streams for one in stream if bound is None or one.place >= bound]
        return told, bound

    async def _told_by_hand(self, project_id: ProjectId, linked: Sequence[RunItem]) -> list[_Told]:
        runs = await self._runs.load(project_id, sorted({item.run_id for item in linked}))
        return [_Told(experiment_of(runs[item.run_id]), _place_of(item), item.trace_id) for item in linked]

    async def _told_by_traces(self, project_id: ProjectId, named: Sequence[ExperimentLink]) -> list[_Told]:
        datasets = await self._gatherer.locate(project_id, {link.item_id for link in named})
        return [
            _Told(
                _experiment_named(project_id, link.experiment_name, datasets[link.item_id]),
                _place_of(link),
                link.trace_id,
            )
            for link in named
            if link.item_id in datasets
        ]

    async def _standing(
        self, project_id: ProjectId, query: ExperimentQuery, told: Sequence[_Told]
    ) -> list[ExperimentItem]:
        """The items that stand where they were told; what was told twice stands at one of the places."""
        asked = [one for one in told if _is_asked_for(one.experiment, query)]
        experiments = {one.experiment.id: one.experiment for one in asked}
        rows = await self._runs.load(project_id, sorted(experiments))
        experiments |= {run_id: experiment_of(run) for run_id, run in rows.items()}
        gathered = await self._gatherer.gather(
            project_id, list(experiments.values()), only_traces=[one.trace_id for one in asked]
        )
        places = {(one.experiment.id, one.place) for one in asked}
        items = [item for found in gathered.values() for item in found]
        tests = [test for test in query.tests if test.column == "item_ids"]
        standing = [
            item
            for item in items
            if (item.experiment_id, item.place) in places and all(test.fulfils(item.item_id) for test in tests)
        ]
        return sorted(standing, key=lambda item: item.place, reverse=True)


def _place_of(row: ExperimentLink | RunItem) -> Place:
    return (row.created_us if isinstance(row, RunItem) else row.start_us), row.id


def _experiment_of_link(link: ExperimentLink) -> Experiment:
    return Experiment(id=link.experiment_id or "", name=link.experiment_name, dataset_id=link.dataset_id)


def _experiment_named(project_id: ProjectId, name: str, dataset_id: DatasetId) -> Experiment:
    return Experiment(id=derive_run_id(project_id, dataset_id, name), name=name, dataset_id=dataset_id)


def _link_filter(query: ExperimentQuery) -> LinkFilter:
    return LinkFilter(
        experiment_ids=query.experiment_ids,
        names=query.names,
        dataset_ids=query.dataset_ids,
        item_ids=query.item_ids,
        from_us=query.from_us,
        to_us=query.to_us,
    )


def _item_filter(query: ExperimentQuery) -> RunItemFilter:
    return RunItemFilter(
        run_ids=query.experiment_ids,
        names=query.names,
        dataset_ids=query.dataset_ids,
        item_ids=query.item_ids,
        from_us=query.from_us,
        to_us=query.to_us,
    )


def _is_asked_for(experiment: Experiment, query: ExperimentQuery) -> bool:
    columns = {"experiment_ids": experiment.id, "names": experiment.name, "dataset_ids": experiment.dataset_id}
    asked = (
        (query.experiment_ids, experiment.id),
        (query.names, experiment.name),
        (query.dataset_ids, experiment.dataset_id),
    )
    return all(values is None or value in values for values, value in asked) and all(
        test.fulfils(columns[test.column]) for test in query.tests if test.column in columns
    )


def _of_link_summary(summary: LinkSummary) -> ListedExperiment:
    return ListedExperiment(
        experiment=Experiment(
            id=summary.experiment_id or "", name=summary.experiment_name, dataset_id=summary.dataset_id
        ),
        first_us=summary.first_us,
        last_us=summary.last_us,
        end_us=summary.end_us,
        items=summary.items,
        some_observation_id=summary.some_id,
    )


def _of_run_summary(summary: RunSummary) -> ListedExperiment:
    return ListedExperiment(
        experiment=experiment_of(summary.run),
        first_us=summary.first_us,
        last_us=summary.last_us,
        end_us=summary.last_us,
        items=summary.items,
    )


def _with_row(listed: ListedExperiment, run: DatasetRun) -> ListedExperiment:
    return replace(listed, experiment=experiment_of(run), run=None if run.is_deleted else run)


def _add(one: ListedExperiment, other: ListedExperiment) -> ListedExperiment:
    """Two ways of telling, as one; items that both tell of are counted twice."""
    return replace(
        one,
        first_us=min(one.first_us, other.first_us),
        last_us=max(one.last_us, other.last_us),
        end_us=max(one.end_us, other.end_us),
        items=one.items + other.items,
        ways=one.ways + other.ways,
        some_observation_id=one.some_observation_id or other.some_observation_id,
    )


def _recount(listed: ListedExperiment, items: Sequence[ExperimentItem], query: ExperimentQuery) -> ListedExperiment:
    """What the items come to, latest first; the latest end stays as it is, for items do not know theirs."""
    starts = [
        item.start_us
        for item in items
        if item.start_us >= query.from_us and (query.to_us is None or item.start_us < query.to_us)
    ]
    if not starts:
        return replace(listed, items=0)
    return replace(listed, first_us=min(starts), last_us=max(starts), items=len(starts))
