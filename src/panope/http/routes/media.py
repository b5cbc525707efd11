"""Media: the handshake of an upload, its report, and where to get one."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from panope.domain.media.media import MediaId
from panope.features.media.reading import MediaReading
from panope.features.media.uploads import MediaUploads
from panope.http.addresses import base_url_of
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, takes
from panope.wire.langfuse.media import bodies as wire


class MediaServices(Struct, frozen=True, kw_only=True):
    """The use cases behind the media routes of both lanes."""

    uploads: MediaUploads
    reading: MediaReading
    content_url: Callable[[Request], str]
    """Where the content route is for the caller of a request."""


def content_url_from(public_url: str | None) -> Callable[[Request], str]:
    """Makes the address of the content route for the caller of a request."""
    return lambda request: base_url_of(request, public_url) + wire.CONTENT_PATH


def media_router(services: MediaServices) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/public", tags=["Media"])

    @router.post(
        "/media",
        status_code=201,
        responses=answers(wire.AnnouncedBody, 201),
        openapi_extra=takes(wire.AnnouncementRequest),
    )
    async def announce_media(request: Request, caller: ProjectCaller) -> Response:
        """Announce an upload; says where to put it, or null when the content is there already."""
        announced = wire.read_announcement(await request.body(), max_bytes=services.uploads.max_bytes)
        content_url = services.content_url(request)
        media, address = await services.uploads.announce(
            caller.project_id, announced.media, announced.link, content_url
        )
        return json_bytes(wire.encode_announced(media, address.url if address else None), 201)

    @router.get("/media/{media_id:path}", responses=answers(wire.MediaBody))
    async def get_media(media_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Show a media whose content is there, with a link to it that needs no key."""
        content_url = services.content_url(request)
        media, address = await services.reading.get(caller.project_id, MediaId(media_id), content_url)
        return json_bytes(wire.encode_media(media, address.url, address.expires_us))

    @router.patch("/media/{media_id:path}", responses=answers(None), openapi_extra=takes(wire.ReportRequest))
    async def report_upload(media_id: str, request: Request, caller: ProjectCaller) -> Response:
        """Report how an upload went."""
        report = wire.read_report(await request.body())
        await services.uploads.report(caller.project_id, MediaId(media_id), report)
        return json_bytes(wire.UPDATED)

    return router
