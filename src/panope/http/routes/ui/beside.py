"""What stands beside a trace in the web app: comments, and the media that its texts refer to."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.domain.media.media import MediaId
from panope.features.review.comments import CommentService
from panope.features.review.members import Members
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.http.routes.media import MediaServices
from panope.http.routes.ui.segments import WholeSegments
from panope.wire.ui.comments import CommentsBody, encode_comments, read_object
from panope.wire.ui.media import MediaBody, encode_media

_MAX_COMMENTS: Final = 100
_FOUND: Final = 302
_OBJECT: Final = [
    {**query_parameter("objectType", {"type": "string"}, "TRACE, OBSERVATION, SESSION or PROMPT"), "required": True},
    {**query_parameter("objectId", {"type": "string"}, "The id of what the comments are on"), "required": True},
]


def ui_beside_router(comments: CommentService, members: Members, media: MediaServices) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/comments", responses=answers(CommentsBody), openapi_extra={"parameters": _OBJECT})
    async def list_comments(request: Request, viewer: ViewerOf) -> Response:
        """List the newest 100 comments on something, newest first, with their authors."""
        where = read_object(params_of(request))
        found, total = await comments.list_comments(viewer.project_id, where, limit=_MAX_COMMENTS, offset=0)
        named = {comment.author_user_id for comment in found if comment.author_user_id is not None}
        authors = {user_id: await members.find(viewer.organization_id, user_id) for user_id in sorted(named)}
        shown = [(one, authors.get(one.author_user_id) if one.author_user_id else None) for one in found]
        return json_bytes(encode_comments(shown, total))

    @router.get("/media/{media_id}", responses=answers(MediaBody))
    async def show_media(media_id: str, request: Request, viewer: ViewerOf) -> Response:
        """Show a media whose content is there, with a link to it."""
        content_url = media.content_url(request)
        found, address = await media.reading.get(viewer.project_id, MediaId(media_id), content_url)
        return json_bytes(encode_media(found, address.url, address.expires_us))

    @router.get("/media/{media_id}/content", responses={302: {"description": "Where the content is"}})
    async def find_content(media_id: str, request: Request, viewer: ViewerOf) -> Response:
        """Lead to the content of a media: for an image in a page."""
        content_url = media.content_url(request)
        _, address = await media.reading.get(viewer.project_id, MediaId(media_id), content_url)
        return Response(None, _FOUND, {"Location": address.url, "Cache-Control": "no-store"})

    return router
