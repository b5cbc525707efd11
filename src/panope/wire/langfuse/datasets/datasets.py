"""Datasets on the wire."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from panope.domain.datasets.datasets import Dataset, DatasetDraft
from panope.domain.datasets.items import DatasetItem
from panope.domain.ids import ProjectId
from panope.ports.datasets import DatasetPage
from panope.wire.langfuse.datasets.items import MediaByItem, show_item
from panope.wire.langfuse.datasets.values import read_exact, show_value
from panope.wire.langfuse.paging import PageNumber, page_meta
from panope.wire.langfuse.requests import read_body
from panope.wire.langfuse.times import format_time


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class DatasetRequest(_Camel):
    """A dataset to add, or to change when the project has one of that name. A schema of null is taken away."""

    name: str
    description: str | None = None
    metadata: Any = None
    input_schema: dict[str, Any] | UnsetType | None = UNSET
    expected_output_schema: dict[str, Any] | UnsetType | None = UNSET


class DatasetBody(_Camel):
    """A dataset as clients see it."""

    id: str
    project_id: str
    name: str
    description: str | None
    metadata: Any
    input_schema: Any
    expected_output_schema: Any
    created_at: str
    updated_at: str


class FirstVersionBody(DatasetBody, kw_only=True):
    """The same with what is in it: items whole or by id, runs by name."""

    items: Sequence[Any]
    runs: Sequence[str]


class DatasetsBody(Struct):
    """One page of datasets."""

    data: list[DatasetBody]
    meta: dict[str, int]


def read_dataset(body: bytes) -> DatasetDraft:
    """Read what somebody wants a dataset to be. Raises `InvalidError` with every place that is wrong."""
    request = read_body(body, DatasetRequest, code="invalid_dataset")
    return DatasetDraft(
        name=request.name,
        description=request.description,
        metadata=read_exact(request.metadata),
        input_schema=_read_schema(request.input_schema),
        expected_output_schema=_read_schema(request.expected_output_schema),
    )


def encode_dataset(project_id: ProjectId, dataset: Dataset) -> bytes:
    """Encode one dataset."""
    return msgspec.json.encode(_show(project_id, dataset))


def encode_datasets(project_id: ProjectId, found: DatasetPage, page: PageNumber) -> bytes:
    """Encode one page of datasets."""
    shown = [_show(project_id, dataset) for dataset in found.rows]
    return msgspec.json.encode(DatasetsBody(shown, page_meta(page, found.total)))


def encode_first_version(
    project_id: ProjectId, dataset: Dataset, items: Sequence[DatasetItem], runs: Sequence[str], media: MediaByItem
) -> bytes:
    """Encode a dataset as the first version of the API does: with all of its items, and the names of its runs."""
    shown = [show_item(item, media.get(item.id, ())) for item in items]
    return msgspec.json.encode(FirstVersionBody(**_fields(project_id, dataset), items=shown, runs=runs))


def encode_first_version_list(
    project_id: ProjectId, found: Sequence[tuple[Dataset, Sequence[str], Sequence[str]]], page: PageNumber, total: int
) -> bytes:
    """Encode one page as the first version of the API does: with ids of items, and names of runs."""
    shown = [FirstVersionBody(**_fields(project_id, dataset), items=ids, runs=runs) for dataset, ids, runs in found]
    return msgspec.json.encode({"data": shown, "meta": page_meta(page, total)})


def _show(project_id: ProjectId, dataset: Dataset) -> DatasetBody:
    return DatasetBody(**_fields(project_id, dataset))


def _fields(project_id: ProjectId, dataset: Dataset) -> dict[str, Any]:
    return {
        "id": dataset.id,
        "project_id": project_id,
        "name": dataset.name,
        "description": dataset.description,
        "metadata": show_value(dataset.metadata),
        "input_schema": show_value(dataset.input_schema),
        "expected_output_schema": show_value(dataset.expected_output_schema),
        "created_at": format_time(dataset.created_us),
        "updated_at": format_time(dataset.updated_us),
    }


def _read_schema(sent: dict[str, Any] | UnsetType | None) -> str | UnsetType | None:
    return msgspec.json.encode(sent).decode() if isinstance(sent, dict) else sent
