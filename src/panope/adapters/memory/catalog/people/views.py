"""Saved views in a dictionary."""

from collections.abc import Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, require_project
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId, UserId
from panope.domain.people.views import MAX_UNNAMED, MAX_VIEWS, DefaultView, SavedView, SavedViewId


class MemorySavedViewStore(CatalogStore):
    """Implements `SavedViewStore`."""

    async def list(self, project_id: ProjectId, user_id: UserId) -> Sequence[SavedView]:
        """See `SavedViewStore.list`."""
        own = [view for (owner, _), view in self._tables.saved_views.items() if owner == project_id]
        visible = [view for view in own if view.name is not None and (view.is_shared or view.owner_id == user_id)]
        return sorted(visible, key=lambda view: (view.name or "", view.id))

    async def find(self, project_id: ProjectId, view_id: SavedViewId) -> SavedView | None:
        """See `SavedViewStore.find`."""
        return self._tables.saved_views.get((project_id, view_id))

    async def put(self, project_id: ProjectId, view: SavedView) -> bool:
        """See `SavedViewStore.put`."""
        require_project(self._tables, project_id)
        views = self._tables.saved_views
        stored = views.get((project_id, view.id))
        if stored is not None:
            views[project_id, view.id] = replace(view, owner_id=stored.owner_id, created_us=stored.created_us)
            return False
        self._require_free(view.id)
        if sum(owner == project_id and kept.name is not None for (owner, _), kept in views.items()) >= MAX_VIEWS:
            raise ConflictError(
                f"The project has {MAX_VIEWS:,} saved views already: delete one first", code="too_many_views"
            )
        views[project_id, view.id] = view
        return True

    async def keep(self, project_id: ProjectId, view: SavedView) -> SavedView:
        """See `SavedViewStore.keep`."""
        require_project(self._tables, project_id)
        views = self._tables.saved_views
        stored = views.get((project_id, view.id))
        if stored is not None:
            return stored
        self._require_free(view.id)
        unnamed = [kept for (owner, _), kept in views.items() if owner == project_id and kept.name is None]
        unnamed.sort(key=lambda kept: (kept.created_us, kept.id))
        for oldest in unnamed[: max(len(unnamed) + 1 - MAX_UNNAMED, 0)]:
            await self.delete(project_id, oldest.id)
        views[project_id, view.id] = view
        return view

    async def delete(self, project_id: ProjectId, view_id: SavedViewId) -> bool:
        """See `SavedViewStore.delete`."""
        defaults = self._tables.default_views
        for place in [place for place, named in defaults.items() if place[0] == project_id and named == view_id]:
            del defaults[place]
        return self._tables.saved_views.pop((project_id, view_id), None) is not None

    async def list_defaults(self, project_id: ProjectId, user_id: UserId) -> Sequence[DefaultView]:
        """See `SavedViewStore.list_defaults`."""
        found = [
            DefaultView(level, view_id, owner or None)
            for (project, level, owner), view_id in self._tables.default_views.items()
            if project == project_id and owner in {"", user_id}
        ]
        return sorted(found, key=lambda row: (row.level, row.owner_id or ""))

    async def set_default(
        self, project_id: ProjectId, level: str, user_id: UserId | None, view_id: SavedViewId | None
    ) -> None:
        """See `SavedViewStore.set_default`."""
        place = (project_id, level, user_id or UserId(""))
        if view_id is None:
            self._tables.default_views.pop(place, None)
            return
        if (project_id, view_id) not in self._tables.saved_views:
            raise NotFoundError("The project has no such view", code="view_not_found")
        self._tables.default_views[place] = view_id

    def _require_free(self, view_id: SavedViewId) -> None:
        if any(taken == view_id for _, taken in self._tables.saved_views):
            raise ConflictError("Another project has a view of this id", code="view_taken")
