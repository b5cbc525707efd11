"""Media that messages refer to, in the web app."""

from fastapi import APIRouter, Request, Response

from panope.domain.media.media import MediaId
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes
from panope.http.routes.media import MediaServices
from panope.http.routes.ui.segments import WholeSegments
from panope.wire.langfuse.media.bodies import MediaBody, encode_media


def ui_media_router(services: MediaServices) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/media/{media_id}", responses=answers(MediaBody))
    async def show_media(media_id: str, request: Request, viewer: ViewerOf) -> Response:
        """Show a media whose content is there, with a link to it that needs no session."""
        content_url = services.content_url(request)
        media, address = await services.reading.get(viewer.project_id, MediaId(media_id), content_url)
        return json_bytes(encode_media(media, address.url, address.expires_us))

    return router
