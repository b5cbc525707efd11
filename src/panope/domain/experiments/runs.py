"""Runs of a dataset and the items that were linked to them by hand."""

import hashlib
from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.ids import ProjectId

_RUN: Final = "langfuse-experiment-v1"
_RUN_CHARS: Final = 16
_ITEM: Final = "panope-run-item-v1"
_ITEM_CHARS: Final = 32


def derive_run_id(project_id: ProjectId, dataset_id: str, name: str) -> str:
    """The id of a run: what the published SDKs work out too, so that all ways of telling name the same run."""
    return _digest([_RUN, project_id, dataset_id, name])[:_RUN_CHARS]


def derive_item_id(run_id: str, item_id: str, trace_id: str) -> str:
    """The id of a run item: an item is in a run once per trace, whoever tells of it."""
    return _digest([_ITEM, run_id, item_id, trace_id])[:_ITEM_CHARS]


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


class DatasetRun(Struct, kw_only=True):
    """One run of a dataset. Times in µs."""

    id: str
    """See `derive_run_id`."""
    dataset_id: str
    name: str
    description: str | None = None
    metadata: Any = None
    """Any JSON value."""
    created_us: int
    updated_us: int
    cut_us: int = 0
    """When the run was last deleted; what had arrived by then is in it no more. 0: never."""
    is_deleted: bool = False
    """Nothing was linked since."""


class RunItem(Struct, kw_only=True):
    """One item of a run, linked to what came of it. Times in µs."""

    id: str
    """See `derive_item_id`."""
    run_id: str
    item_id: str
    trace_id: str
    observation_id: str | None = None
    created_us: int
    updated_us: int
    is_deleted: bool = False
    """It was in a run that was deleted: it does not come back when it is sent again."""


class NewRunItem(Struct, kw_only=True):
    """What is linked, and what the run shall be if this is the first of it."""

    dataset_id: str
    run_name: str
    description: str | None = None
    metadata: Any = None
    item_id: str
    trace_id: str
    observation_id: str | None = None
    created_us: int
