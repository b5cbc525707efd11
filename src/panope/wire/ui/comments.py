"""Comments in the web app: with who wrote them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from panope.domain.accounts import Member
from panope.domain.errors import Issue
from panope.domain.ids import UserId
from panope.domain.review.comments import MAX_COMMENT_CHARS, Comment, CommentObjectType
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import invalid_body, read_body


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


class CommentDraft(Struct, rename="camel", kw_only=True):
    """A comment to make."""

    object_type: CommentObjectType
    object_id: str
    content: str


class CommentChange(Struct, kw_only=True):
    """What a comment says from now on."""

    content: str


def read_comment_draft(body: bytes) -> CommentDraft:
    """Read the body of a new comment, its content without the space around it. Raises `InvalidError`."""
    asked = read_body(body, CommentDraft)
    asked.content = _content(asked.content)
    return asked


def read_comment_change(body: bytes) -> str:
    """Likewise, of a change."""
    return _content(read_body(body, CommentChange).content)


def _content(text: str) -> str:
    stripped = text.strip()
    if not 1 <= len(stripped) <= MAX_COMMENT_CHARS:
        raise invalid_body([Issue(("content",), f"must have 1 to {MAX_COMMENT_CHARS:,} characters")])
    return stripped


def encode_comment(comment: Comment, author: Member | None) -> bytes:
    """Write one comment; `author` is None when nobody of the members wrote it."""
    return encode(_show(comment, {} if author is None else {author.user_id: author}))


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
