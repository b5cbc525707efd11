"""Many items at once: from a file, from traces, from a list; and all items as a file."""

import io
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import ItemStatus
from panope.domain.ids import ProjectId
from panope.features.datasets.from_traces import ItemsFromTraces, TraceTaking
from panope.features.datasets.importing import ItemImport
from panope.features.datasets.service import DatasetService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter, takes
from panope.wire.langfuse.datasets import items as items_wire
from panope.wire.langfuse.datasets import taking as taking_wire
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.paging import Params
from panope.wire.langfuse.times import next_ms
from panope.wire.tables.columns import Columns, ItemWriter
from panope.wire.tables.formats import MEDIA_TYPES, FileFormat, ItemFile, choose_format, make_writer

_TEXT: Final = {"type": "string"}
_FORMAT: Final = query_parameter("format", {"type": "string", "enum": list(FileFormat)}, "Format of the file")
_COLUMNS: Final = {
    "idColumn": "id",
    "inputColumns": "input",
    "expectedOutputColumns": "expected_output",
    "metadataColumns": "metadata",
    "sourceTraceIdColumn": "source_trace_id",
    "sourceObservationIdColumn": "source_observation_id",
    "statusColumn": "status",
}
_IMPORT_PARAMETERS: Final = [
    _FORMAT,
    *(query_parameter(name, _TEXT, "Column, or columns with commas between, to read") for name in _COLUMNS),
    query_parameter("newIds", {"type": "boolean", "default": False}, "Pass over the ids in the file: copies the items"),
    query_parameter("dryRun", {"type": "boolean", "default": False}, "Say what would happen, and change nothing"),
]
_EXPORT_PARAMETERS: Final = [
    _FORMAT,
    query_parameter("version", {"type": "string", "format": "date-time"}, "The dataset as it was then"),
    query_parameter("archived", {"type": "boolean", "default": False}, "Archived items too"),
]
_FILE: Final = {"type": "string", "format": "binary"}
_MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
"""Of a Parquet file, which may hold a thousand times its size."""


class ImportedBody(msgspec.Struct, rename="camel", kw_only=True):
    """What an import did, or would do."""

    lines: int
    created: int
    updated: int
    unchanged: int
    ignored_columns: list[str]
    dry_run: bool


def dataset_files_router(datasets: DatasetService, imports: ItemImport, takings: ItemsFromTraces) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/panope/v1/datasets", tags=["Datasets"])
    _add_files(router, datasets, imports)

    @router.post(
        "/{dataset_name:path}/items",
        responses=answers(items_wire.WrittenBody),
        openapi_extra=takes(items_wire.ItemsRequest),
    )
    async def write_items(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """Add items, or change those that differ, up to 10,000 at once, all or none."""
        drafts = items_wire.read_items(await request.body())
        written, ids = await datasets.write_items(caller.project_id, possible_names(dataset_name), drafts)
        body = items_wire.WrittenBody(written.created, written.updated, written.unchanged, list(ids))
        return json_bytes(msgspec.json.encode(body))

    @router.post(
        "/{dataset_name:path}/from-traces",
        responses=answers(taking_wire.TakenBody),
        openapi_extra=takes(taking_wire.TakingRequest),
    )
    async def take_traces(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """Make an item of each trace that the filters find, the newest first; traces that have one keep it."""
        asked = taking_wire.read_taking(await request.body())
        taking = TraceTaking(
            where=taking_wire.read_where(asked),
            limit=asked.limit,
            with_output=asked.with_output,
            is_dry_run=asked.dry_run,
        )
        dataset = await datasets.find(caller.project_id, possible_names(dataset_name))
        taken = await takings.run(caller.project_id, dataset, taking)
        body = taking_wire.TakenBody(**msgspec.structs.asdict(taken), dry_run=asked.dry_run)
        return json_bytes(msgspec.json.encode(body))

    return router


def _add_files(router: APIRouter, datasets: DatasetService, imports: ItemImport) -> None:
    content = {media_type: {"schema": _FILE} for media_type in MEDIA_TYPES.values()}
    sent: dict[str, Any] = {"parameters": _IMPORT_PARAMETERS, "requestBody": {"required": True, "content": content}}

    @router.post("/{dataset_name:path}/import", responses=answers(ImportedBody), openapi_extra=sent)
    async def import_items(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """Add or change items from a file, all or nothing; an error names the lines that are wrong."""
        params = params_of(request)
        file_format = choose_format(params.text("format"), media_type=request.headers.get("content-type"))
        dataset = await datasets.find(caller.project_id, possible_names(dataset_name))
        body, is_dry_run = await request.body(), params.flag("dryRun") or False
        columns = _read_columns(params)
        file = ItemFile(lambda: io.BytesIO(body), file_format, columns, max_unpacked_bytes=_MAX_UNPACKED_BYTES)
        done = await imports.run(caller.project_id, dataset, file, is_dry_run=is_dry_run)
        answer = ImportedBody(**msgspec.structs.asdict(done), ignored_columns=file.ignored, dry_run=is_dry_run)
        return json_bytes(msgspec.json.encode(answer))

    @router.get(
        "/{dataset_name:path}/export",
        responses={200: {"description": "Success", "content": content}},
        openapi_extra={"parameters": _EXPORT_PARAMETERS},
    )
    async def export_items(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """All items of a dataset as a file, oldest first, that an import reads back as they are."""
        params = params_of(request)
        file_format = choose_format(params.text("format") or FileFormat.JSONL)
        version_us = params.time("version")
        status = None if params.flag("archived") else ItemStatus.ACTIVE
        dataset = await datasets.find(caller.project_id, possible_names(dataset_name))
        parts = _export(
            datasets,
            caller.project_id,
            dataset,
            make_writer(file_format),
            status,
            before_us=None if version_us is None else next_ms(version_us),
        )
        return StreamingResponse(
            parts,
            media_type=MEDIA_TYPES[file_format],
            headers={"Content-Disposition": f'attachment; filename="dataset.{file_format.value}"'},
        )


def _read_columns(params: Params) -> Columns:
    chosen = {field: params.words(name) for name, field in _COLUMNS.items()}
    return Columns(**chosen, new_ids=params.flag("newIds") or False)


async def _export(
    datasets: DatasetService,
    project_id: ProjectId,
    dataset: Dataset,
    writer: ItemWriter,
    status: ItemStatus | None,
    *,
    before_us: int | None,
) -> AsyncIterator[bytes]:
    yield writer.begin()
    async for items in datasets.walk_items(project_id, dataset, status=status, before_us=before_us):
        yield writer.write(items)
    yield writer.end()
