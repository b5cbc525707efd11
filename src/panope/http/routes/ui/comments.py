"""What people wrote about an object, in the web app."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.domain.review.comments import CommentFilter, CommentObjectType
from panope.features.review.comments import CommentService
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.ports.people.members import MemberStore
from panope.wire.langfuse.paging import invalid
from panope.wire.ui.comments import UiCommentsBody, encode_comments

MAX_COMMENTS: Final = 200
_TYPES: Final = {"type": "string", "enum": [str(one) for one in CommentObjectType]}
_PARAMETERS: Final = [
    {**query_parameter("objectType", _TYPES, "What kind of object"), "required": True},
    {**query_parameter("objectId", {"type": "string"}, "Its id"), "required": True},
]


def ui_comments_router(comments: CommentService, members: MemberStore) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"])

    @router.get("/comments", responses=answers(UiCommentsBody), openapi_extra={"parameters": _PARAMETERS})
    async def list_object_comments(request: Request, viewer: ViewerOf) -> Response:
        """List the newest comments on one object, up to 200, with who wrote them."""
        params = params_of(request)
        kind, object_id = params.choice("objectType", CommentObjectType), params.sent("objectId")
        if kind is None or not object_id:
            raise invalid(("objectType",), "must come with objectId, which must not be empty")
        where = CommentFilter(object_type=CommentObjectType(kind), object_id=object_id)
        found, total = await comments.list_comments(viewer.project_id, where, limit=MAX_COMMENTS, offset=0)
        authors = {member.user_id: member for member in await members.list(viewer.organization_id)}
        return json_bytes(encode_comments(found, authors, total))

    return router
