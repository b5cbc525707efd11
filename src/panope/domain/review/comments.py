"""Comments on traces, observations, sessions and prompts."""

from enum import StrEnum
from typing import Final, NewType

from msgspec import Struct

from panope.domain.ids import UserId

CommentId = NewType("CommentId", str)

MAX_COMMENT_CHARS: Final = 5_000


class CommentObjectType(StrEnum):
    """What can be commented on."""

    TRACE = "TRACE"
    OBSERVATION = "OBSERVATION"
    SESSION = "SESSION"
    PROMPT = "PROMPT"


class Comment(Struct, frozen=True, kw_only=True):
    """One remark. It outlives the object that it is about."""

    id: CommentId
    object_type: CommentObjectType
    object_id: str
    """Of a prompt: the id of one version."""
    content: str
    """1 to 5,000 characters without space around them."""
    author_user_id: UserId | None = None
    created_us: int
    updated_us: int


class CommentFilter(Struct, frozen=True, kw_only=True):
    """Which comments of a project; None: any."""

    object_type: CommentObjectType | None = None
    object_id: str | None = None
    author_user_id: UserId | None = None
