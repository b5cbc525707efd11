"""Comments in the web app: with who wrote them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from panope.domain.accounts import Member
from panope.domain.ids import UserId
from panope.domain.review.comments import Comment
from panope.wire.langfuse.jsonvalues import encode


class AuthorBody(Struct, rename="camel", kw_only=True):
    """A person who is a member."""

    id: str
    name: str | None
    email: str


class UiCommentBody(Struct, rename="camel", kw_only=True):
    """A comment as the web app shows it."""

    id: str
    object_type: str
    object_id: str
    content: str
    created_us: int
    updated_us: int
    author: AuthorBody | None
    """Null: written by a key, or by somebody who left."""


class UiCommentsBody(Struct, rename="camel", kw_only=True):
    """The newest comments on one object, the newest first."""

    comments: list[UiCommentBody]
    total: int
    """Of that object, shown or not."""


def encode_comments(comments: Sequence[Comment], members: Mapping[UserId, Member], total: int) -> bytes:
    """Write comments with their authors."""
    return encode(UiCommentsBody(comments=[_show(comment, members) for comment in comments], total=total))


def _show(comment: Comment, members: Mapping[UserId, Member]) -> UiCommentBody:
    author = None if comment.author_user_id is None else members.get(comment.author_user_id)
    return UiCommentBody(
        id=comment.id,
        object_type=comment.object_type,
        object_id=comment.object_id,
        content=comment.content,
        created_us=comment.created_us,
        updated_us=comment.updated_us,
        author=None if author is None else AuthorBody(id=author.user_id, name=author.name, email=author.email),
    )
