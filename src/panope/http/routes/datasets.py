"""Datasets and their items."""

from collections.abc import Callable, Sequence
from typing import Protocol

from fastapi import APIRouter, Request, Response

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import DatasetItem
from panope.domain.ids import ProjectId
from panope.features.datasets.media import ItemMedia
from panope.features.datasets.service import DatasetService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, query_parameter, takes
from panope.wire.langfuse.datasets import datasets as wire
from panope.wire.langfuse.datasets import items as items_wire
from panope.wire.langfuse.datasets.items import MediaByItem
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.paging import read_page

_LIST_PARAMETERS = [
    *page_parameters("Items"),
    query_parameter("datasetName", {"type": "string"}, "Items of this dataset; else of all"),
    query_parameter("sourceTraceId", {"type": "string"}, "Items made from this trace"),
    query_parameter("sourceObservationId", {"type": "string"}, "Items made from this observation"),
    query_parameter("version", {"type": "string", "format": "date-time"}, "The dataset as it was then"),
]


class RunNames(Protocol):
    """What the first version of the API shows of runs."""

    async def list_names(self, project_id: ProjectId, dataset: Dataset) -> Sequence[str]:
        """Names of all runs of a dataset, newest first."""


class _Media:
    """Finds the media of items for the caller of a request."""

    def __init__(self, media: ItemMedia, content_url: Callable[[Request], str]) -> None:
        self._media = media
        self._content_url = content_url

    async def find(self, request: Request, project_id: ProjectId, items: Sequence[DatasetItem]) -> MediaByItem:
        return await self._media.find(project_id, items, self._content_url(request))


def datasets_router(
    datasets: DatasetService,
    item_media: ItemMedia,
    content_url: Callable[[Request], str],
    runs: RunNames | None = None,
) -> APIRouter:
    """Make the routes over the use cases; `content_url` says where the content of media is for a caller."""
    media = _Media(item_media, content_url)
    router = APIRouter(prefix="/api/public", tags=["Datasets"])
    _add_datasets(router, datasets)
    _add_items(router, datasets, media)
    _add_first_version(router, datasets, media, runs)
    return router


def _add_datasets(router: APIRouter, datasets: DatasetService) -> None:
    @router.post("/v2/datasets", responses=answers(wire.DatasetBody), openapi_extra=takes(wire.DatasetRequest))
    async def upsert_dataset(request: Request, caller: ProjectCaller) -> Response:
        """Add a dataset, or change the one of that name; what is left out or null stays, a schema of null goes."""
        dataset = await datasets.upsert(caller.project_id, wire.read_dataset(await request.body()))
        return json_bytes(wire.encode_dataset(caller.project_id, dataset))

    @router.get(
        "/v2/datasets", responses=answers(wire.DatasetsBody), openapi_extra={"parameters": page_parameters("Datasets")}
    )
    async def list_datasets(request: Request, caller: ProjectCaller) -> Response:
        """List datasets by page, newest first."""
        page = read_page(params_of(request))
        found = await datasets.list(caller.project_id, offset=page.offset, limit=page.limit)
        return json_bytes(wire.encode_datasets(caller.project_id, found, page))

    @router.get("/v2/datasets/{dataset_name:path}", responses=answers(wire.DatasetBody))
    async def get_dataset(dataset_name: str, caller: ProjectCaller) -> Response:
        """Show a dataset."""
        dataset = await datasets.find(caller.project_id, possible_names(dataset_name))
        return json_bytes(wire.encode_dataset(caller.project_id, dataset))


def _add_items(router: APIRouter, datasets: DatasetService, media: _Media) -> None:
    async def show(request: Request, project_id: ProjectId, item: DatasetItem) -> Response:
        return json_bytes(items_wire.encode_item(item, await media.find(request, project_id, [item])))

    @router.post("/dataset-items", responses=answers(items_wire.ItemBody), openapi_extra=takes(items_wire.ItemRequest))
    async def write_item(request: Request, caller: ProjectCaller) -> Response:
        """Add an item, or make a new version of the one of that id: what is left out or null stays as it was."""
        sent = items_wire.read_item(await request.body())
        return await show(
            request, caller.project_id, await datasets.write_item(caller.project_id, sent.names, sent.id, sent.draft)
        )

    @router.get(
        "/dataset-items", responses=answers(items_wire.ItemsBody), openapi_extra={"parameters": _LIST_PARAMETERS}
    )
    async def list_items(request: Request, caller: ProjectCaller) -> Response:
        """List active items by page, newest first."""
        asked = items_wire.read_list_request(params_of(request))
        found, _ = await datasets.list_items(caller.project_id, asked.names, asked.query)
        references = await media.find(request, caller.project_id, found.rows)
        return json_bytes(items_wire.encode_items(found, asked.page, references))

    @router.get("/dataset-items/{item_id:path}", responses=answers(items_wire.ItemBody))
    async def get_item(item_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Show an item as it is now, archived or not."""
        return await show(
            request, caller.project_id, await datasets.get_item(caller.project_id, possible_names(item_id))
        )

    @router.delete("/dataset-items/{item_id:path}", responses=answers(None))
    async def delete_item(item_id: str, caller: ProjectCaller) -> Response:
        """Delete an item; earlier versions of the dataset keep it."""
        await datasets.delete_item(caller.project_id, possible_names(item_id))
        return json_bytes(items_wire.DELETED)


def _add_first_version(router: APIRouter, datasets: DatasetService, media: _Media, runs: RunNames | None) -> None:
    """What the oldest clients ask for: datasets with everything in them."""
    described = answers(wire.FirstVersionBody)

    async def run_names(project_id: ProjectId, dataset: Dataset) -> Sequence[str]:
        return await runs.list_names(project_id, dataset) if runs is not None else []

    async def show(request: Request, project_id: ProjectId, dataset: Dataset, items: Sequence[DatasetItem]) -> Response:
        names, references = await run_names(project_id, dataset), await media.find(request, project_id, items)
        return json_bytes(wire.encode_first_version(project_id, dataset, items, names, references))

    @router.post("/datasets", responses=described, openapi_extra=takes(wire.DatasetRequest))
    async def upsert_dataset_v1(request: Request, caller: ProjectCaller) -> Response:
        """Add or change a dataset, as `POST /api/public/v2/datasets` does; its `items` and `runs` are empty."""
        dataset = await datasets.upsert(caller.project_id, wire.read_dataset(await request.body()))
        return json_bytes(wire.encode_first_version(caller.project_id, dataset, [], [], {}))

    @router.get(
        "/datasets", responses=answers(wire.DatasetsBody), openapi_extra={"parameters": page_parameters("Datasets")}
    )
    async def list_datasets_v1(request: Request, caller: ProjectCaller) -> Response:
        """List datasets by page, each with the ids of its items and the names of its runs."""
        page, project_id = read_page(params_of(request)), caller.project_id
        found = await datasets.list(project_id, offset=page.offset, limit=page.limit)
        rows = [
            (
                dataset,
                [item.id async for part in datasets.walk_items(project_id, dataset) for item in part],
                await run_names(project_id, dataset),
            )
            for dataset in found.rows
        ]
        return json_bytes(wire.encode_first_version_list(project_id, rows, page, found.total))

    @router.get("/datasets/{dataset_name:path}", responses=described)
    async def get_dataset_v1(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """Show a dataset with all of its active items and the names of its runs."""
        dataset = await datasets.find(caller.project_id, possible_names(dataset_name))
        items = [item async for part in datasets.walk_items(caller.project_id, dataset) for item in part]
        return await show(request, caller.project_id, dataset, items[::-1])
