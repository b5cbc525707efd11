"""Comments on traces, observations, sessions and prompts."""

from fastapi import APIRouter, Request, Response

from panope.features.review.comments import CommentService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, query_parameter, takes
from panope.wire.langfuse.review import comments as wire

_PATH = "/api/public/comments"
_PARAMETERS = [
    *page_parameters("Comments"),
    query_parameter("objectType", {"type": "string"}, "Only on TRACE, OBSERVATION, SESSION or PROMPT"),
    query_parameter("objectId", {"type": "string"}, "Only on the object of this id; needs objectType"),
    query_parameter("authorUserId", {"type": "string"}, "Only by this user"),
]


def comments_router(comments: CommentService) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(tags=["Comments"])

    @router.post(_PATH, responses=answers(wire.CreatedCommentBody), openapi_extra=takes(wire.CommentRequest))
    async def create_comment(request: Request, caller: ProjectCaller) -> Response:
        """Comment on an object that exists."""
        asked = wire.read_comment(await request.body())
        made = await comments.create_comment(
            caller, asked.object_type, asked.object_id, asked.content, asked.author_user_id
        )
        return json_bytes(wire.encode_created(made))

    @router.get(_PATH, responses=answers(wire.CommentsBody), openapi_extra={"parameters": _PARAMETERS})
    async def list_comments(request: Request, caller: ProjectCaller) -> Response:
        """List comments by page, newest first."""
        asked = wire.read_list_request(params_of(request))
        found, total = await comments.list_comments(
            caller.project_id, asked.where, limit=asked.page.limit, offset=asked.page.offset
        )
        return json_bytes(wire.encode_comments(caller.project_id, found, total, asked.page))

    @router.get(_PATH + "/{comment_id:path}", responses=answers(wire.CommentBody))
    async def get_comment(comment_id: str, caller: ProjectCaller) -> Response:
        """Show a comment."""
        found = await comments.get_comment(caller.project_id, comment_id)
        return json_bytes(wire.encode_comment(caller.project_id, found))

    return router
