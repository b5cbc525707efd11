"""Runs of a dataset, the items that were linked to them by hand, and how links and deletions change them."""

import hashlib
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from panope.domain.ids import DatasetId, ProjectId

_RUN: Final = "langfuse-experiment-v1"
_RUN_CHARS: Final = 16
_ITEM: Final = "panope-run-item-v1"
_ITEM_CHARS: Final = 32


def derive_run_id(project_id: ProjectId, dataset_id: DatasetId, name: str) -> str:
    """The id of a run: what the published SDKs work out too, so that all ways of telling name the same run."""
    return _digest([_RUN, project_id, dataset_id, name])[:_RUN_CHARS]


def derive_item_id(run_id: str, item_id: str, trace_id: str) -> str:
    """The id of a run item: an item is in a run once per trace, whoever tells of it."""
    return _digest([_ITEM, run_id, item_id, trace_id])[:_ITEM_CHARS]


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


class DatasetRun(Struct, frozen=True, kw_only=True):
    """One run of a dataset. Times in µs."""

    id: str
    """See `derive_run_id`."""
    dataset_id: DatasetId
    name: str
    description: str | None = None
    metadata: str | None = None
    """JSON text."""
    created_us: int
    updated_us: int
    cut_us: int = 0
    """When the run was last deleted: what had arrived by then is in it no more. 0: never."""
    is_deleted: bool = False
    """Nothing was linked since."""


class RunItem(Struct, frozen=True, kw_only=True):
    """One item of a run, linked to what came of it. Times in µs."""

    id: str
    """See `derive_item_id`."""
    run_id: str
    item_id: str
    trace_id: str
    observation_id: str | None = None
    created_us: int
    """When it happened, as far as the client told, else when it was linked."""
    updated_us: int
    is_deleted: bool = False
    """Its run was deleted since: it does not come back when it is sent again."""


class RunRequest(Struct, frozen=True, kw_only=True):
    """An item to be linked, as it was asked for: the dataset is that of the item."""

    run_name: str
    description: str | None = None
    metadata: str | None = None
    """JSON text."""
    item_ids: tuple[str, ...]
    """What the id of the item may stand for."""
    trace_id: str | None = None
    observation_id: str | None = None
    created_us: int | None = None


class RunItemDraft(Struct, frozen=True, kw_only=True):
    """What is linked, and what the run shall be if this is the first of it."""

    dataset_id: DatasetId
    run_name: str
    description: str | None = None
    metadata: str | None = None
    """JSON text."""
    item_id: str
    trace_id: str
    observation_id: str | None = None
    created_us: int | None = None
    """None: now."""


class Linked(Struct, frozen=True, kw_only=True):
    """What linking leaves."""

    run: DatasetRun
    item: RunItem


def link_item(
    project_id: ProjectId, run: DatasetRun | None, item: RunItem | None, draft: RunItemDraft, at_us: int
) -> Linked:
    """What is there once a draft is linked, where `run` and `item` were before.

    The first link makes the run, and what later ones say of it is passed over. An item that is linked again stays one
    and takes the observation that is named last. One that went with its run stays away, whoever sends it again; a new
    one makes the run anew.
    """
    run_id = derive_run_id(project_id, draft.dataset_id, draft.run_name)
    if item is not None:
        return Linked(run=run or _new_run(run_id, draft, at_us), item=_linked_again(item, draft, at_us))
    if run is None:
        run = _new_run(run_id, draft, at_us)
    elif run.is_deleted:
        run = replace(_new_run(run_id, draft, at_us), cut_us=run.cut_us)
    item = RunItem(
        id=derive_item_id(run_id, draft.item_id, draft.trace_id),
        run_id=run_id,
        item_id=draft.item_id,
        trace_id=draft.trace_id,
        observation_id=draft.observation_id,
        created_us=at_us if draft.created_us is None else draft.created_us,
        updated_us=at_us,
    )
    return Linked(run=run, item=item)


def _new_run(run_id: str, draft: RunItemDraft, at_us: int) -> DatasetRun:
    created_us = at_us if draft.created_us is None else draft.created_us
    return DatasetRun(
        id=run_id,
        dataset_id=draft.dataset_id,
        name=draft.run_name,
        description=draft.description,
        metadata=draft.metadata,
        created_us=created_us,
        updated_us=at_us,
    )


def _linked_again(item: RunItem, draft: RunItemDraft, at_us: int) -> RunItem:
    if item.is_deleted or draft.observation_id in {None, item.observation_id}:
        return item
    return replace(item, observation_id=draft.observation_id, updated_us=at_us)


def deleted_run(run: DatasetRun, at_us: int) -> DatasetRun:
    """What a deletion leaves of a run."""
    return replace(run, updated_us=at_us, cut_us=max(at_us, run.cut_us), is_deleted=True)
