"""Saved views: everybody keeps their own, members share them, and an admin says what a list begins with for all."""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from panope.domain.accounts import Role, UserPrincipal, reaches
from panope.domain.errors import ForbiddenError, InvalidError, NotFoundError
from panope.domain.ids import is_possible_id
from panope.domain.people.views import SavedView, SavedViewId, SavedViews, ViewChange, ViewDraft
from panope.kit.clock import Clock
from panope.kit.ids import derive_id
from panope.ports.people.views import SavedViewStore


class ViewKeeping:
    """Keeps views for people."""

    def __init__(self, store: SavedViewStore, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    async def list(self, person: UserPrincipal) -> SavedViews:
        """What this person finds, of all lists."""
        views = await self._store.list(person.project_id, person.user_id)
        return SavedViews(views, await self._store.list_defaults(person.project_id, person.user_id))

    async def get(self, person: UserPrincipal, view_id: str) -> SavedView:
        """One view, by whoever it is. Raises `NotFoundError`."""
        found = is_possible_id(view_id) and await self._store.find(person.project_id, SavedViewId(view_id))
        if not found:
            raise NotFoundError("There is no such saved view in this project", code="view_not_found")
        return found

    async def add(self, person: UserPrincipal, draft: ViewDraft) -> SavedView:
        """Save a view; without a name, whoever saved the same before keeps it, and that one is returned.

        Raises `ForbiddenError` for a shared one of a viewer, `ConflictError` for one too many.
        """
        if draft.is_shared:
            _require(person, Role.MEMBER, "share a view")
        if draft.name is None:
            state = msgspec.json.encode(draft.state, order="deterministic").decode()
            view_id = SavedViewId(derive_id(person.project_id, f"view:{draft.level}:{state}"))
        else:
            view_id = SavedViewId(self._new_id())
        now_us = self._clock()
        view = SavedView(
            id=view_id,
            level=draft.level,
            name=draft.name,
            owner_id=person.user_id,
            is_shared=draft.is_shared,
            state=draft.state,
            created_us=now_us,
            updated_us=now_us,
        )
        if view.name is None:
            return await self._store.keep(person.project_id, view)
        await self._store.put(person.project_id, view)
        return view

    async def change(self, person: UserPrincipal, view_id: str, change: ViewChange) -> SavedView:
        """Rename, share or update a view.

        Raises `NotFoundError`, `ForbiddenError` when it is somebody else's, `InvalidError` for one without a name.
        """
        view = await self._own(person, view_id)
        if view.name is None:
            text = "This view stands for one query alone and has no name: save one that has"
            raise InvalidError(text, code="view_without_name")
        if change.is_shared:
            _require(person, Role.MEMBER, "share a view")
        changed = replace(
            view,
            name=view.name if change.name is None else change.name,
            is_shared=view.is_shared if change.is_shared is None else change.is_shared,
            state=view.state if change.state is None else change.state,
            updated_us=self._clock(),
        )
        await self._store.put(person.project_id, changed)
        return changed

    async def delete(self, person: UserPrincipal, view_id: str) -> None:
        """Delete a view. Raises as `change` does."""
        view = await self._own(person, view_id)
        await self._store.delete(person.project_id, view.id)

    async def set_default(self, person: UserPrincipal, level: str, view_id: str | None, *, for_all: bool) -> None:
        """Begin a list with a view of it, or with none.

        Raises `ForbiddenError` when for all and this is no admin, `NotFoundError`, `InvalidError` for another list's.
        """
        if for_all:
            _require(person, Role.ADMIN, "choose for everybody")
        view = None if view_id is None else await self.get(person, view_id)
        if view is not None and view.level != level:
            text = f"This view is one of {view.level}: choose one of {level}"
            raise InvalidError(text, code="view_of_other_list")
        owner = None if for_all else person.user_id
        await self._store.set_default(person.project_id, level, owner, view.id if view else None)

    async def _own(self, person: UserPrincipal, view_id: str) -> SavedView:
        view = await self.get(person, view_id)
        if view.owner_id != person.user_id:
            if not view.is_shared:
                raise ForbiddenError("This view is somebody else's: save one of your own", code="view_of_other")
            _require(person, Role.ADMIN, "change a shared view of somebody else")
        return view


def _require(person: UserPrincipal, role: Role, deed: str) -> None:
    if not reaches(person.role, role):
        text = f"To {deed} needs the role {role} or higher, and yours here is {person.role}: ask an owner or admin"
        raise ForbiddenError(text, code="role_too_low")
