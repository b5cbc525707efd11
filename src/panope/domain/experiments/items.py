"""One item of an experiment, united from the ways in which it may have been told."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from panope.domain.experiments.links import ExperimentLink
from panope.domain.experiments.runs import RunItem, derive_item_id


class ItemSource(StrEnum):
    """How an item was told, the way that says most first."""

    SPAN = "span"
    """By attributes of the observation that stands for it."""
    LINK = "link"
    """By a request that linked it to a trace."""
    METADATA = "metadata"
    """By the metadata of its trace."""


class ExperimentItem(Struct, frozen=True, kw_only=True):
    """What came of one item in one experiment. Times in µs."""

    id: str
    """See `derive_item_id`."""
    place_id: str
    """With `start_us` its place among all items: the id of what told of it."""
    experiment_id: str
    experiment_name: str
    dataset_id: str | None
    item_id: str
    trace_id: str
    observation_id: str | None
    """The observation that stands for it; None where only the trace is known."""
    start_us: int
    updated_us: int
    source: ItemSource

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in lists."""
        return self.start_us, self.place_id


class Experiment(Struct, frozen=True, kw_only=True):
    """Which experiment: enough to find its items."""

    id: str
    name: str
    dataset_id: str | None = None
    cut_us: int = 0
    """What had arrived by then is in it no more."""


def unite(
    experiment: Experiment,
    links: Iterable[ExperimentLink],
    linked: Iterable[RunItem],
    traces: Iterable[ExperimentLink],
    deleted: Iterable[RunItem] = (),
) -> list[ExperimentItem]:
    """The items of an experiment, latest first: each once per trace, however often and by whichever ways it was told.

    `deleted` are items that went with the run, and that nothing brings back.
    """
    gone = {(item.item_id, item.trace_id) for item in deleted}
    found: dict[tuple[str, str], ExperimentItem] = {}
    told = (
        *(_of_link(experiment, link, ItemSource.SPAN) for link in _latest_first(links, experiment)),
        *(_of_run_item(experiment, item) for item in linked),
        *(_of_link(experiment, link, ItemSource.METADATA) for link in _latest_first(traces, experiment)),
    )
    for item in told:
        key = (item.item_id, item.trace_id)
        if key not in gone:
            found.setdefault(key, item)
    return sorted(found.values(), key=lambda item: item.place, reverse=True)


def _latest_first(links: Iterable[ExperimentLink], experiment: Experiment) -> list[ExperimentLink]:
    alive = [link for link in links if link.created_us > experiment.cut_us]
    return sorted(alive, key=lambda link: (link.start_us, link.id), reverse=True)


def _of_link(experiment: Experiment, link: ExperimentLink, source: ItemSource) -> ExperimentItem:
    return ExperimentItem(
        id=derive_item_id(experiment.id, link.item_id, link.trace_id),
        place_id=link.id,
        experiment_id=experiment.id,
        experiment_name=experiment.name,
        dataset_id=link.dataset_id or experiment.dataset_id,
        item_id=link.item_id,
        trace_id=link.trace_id,
        observation_id=link.id if source is ItemSource.SPAN else None,
        start_us=link.start_us,
        updated_us=link.created_us,
        source=source,
    )


def _of_run_item(experiment: Experiment, item: RunItem) -> ExperimentItem:
    return ExperimentItem(
        id=item.id,
        place_id=item.id,
        experiment_id=experiment.id,
        experiment_name=experiment.name,
        dataset_id=experiment.dataset_id,
        item_id=item.item_id,
        trace_id=item.trace_id,
        observation_id=item.observation_id,
        start_us=item.created_us,
        updated_us=item.updated_us,
        source=ItemSource.LINK,
    )
