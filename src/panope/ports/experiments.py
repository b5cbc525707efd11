"""The telemetry side of experiments: the observations and traces that say they are in one."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from panope.domain.experiments.links import ExperimentLink
from panope.domain.ids import ProjectId


class LinkKind(StrEnum):
    """What says it."""

    OBSERVATION = "observation"
    """Attributes of a span: experiment and item, by id."""
    TRACE = "trace"
    """Metadata of a trace: the experiment by name, the item by id."""


class LinkFilter(Struct, frozen=True, kw_only=True):
    """Which links; None asks for all, an empty tuple for none. Times are those of `start_us`."""

    experiment_ids: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    dataset_ids: tuple[str, ...] | None = None
    item_ids: tuple[str, ...] | None = None
    trace_ids: tuple[str, ...] | None = None
    from_us: int | None = None
    """Inclusive."""
    to_us: int | None = None
    """Exclusive."""


class LinkPage(Struct, frozen=True):
    """So many links, strictly after a place in their order."""

    limit: int
    after: tuple[int, str] | None = None
    """`start_us` and id of the last one before."""


class LinkSummary(Struct, kw_only=True):
    """The links of one experiment: by id of observations, by name and item of traces."""

    experiment_id: str | None = None
    experiment_name: str
    dataset_id: str | None = None
    item_id: str | None = None
    """Of traces only."""
    first_us: int
    """Earliest start."""
    last_us: int
    """Latest start."""
    end_us: int
    """Latest end."""
    first_created_us: int
    """Earliest arrival."""
    items: int
    """Different pairs of item and trace."""
    some_id: str
    """The least id of a link: any of them tells of the whole experiment."""


class ItemLinks(Protocol):
    """Reads the links that stand for an item: of the observations of one item, that is one.

    Sees everything that was acknowledged before the call began.
    """

    async def list_links(
        self, project_id: ProjectId, kind: LinkKind, where: LinkFilter, page: LinkPage | None = None
    ) -> list[ExperimentLink]:
        """Links by (start, id), latest first: all of them, or one page."""

    async def summarize_links(self, project_id: ProjectId, kind: LinkKind, where: LinkFilter) -> list[LinkSummary]:
        """What the links come to, experiment by experiment, ordered by (id or name, item).

        Where links of one id name several experiments or datasets, the greatest of them stands.
        """
