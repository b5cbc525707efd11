"""What people wrote about an object, in the web app."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.domain.accounts import UserPrincipal
from panope.domain.review.comments import Comment, CommentFilter, CommentObjectType
from panope.features.review.comments import CommentService
from panope.http.members import MemberOf, ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter, takes
from panope.http.routes.ui.segments import WholeSegments
from panope.ports.people.members import MemberStore
from panope.wire.langfuse.paging import invalid
from panope.wire.ui import comments as wire

MAX_COMMENTS: Final = 200
_CREATED, _NOTHING = 201, 204
_TYPES: Final = {"type": "string", "enum": [str(one) for one in CommentObjectType]}
_PARAMETERS: Final = [
    {**query_parameter("objectType", _TYPES, "What kind of object"), "required": True},
    {**query_parameter("objectId", {"type": "string"}, "Its id"), "required": True},
]


def ui_comments_router(comments: CommentService, members: MemberStore) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)

    @router.get("/comments", responses=answers(wire.UiCommentsBody), openapi_extra={"parameters": _PARAMETERS})
    async def list_object_comments(request: Request, viewer: ViewerOf) -> Response:
        """List the newest comments on one object, up to 200, with who wrote them."""
        params = params_of(request)
        kind, object_id = params.choice("objectType", CommentObjectType), params.sent("objectId")
        if kind is None or not object_id:
            raise invalid(("objectType",), "must come with objectId, which must not be empty")
        where = CommentFilter(object_type=CommentObjectType(kind), object_id=object_id)
        found, total = await comments.list_comments(viewer.project_id, where, limit=MAX_COMMENTS, offset=0)
        authors = {member.user_id: member for member in await members.list(viewer.organization_id)}
        return json_bytes(wire.encode_comments(found, authors, total))

    async def show(comment: Comment, member: UserPrincipal) -> bytes:
        listed = await members.list(member.organization_id)
        author = next((one for one in listed if one.user_id == comment.author_user_id), None)
        return wire.encode_comment(comment, author)

    @router.post(
        "/comments",
        status_code=_CREATED,
        responses=answers(wire.UiCommentBody, _CREATED),
        openapi_extra=takes(wire.CommentDraft),
    )
    async def write_comment(request: Request, member: MemberOf) -> Response:
        """Comment on an object, as oneself."""
        asked = wire.read_comment_draft(await request.body())
        made = await comments.create_comment(member, asked.object_type, asked.object_id, asked.content, member.user_id)
        return json_bytes(await show(made, member), _CREATED)

    @router.patch(
        "/comments/{comment_id}", responses=answers(wire.UiCommentBody), openapi_extra=takes(wire.CommentChange)
    )
    async def change_comment(comment_id: str, request: Request, member: MemberOf) -> Response:
        """Change one's own comment."""
        content = wire.read_comment_change(await request.body())
        return json_bytes(await show(await comments.change_own(member, comment_id, content), member))

    @router.delete("/comments/{comment_id}", status_code=_NOTHING)
    async def delete_comment(comment_id: str, member: MemberOf) -> Response:
        """Delete one's own comment."""
        await comments.delete_own(member, comment_id)
        return Response(status_code=_NOTHING)

    return router
