"""Where saved views of lists are kept."""

from collections.abc import Sequence
from typing import Protocol

from panope.domain.ids import ProjectId, UserId
from panope.domain.people.views import DefaultView, SavedView, SavedViewId


class SavedViewStore(Protocol):
    """Views by (project, id). Part of the catalog plane: `panope.ports.catalog` says what that promises."""

    async def list(self, project_id: ProjectId, user_id: UserId) -> Sequence[SavedView]:
        """The views that have a name and are this user's or shared, by (name, id)."""

    async def find(self, project_id: ProjectId, view_id: SavedViewId) -> SavedView | None:
        """One view, whoever made it, or None."""

    async def put(self, project_id: ProjectId, view: SavedView) -> bool:
        """Add a view or replace the one of this id; return whether it was added.

        Its owner and its creation stay as they were. Raises `ConflictError` when the project has as many with a name as
        it may or another project has the id, `NotFoundError` when the project does not exist.
        """

    async def keep(self, project_id: ProjectId, view: SavedView) -> SavedView:
        """Add a view without a name, unless there is one of this id; return the one that is there then.

        When the project has as many without a name as it may, the oldest by (creation, id) are deleted as `delete`
        does. Raises `ConflictError` when another project has the id, `NotFoundError` when the project does not exist.
        """

    async def delete(self, project_id: ProjectId, view_id: SavedViewId) -> bool:
        """Delete a view, and with it the defaults that name it; return False when there is none."""

    async def list_defaults(self, project_id: ProjectId, user_id: UserId) -> Sequence[DefaultView]:
        """This user's defaults and those for everybody, by (level, owner), those for everybody first."""

    async def set_default(
        self, project_id: ProjectId, level: str, user_id: UserId | None, view_id: SavedViewId | None
    ) -> None:
        """Begin a list with a view; None: with none. Without a user: for everybody.

        Raises `NotFoundError` when the project has no such view.
        """
