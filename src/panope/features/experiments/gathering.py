"""Brings together the items of experiments from the catalog and from telemetry."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from panope.domain.experiments.items import Experiment, ExperimentItem, unite
from panope.domain.experiments.links import ExperimentLink
from panope.domain.experiments.runs import derive_run_id
from panope.domain.ids import DatasetId, ProjectId
from panope.ports.catalog import Catalog
from panope.ports.dataset_runs import RunItemFilter
from panope.ports.experiments import ItemLinks, LinkFilter, LinkKind

_IDS_AT_A_TIME: Final = 500

_Told = TypeVar("_Told")


class ItemGatherer:
    """Gathers what is known of experiments, by whichever way it was told."""

    def __init__(self, catalog: Catalog, links: ItemLinks) -> None:
        self._runs = catalog.dataset_runs
        self._index = catalog.dataset_item_index
        self._links = links

    async def gather(
        self, project_id: ProjectId, experiments: Sequence[Experiment], *, only_traces: Iterable[str] | None = None
    ) -> dict[str, list[ExperimentItem]]:
        """The items of each of some hundred experiments, latest first; of some traces only, when these are given."""
        if not experiments:
            return {}
        ids = tuple(experiment.id for experiment in experiments)
        traces = None if only_traces is None else tuple(dict.fromkeys(only_traces))
        where = LinkFilter(experiment_ids=ids, trace_ids=traces)
        links = _group(
            await self._links.list_links(project_id, LinkKind.OBSERVATION, where), lambda link: link.experiment_id
        )
        linked = _group(
            await self._runs.list_items(project_id, RunItemFilter(run_ids=ids, trace_ids=traces)),
            lambda item: item.run_id,
        )
        cut = [experiment.id for experiment in experiments if experiment.cut_us]
        deleted = _group(await self._runs.list_deleted(project_id, cut) if cut else [], lambda item: item.run_id)
        named = await self._name_traces(project_id, experiments, traces)
        return {
            run.id: unite(
                run, links.get(run.id, ()), linked.get(run.id, ()), named.get(run.id, ()), deleted.get(run.id, ())
            )
            for run in experiments
        }

    async def _name_traces(
        self, project_id: ProjectId, experiments: Sequence[Experiment], trace_ids: tuple[str, ...] | None
    ) -> dict[str, list[ExperimentLink]]:
        names = tuple({experiment.name for experiment in experiments if experiment.dataset_id is not None})
        if not names:
            return {}
        where = LinkFilter(names=names, trace_ids=trace_ids)
        return await self.identify(project_id, await self._links.list_links(project_id, LinkKind.TRACE, where))

    async def identify(self, project_id: ProjectId, links: Sequence[ExperimentLink]) -> dict[str, list[ExperimentLink]]:
        """Links of traces by the id of their run; those whose item is of no dataset are left out."""
        datasets = await self.locate(project_id, {link.item_id for link in links})
        located = [link for link in links if link.item_id in datasets]
        return _group(located, lambda link: derive_run_id(project_id, datasets[link.item_id], link.experiment_name))

    async def locate(self, project_id: ProjectId, item_ids: Iterable[str]) -> Mapping[str, DatasetId]:
        """Datasets by item."""
        ids = sorted(item_ids)
        return await self._index.locate(project_id, ids) if ids else {}


def in_parts(ids: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Ids, as many at a time as a statement takes."""
    return (tuple(ids[start : start + _IDS_AT_A_TIME]) for start in range(0, len(ids), _IDS_AT_A_TIME))


def _group(told: Iterable[_Told], key: Callable[[_Told], str | None]) -> dict[str, list[_Told]]:
    groups: dict[str, list[_Told]] = {}
    for one in told:
        groups.setdefault(key(one) or "", []).append(one)
    return groups
