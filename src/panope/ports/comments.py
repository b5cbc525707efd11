"""Where comments are kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from panope.domain.ids import ProjectId
from panope.domain.review.comments import Comment, CommentFilter, CommentId, CommentObjectType


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

    async def change(self, project_id: ProjectId, comment_id: CommentId, content: str, at_us: int) -> Comment | None:
        """Change what a comment says; return it as it is then, or None when the project has none of that id."""

    async def delete(self, project_id: ProjectId, comment_id: CommentId) -> bool:
        """Delete a comment; False when the project has none of that id."""
