"""Use cases of comments."""

from collections.abc import Callable, Mapping, Sequence

from panope.domain.accounts import Principal, UserPrincipal
from panope.domain.errors import ForbiddenError, InvalidError, Issue, NotFoundError
from panope.domain.ids import ProjectId, UserId, is_possible_id
from panope.domain.review.comments import Comment, CommentFilter, CommentId, CommentObjectType
from panope.features.review.members import Members
from panope.features.review.objects import ObjectFinder
from panope.kit.clock import Clock
from panope.ports.comments import CommentStore


class CommentService:
    """Writes and reads comments. A type of object without a finder has no objects."""

    def __init__(
        self,
        comments: CommentStore,
        members: Members,
        finders: Mapping[CommentObjectType, ObjectFinder],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._comments = comments
        self._members = members
        self._finders = finders
        self._clock = clock
        self._new_id = new_id

    async def create_comment(
        self,
        caller: Principal | UserPrincipal,
        object_type: CommentObjectType,
        object_id: str,
        content: str,
        author_user_id: str | None,
    ) -> Comment:
        """Comment on an object.

        Raises `InvalidError` for an author who is no member of the organisation, `NotFoundError` for an object that
        does not exist.
        """
        author = None
        if author_user_id is not None:
            member = await self._members.find(caller.organization_id, author_user_id)
            if member is None:
                raise _not_a_member()
            author = member.id
        finder = self._finders.get(object_type)
        if finder is None or not is_possible_id(object_id) or not await finder.exists(caller.project_id, object_id):
            noun = object_type.value.capitalize()
            text = f"{noun} not found within authorized project: send it first, then comment on it"
            raise NotFoundError(text, code="comment_object_not_found")
        now_us = self._clock()
        comment = Comment(
            id=CommentId(self._new_id()),
            object_type=object_type,
            object_id=object_id,
            content=content,
            author_user_id=author,
            created_us=now_us,
            updated_us=now_us,
        )
        await self._comments.add(caller.project_id, comment)
        return comment

    async def get_comment(self, project_id: ProjectId, comment_id: str) -> Comment:
        """One comment. Raises `NotFoundError`."""
        found = await self._comments.get(project_id, CommentId(comment_id)) if is_possible_id(comment_id) else None
        if found is None:
            raise _not_found()
        return found

    async def change_own(self, by: UserPrincipal, comment_id: str, content: str) -> Comment:
        """Change what one's own comment says. Raises `NotFoundError`, and `ForbiddenError` for another's."""
        await self._require_own(by, comment_id)
        changed = await self._comments.change(by.project_id, CommentId(comment_id), content, self._clock())
        if changed is None:
            raise _not_found()
        return changed

    async def delete_own(self, by: UserPrincipal, comment_id: str) -> None:
        """Delete one's own comment; raises as `change_own`."""
        await self._require_own(by, comment_id)
        await self._comments.delete(by.project_id, CommentId(comment_id))

    async def _require_own(self, by: UserPrincipal, comment_id: str) -> None:
        if (await self.get_comment(by.project_id, comment_id)).author_user_id != by.user_id:
            raise ForbiddenError("Only who wrote a comment may change or delete it", code="not_the_author")

    async def list_comments(
        self, project_id: ProjectId, where: CommentFilter, *, limit: int, offset: int
    ) -> tuple[Sequence[Comment], int]:
        """One page of comments, newest first, and how many match."""
        asked: tuple[str | UserId | None, ...] = (where.object_id, where.author_user_id)
        if not all(value is None or is_possible_id(value) for value in asked):
            return [], 0
        return await self._comments.list(project_id, where, limit=limit, offset=offset)


def _not_found() -> NotFoundError:
    return NotFoundError("Comment not found within authorized project", code="comment_not_found")


def _not_a_member() -> InvalidError:
    text = "must be the id of a member of the project's organisation: leave it out or make the user first"
    return InvalidError(text, code="unknown_author", issues=(Issue(("authorUserId",), text, "unknown_author"),))
