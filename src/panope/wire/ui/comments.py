"""Comments in the web app."""

from collections.abc import Iterable

from msgspec import Struct

from panope.domain.accounts import User
from panope.domain.review.comments import Comment, CommentFilter, CommentObjectType
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import Params, invalid


class AuthorBody(Struct, kw_only=True):
    """Who wrote a comment."""

    id: str
    name: str | None
    email: str


class CommentBody(Struct, rename="camel", kw_only=True):
    """A comment; its author is null when nobody was named, or they are gone."""

    id: str
    content: str
    author: AuthorBody | None
    created_us: int
    updated_us: int


class CommentsBody(Struct, kw_only=True):
    """The newest comments on something, and how many there are."""

    comments: list[CommentBody]
    total: int


def read_object(params: Params) -> CommentFilter:
    """Read what the comments are on: `objectType` and `objectId`."""
    object_type, object_id = params.choice("objectType", CommentObjectType), params.sent("objectId")
    if object_type is None:
        raise invalid(("objectType",), f"must be one of {', '.join(CommentObjectType)}")
    if not object_id:
        raise invalid(("objectId",), "must be the id of what the comments are on")
    return CommentFilter(object_type=CommentObjectType(object_type), object_id=object_id)


def encode_comments(comments: Iterable[tuple[Comment, User | None]], total: int) -> bytes:
    """Write comments with their authors."""
    return encode(CommentsBody(comments=[_show(comment, author) for comment, author in comments], total=total))


def _show(comment: Comment, author: User | None) -> CommentBody:
    return CommentBody(
        id=comment.id,
        content=comment.content,
        author=None if author is None else AuthorBody(id=author.id, name=author.name, email=author.email),
        created_us=comment.created_us,
        updated_us=comment.updated_us,
    )
