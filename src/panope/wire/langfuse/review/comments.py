"""Comments on the wire."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from panope.domain.errors import Issue
from panope.domain.ids import ProjectId, UserId
from panope.domain.review.comments import MAX_COMMENT_CHARS, Comment, CommentFilter, CommentObjectType
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import PageNumber, Params, invalid, page_meta, read_page
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.review.shapes import MetaBody
from panope.wire.langfuse.times import format_time

_PARAMETERS: Final = frozenset({"page", "limit", "objectType", "objectId", "authorUserId"})


class CommentRequest(Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A comment to make. `projectId` has to be there; the project is that of the key."""

    project_id: str
    object_type: CommentObjectType
    object_id: str
    content: str
    author_user_id: str | None = None


class CreatedCommentBody(Struct):
    """Which comment was made."""

    id: str


class CommentBody(Struct, rename="camel", kw_only=True):
    """A comment."""

    id: str
    project_id: str
    created_at: str
    updated_at: str
    object_type: str
    object_id: str
    content: str
    author_user_id: str | None


class CommentsBody(Struct, kw_only=True):
    """A page of comments."""

    data: list[CommentBody]
    meta: MetaBody


class CommentListRequest(Struct, frozen=True):
    """One page of comments as it was asked for."""

    where: CommentFilter
    page: PageNumber


def read_comment(body: bytes) -> CommentRequest:
    """Read the body of a new comment, its content without the space around it."""
    request = read_body(body, CommentRequest)
    request.content = request.content.strip()
    issues = []
    if not 1 <= len(request.content) <= MAX_COMMENT_CHARS:
        issues.append(Issue(("content",), f"must have 1 to {MAX_COMMENT_CHARS} characters beside space around them"))
    if not request.object_id:
        issues.append(Issue(("objectId",), "must not be empty"))
    if issues:
        raise invalid_body(issues)
    return request


def read_list_request(params: Params) -> CommentListRequest:
    """Read the query string of a list of comments, which may ask for nothing that is not known."""
    unknown = sorted(params.names() - _PARAMETERS)
    if unknown:
        raise invalid((unknown[0][:100],), f"is no parameter of this list; there are {', '.join(sorted(_PARAMETERS))}")
    object_type, object_id = params.choice("objectType", CommentObjectType), params.text("objectId")
    if object_id is not None and object_type is None:
        raise invalid(("objectType",), "must come with objectId")
    author = params.text("authorUserId")
    where = CommentFilter(
        object_type=None if object_type is None else CommentObjectType(object_type),
        object_id=object_id,
        author_user_id=None if author is None else UserId(author),
    )
    return CommentListRequest(where, read_page(params))


def encode_created(comment: Comment) -> bytes:
    """Write the answer to a new comment."""
    return encode(CreatedCommentBody(comment.id))


def encode_comment(project_id: ProjectId, comment: Comment) -> bytes:
    """Write one comment."""
    return encode(_show(project_id, comment))


def encode_comments(project_id: ProjectId, comments: Sequence[Comment], total: int, page: PageNumber) -> bytes:
    """Write a page of comments."""
    return encode({"data": [_show(project_id, comment) for comment in comments], "meta": page_meta(page, total)})


def _show(project_id: ProjectId, comment: Comment) -> CommentBody:
    return CommentBody(
        id=comment.id,
        project_id=project_id,
        created_at=format_time(comment.created_us),
        updated_at=format_time(comment.updated_us),
        object_type=comment.object_type,
        object_id=comment.object_id,
        content=comment.content,
        author_user_id=comment.author_user_id,
    )
