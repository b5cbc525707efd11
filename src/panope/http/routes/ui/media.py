"""Media that messages refer to, in the web app."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from panope.domain.media.media import MediaId
from panope.features.media.reading import MediaReading
from panope.http.media import answer_content
from panope.http.routes.describing import answers, json_bytes, query_parameter
from panope.http.routes.ui.segments import WholeSegments
from panope.http.visitors import MediaReader, for_reader
from panope.wire.ui.media import UiMediaBody, encode_ui_media

_TRACE: Final = query_parameter("traceId", {"type": "string"}, "The public trace that it is part of, for visitors")
_CONTENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The content",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The range of it that was asked for"},
    304: {"description": "Unchanged"},
    416: {"description": "There is no such range"},
}


def ui_media_router(reading: MediaReading) -> APIRouter:
    """Make the routes over the use case."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/media/{media_id}", responses=answers(UiMediaBody), openapi_extra={"parameters": [_TRACE]})
    async def show_media(media_id: str, reader: MediaReader) -> Response:
        """Show what a media is, whose content is there."""
        media = await reading.show(reader.project_id, MediaId(media_id))
        return for_reader(reader, json_bytes(encode_ui_media(media)))

    @router.get("/media/{media_id}/content", responses=_CONTENT, openapi_extra={"parameters": [_TRACE]})
    async def read_media(media_id: str, request: Request, reader: MediaReader) -> Response:
        """Read the content of a media, or a range of it, wherever it is kept."""
        content = await reading.open_stored(reader.project_id, MediaId(media_id))
        response = answer_content(request, content, reading)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return for_reader(reader, response)

    return router
