"""Lists of the web app, and the same as files."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from msgspec.structs import replace

from panope.domain.ids import ProjectId
from panope.domain.tracing import Payload
from panope.features.explore.counts import Counts
from panope.features.explore.lists import Lists, More
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.http.routes.ui.pages import ShownPage, read_page
from panope.http.routes.ui.parameters import FILTERS, WITH_PAYLOAD, list_parameters, order_parameter
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing, Question
from panope.wire.langfuse.jsonvalues import show_metadata
from panope.wire.ui.export import MEDIA_TYPES, ExportFormat, ExportRequest, RowFile, columns_of, read_export
from panope.wire.ui.pages import PAGES, encode_page
from panope.wire.ui.requests import read_meta_keys, read_question

_NOTES: Final = {
    Listing.TRACES: "Newest first unless asked otherwise, each with its scores and those of its observations.",
    Listing.OBSERVATIONS: "Latest start first unless asked otherwise, each with its own scores.",
    Listing.SESSIONS: "Newest first unless asked otherwise, each with what all its traces add up to.",
    Listing.USERS: "Those of the traces that match, last seen first, each with what these traces add up to.",
    Listing.SCORES: "Newest first unless asked otherwise, each with what it takes from its trace.",
}
_FORMAT: Final = {
    **query_parameter("format", {"type": "string", "enum": list(ExportFormat)}, "Kind of file"),
    "required": True,
}
_PER_PAGE: Final = 500
_PER_PAGE_WITH_PAYLOAD: Final = 50


def ui_lists_router(lists: Lists, counts: Counts) -> APIRouter:
    """Make the routes over the use cases, the same for each list."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)
    for listing in Listing:
        _add_list(router, listing, lists)
        _add_export(router, listing, lists, counts)
    return router


def _add_list(router: APIRouter, listing: Listing, lists: Lists) -> None:
    @router.get(
        f"/{listing}",
        name=f"list_{listing}",
        summary=f"List {listing} by cursor",
        description=_NOTES[listing],
        responses=answers(PAGES[listing]),
        openapi_extra={"parameters": list_parameters(listing)},
    )
    async def list_rows(request: Request, viewer: ViewerOf) -> Response:
        params = params_of(request)
        known = (*(("meta",) if listing in WITH_PAYLOAD else ()), *(("parts",) if listing is Listing.TRACES else ()))
        question, keys = read_question(listing, params, known), read_meta_keys(params)
        more = More(payload=bool(keys), parts=bool(params.flag("parts")))
        if keys:
            page = await _read_with_meta(lists, viewer.project_id, question, more, keys)
        else:
            page = await read_page(lists, viewer.project_id, question, more)
        rows = [row for row, _ in page.rows]
        return json_bytes(encode_page(rows, page.next, page.as_of_us, has_more_scores=page.has_more_scores))


async def _read_with_meta(
    lists: Lists, project_id: ProjectId, question: Question, more: More, keys: tuple[str, ...]
) -> ShownPage:
    """A page whose rows carry these keys of their metadata; no more than 50 payloads are held at a time for that."""
    rows: list[tuple[Any, Payload | None]] = []
    as_of_us, has_more_scores = None, False
    while True:
        some = replace(question, limit=min(question.limit - len(rows), _PER_PAGE_WITH_PAYLOAD))
        page = await read_page(lists, project_id, some, more)
        for row, payload in page.rows:
            if payload is not None:
                row.meta = {key: value for key, value in show_metadata(payload.metadata).items() if key in keys}
            rows.append((row, None))
        as_of_us = page.as_of_us if as_of_us is None else as_of_us
        has_more_scores |= page.has_more_scores
        if page.next is None or len(rows) >= question.limit:
            return ShownPage(rows, page.next, as_of_us, has_more_scores)
        question = replace(question, after=page.next)


def _add_export(router: APIRouter, listing: Listing, lists: Lists, counts: Counts) -> None:
    schema = {"type": "array", "items": {"type": "string", "enum": list(columns_of(listing))}}
    columns = query_parameter("columns", schema, "Columns by commas; without them, all but the large ones")
    content: Any = {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES.values()}

    @router.get(
        f"/{listing}/export",
        name=f"export_{listing}",
        summary=f"Export the {listing} that match",
        description="In the order of the list; text that a spreadsheet would carry out is marked as text.",
        responses={200: {"description": "The file", "content": content}},
        openapi_extra={"parameters": [*FILTERS, order_parameter(listing), _FORMAT, columns]},
    )
    async def export_rows(request: Request, viewer: ViewerOf) -> StreamingResponse:
        params = params_of(request)
        question = read_question(listing, params, ("format", "columns"))
        asked = read_export(listing, params)
        await counts.require_exportable(viewer.project_id, question)
        headers = {
            "Content-Disposition": f'attachment; filename="{listing}.{asked.format}"',
            "X-Content-Type-Options": "nosniff",
        }
        pieces = _pieces(lists, viewer.project_id, question, asked)
        return StreamingResponse(pieces, headers=headers, media_type=MEDIA_TYPES[asked.format])


async def _pieces(
    lists: Lists, project_id: ProjectId, question: Question, asked: ExportRequest
) -> AsyncIterator[bytes]:
    """The file, a page of the list at a time."""
    file = RowFile(asked)
    yield file.begin()
    most = _PER_PAGE_WITH_PAYLOAD if asked.with_payload else _PER_PAGE
    question = replace(question, limit=most)
    while True:
        page = await read_page(lists, project_id, question, More(asked.with_payload, asked.with_parts))
        if page.has_more_scores and question.limit > 1:
            question = replace(question, limit=question.limit // 2)
            continue
        yield file.write(page.rows)
        if page.next is None:
            return
        question = replace(question, after=page.next, limit=min(2 * question.limit, most))
