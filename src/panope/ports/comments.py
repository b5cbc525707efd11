"""Where comments are kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from panope.domain.ids import ProjectId
from panope.domain.review.comments import Comment, CommentFilter, CommentId, CommentObjectType
from panope.query.ast import Condition


class CommentStore(Protocol):
    """Comments of projects. Part of the catalog plane: see `panope.ports.catalog` for what all its stores promise."""

    async def add(self, project_id: ProjectId, comment: Comment) -> None:
        """Add a comment.

        Raises `ConflictError` when its id is taken and `NotFoundError` when the project does not exist.
        """

    async def get(self, project_id: ProjectId, comment_id: CommentId) -> Comment | None:
        """One comment of the project, or None."""

    async def list(
        self, project_id: ProjectId, where: CommentFilter, *, limit: int, offset: int
    ) -> tuple[Sequence[Comment], int]:
        """One page of the comments that match, by (creation, id) from the newest, and how many match in all."""

    async def count_by_object(
        self, project_id: ProjectId, object_type: CommentObjectType, object_ids: Sequence[str]
    ) -> Mapping[str, int]:
        """How many comments there are on each of these objects; those without any are left out."""

    async def find_objects(
        self, project_id: ProjectId, object_type: CommentObjectType, condition: Condition, limit: int
    ) -> Sequence[str]:
        """Ids of up to so many objects that have a comment, and of which a condition holds; in no order.

        The condition is on `comment`, the text of one comment at least, by =, contains, matches, starts with, ends
        with, any of or is not null; or on `comment_count`, how many there are, by any comparison.
        """

    async def change(self, project_id: ProjectId, comment_id: CommentId, content: str, at_us: int) -> Comment | None:
        """Change what a comment says; return it as it is then, or None when the project has none of that id."""

    async def delete(self, project_id: ProjectId, comment_id: CommentId) -> bool:
        """Delete a comment; False when the project has none of that id."""
