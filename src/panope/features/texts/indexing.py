"""Which projects have an index of texts, and keeping each of them up."""

from collections.abc import Sequence
from typing import Final

from panope.domain.ids import ProjectId
from panope.ports.catalog import ProjectStore
from panope.ports.operations import Holder
from panope.ports.texts.index import TextIndexState, TextIndexStore

_LEASE_S: Final = 60.0
"""A step takes a small part of it; after so long without one its holder is taken for dead."""


class TextIndexing:
    """Makes the indexes what the projects and the server want them to be. Several processes may do so at once."""

    def __init__(self, projects: ProjectStore, store: TextIndexStore, owner: str, *, is_on: bool) -> None:
        """`owner` is a name that no other process has; with `is_on` false no project has an index."""
        self._projects = projects
        self._store = store
        self._holder = Holder(owner, _LEASE_S)
        self._is_on = is_on

    async def settle(self) -> Sequence[TextIndexState]:
        """Start and drop what the switches say; return how far each index has come."""
        wanted = {project.id for project in await self._projects.list() if project.text_index and self._is_on}
        states = await self._store.describe()
        there = {state.project_id for state in states}
        kept = {state.project_id for state in states if not state.is_going}
        for project_id in sorted(there - wanted):
            await self._store.drop(project_id)
        for project_id in sorted(wanted - kept):
            await self._store.start(project_id)
        return states if there == kept == wanted else await self._store.describe()

    async def find(self, project_id: ProjectId) -> TextIndexState | None:
        """How far the index of a project has come; None when it has none."""
        return await self._store.find(project_id)

    async def claim(self, project_id: ProjectId) -> bool:
        """Take or keep the work on a project's index; False when it is another's."""
        return await self._store.claim(project_id, self._holder)

    async def advance(self, project_id: ProjectId) -> int:
        """Do one step of it; return how many rows it was about, 0 when there is nothing to do now."""
        return await self._store.advance(project_id, self._holder)
