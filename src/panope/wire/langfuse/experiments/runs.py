"""Runs of datasets and their items on the wire."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from panope.domain.datasets.datasets import Dataset
from panope.domain.errors import Issue
from panope.domain.experiments.items import ExperimentItem
from panope.domain.experiments.reading import FoundRun
from panope.domain.experiments.runs import DatasetRun, Linked, RunRequest
from panope.domain.ids import MAX_ID_BYTES, is_possible_id
from panope.wire.langfuse.datasets.values import read_exact, show_value
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.paging import PageNumber, Params, invalid, page_meta, read_page
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_time, parse_time

DELETED: Final = b'{"message":"Dataset run successfully deleted"}'
_INVALID: Final = "invalid_dataset_run_item"


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class RunItemRequest(_Camel, kw_only=True, forbid_unknown_fields=True):
    """An item of a dataset, and the trace or observation that came of it. No other keys may be sent."""

    run_name: str
    run_description: str | None = None
    metadata: Any = None
    dataset_item_id: str
    trace_id: str | None = None
    observation_id: str | None = None
    dataset_version: str | None = None
    created_at: str | None = None


class RunItemBody(_Camel):
    """An item of a run as clients see it."""

    id: str
    dataset_run_id: str
    dataset_run_name: str
    dataset_item_id: str
    trace_id: str
    observation_id: str | None
    created_at: str
    updated_at: str


class RunItemsBody(Struct):
    """One page of items of a run."""

    data: list[RunItemBody]
    meta: dict[str, int]


class RunBody(_Camel):
    """A run as clients see it."""

    id: str
    name: str
    description: str | None
    metadata: Any
    dataset_id: str
    dataset_name: str
    created_at: str
    updated_at: str


class RunWithItemsBody(RunBody, kw_only=True):
    """A run with all of its items."""

    dataset_run_items: list[RunItemBody]


class RunsBody(Struct):
    """One page of runs."""

    data: list[RunBody]
    meta: dict[str, int]


class RunItemsRequest(Struct, frozen=True):
    """One page of items of a run as it was asked for."""

    dataset_id: str
    run_names: tuple[str, ...]
    """What the name of the run may stand for."""
    page: PageNumber


def read_run_item(body: bytes) -> RunRequest:
    """Read an item to link. Raises `InvalidError` with every place that is wrong."""
    request = read_body(body, RunItemRequest, code=_INVALID)
    issues = _check(request)
    if issues:
        raise invalid_body(issues, code=_INVALID)
    return RunRequest(
        run_name=request.run_name,
        description=request.run_description,
        metadata=_read_metadata(request),
        item_ids=possible_names(request.dataset_item_id),
        trace_id=request.trace_id or None,
        observation_id=request.observation_id or None,
        created_us=None if request.created_at is None else parse_time(request.created_at),
    )


def _check(request: RunItemRequest) -> list[Issue]:
    text = f"must have between 1 and {MAX_ID_BYTES} bytes and no NUL"
    named = (
        ("runName", request.run_name),
        ("datasetItemId", request.dataset_item_id),
        ("traceId", request.trace_id or None),
        ("observationId", request.observation_id or None),
    )
    issues = [
        Issue((name,), text, "invalid_id") for name, value in named if value is not None and not is_possible_id(value)
    ]
    if request.run_name and not request.run_name.strip():
        issues.append(Issue(("runName",), "must not be blank", "invalid_name"))
    if not request.trace_id and not request.observation_id:
        issues.append(Issue(("traceId",), "send the traceId or the observationId that came of the item", "missing"))
    for name, value in (("datasetVersion", request.dataset_version), ("createdAt", request.created_at)):
        if value is not None and not _is_time(value):
            issues.append(Issue((name,), "must be an ISO 8601 time that ends in Z or an offset", "invalid_time"))
    return issues


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def _read_metadata(request: RunItemRequest) -> str | None:
    """The metadata of the run, with the version of the dataset when one was named."""
    if request.dataset_version is None:
        return read_exact(request.metadata)
    metadata = request.metadata
    kept = metadata if isinstance(metadata, dict) else {} if metadata is None else {"metadata": metadata}
    return read_exact({**kept, "dataset_version": format_time(parse_time(request.dataset_version))})


def read_items_request(params: Params) -> RunItemsRequest:
    """Read the query string of a list of items."""
    dataset_id, run_name = params.text("datasetId"), params.text("runName")
    if dataset_id is None or run_name is None:
        name = "datasetId" if dataset_id is None else "runName"
        raise invalid((name,), "is required: the items are those of one run of one dataset")
    return RunItemsRequest(dataset_id, possible_names(run_name), read_page(params))


def encode_linked(linked: Linked) -> bytes:
    """Encode an item that was linked."""
    item = linked.item
    return msgspec.json.encode(
        RunItemBody(
            id=item.id,
            dataset_run_id=linked.run.id,
            dataset_run_name=linked.run.name,
            dataset_item_id=item.item_id,
            trace_id=item.trace_id,
            observation_id=item.observation_id,
            created_at=format_time(item.created_us),
            updated_at=format_time(item.updated_us),
        )
    )


def encode_items(found: FoundRun, page: PageNumber) -> bytes:
    """Encode one page of the items of a run, latest first."""
    shown = found.items[page.offset : page.offset + page.limit]
    return msgspec.json.encode(
        RunItemsBody([_show_item(found.run, item) for item in shown], page_meta(page, len(found.items)))
    )


def encode_run(found: FoundRun) -> bytes:
    """Encode a run with all of its items, latest first."""
    items = [_show_item(found.run, item) for item in found.items]
    return msgspec.json.encode(RunWithItemsBody(**run_fields(found.dataset, found.run), dataset_run_items=items))


def encode_runs(dataset: Dataset, runs: Sequence[DatasetRun], page: PageNumber, total: int) -> bytes:
    """Encode one page of runs."""
    return msgspec.json.encode(RunsBody([RunBody(**run_fields(dataset, run)) for run in runs], page_meta(page, total)))


def run_fields(dataset: Dataset, run: DatasetRun) -> dict[str, Any]:
    """A run as the fields of its body."""
    return {
        "id": run.id,
        "name": run.name,
        "description": run.description,
        "metadata": show_value(run.metadata),
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "created_at": format_time(run.created_us),
        "updated_at": format_time(run.updated_us),
    }


def _show_item(run: DatasetRun, item: ExperimentItem) -> RunItemBody:
    return RunItemBody(
        id=item.id,
        dataset_run_id=run.id,
        dataset_run_name=run.name,
        dataset_item_id=item.item_id,
        trace_id=item.trace_id,
        observation_id=item.observation_id,
        created_at=format_time(item.start_us),
        updated_at=format_time(item.updated_us),
    )
