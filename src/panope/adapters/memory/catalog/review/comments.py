"""Comments in a dictionary."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, require_project
from panope.adapters.memory.evaluate import satisfies
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId
from panope.domain.review.comments import Comment, CommentFilter, CommentId, CommentObjectType
from panope.query.ast import Condition
from panope.query.fields import APART, View


class MemoryCommentStore(CatalogStore):
    """Implements `CommentStore`."""

    async def add(self, project_id: ProjectId, comment: Comment) -> None:
        """See `CommentStore.add`."""
        if comment.id in self._tables.comments:
            raise ConflictError("A comment with this id exists already", code="comment_taken")
        require_project(self._tables, project_id)
        self._tables.comments[comment.id] = (project_id, comment)

    async def get(self, project_id: ProjectId, comment_id: CommentId) -> Comment | None:
        """See `CommentStore.get`."""
        owner, comment = self._tables.comments.get(comment_id, (None, None))
        return comment if owner == project_id else None

    async def list(
        self, project_id: ProjectId, where: CommentFilter, *, limit: int, offset: int
    ) -> tuple[Sequence[Comment], int]:
        """See `CommentStore.list`."""
        own = [comment for owner, comment in self._tables.comments.values() if owner == project_id]
        found = [comment for comment in own if _matches(comment, where)]
        found.sort(key=lambda comment: (comment.created_us, comment.id), reverse=True)
        return found[offset : offset + limit], len(found)

    async def count_by_object(
        self, project_id: ProjectId, object_type: CommentObjectType, object_ids: Sequence[str]
    ) -> Mapping[str, int]:
        """See `CommentStore.count_by_object`."""
        wanted = set(object_ids)
        return Counter(
            comment.object_id
            for owner, comment in self._tables.comments.values()
            if owner == project_id and comment.object_type is object_type and comment.object_id in wanted
        )

    async def find_objects(
        self, project_id: ProjectId, object_type: CommentObjectType, condition: Condition, limit: int
    ) -> Sequence[str]:
        """See `CommentStore.find_objects`."""
        contents: dict[str, list[str]] = {}
        for owner, comment in self._tables.comments.values():
            if owner == project_id and comment.object_type is object_type:
                contents.setdefault(comment.object_id, []).append(comment.content)
        return [object_id for object_id, said in contents.items() if _holds(condition, said)][:limit]

    async def change(self, project_id: ProjectId, comment_id: CommentId, content: str, at_us: int) -> Comment | None:
        """See `CommentStore.change`."""
        found = await self.get(project_id, comment_id)
        if found is None:
            return None
        changed = replace(found, content=content, updated_us=at_us)
        self._tables.comments[comment_id] = (project_id, changed)
        return changed

    async def delete(self, project_id: ProjectId, comment_id: CommentId) -> bool:
        """See `CommentStore.delete`."""
        if await self.get(project_id, comment_id) is None:
            return False
        del self._tables.comments[comment_id]
        return True


def _holds(condition: Condition, contents: Sequence[str]) -> bool:
    values: Sequence[str | int] = contents if condition.field == "comment" else [len(contents)]
    fields = APART[View.TRACES]
    return any(satisfies(fields, condition, value, lambda held, _field, _key: held) for value in values)


def _matches(comment: Comment, where: CommentFilter) -> bool:
    asked = {name: getattr(where, name) for name in CommentFilter.__struct_fields__}
    return all(value is None or getattr(comment, name) == value for name, value in asked.items())
