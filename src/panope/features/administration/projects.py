"""Projects of one organisation, and the keys of both."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from panope.domain.accounts import ApiKey, Organization, Project, ProjectChange
from panope.domain.errors import NotFoundError
from panope.domain.ids import OrganizationId, ProjectId, is_possible_id
from panope.features.accounts.keys import CreatedKey, KeyRing
from panope.features.accounts.secrets import KeyPair, NewId
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog


class ProjectDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants a project to be."""

    name: str
    metadata: dict[str, Any] | None = None
    """None: as it is, and nothing for a new one."""
    retention_days: int | None = None
    """0: for ever; None: as it is, and for ever for a new one."""
    text_index: bool | None = None
    """None: as it is, and true for a new one."""


class ProjectAdministration:
    """Makes, changes and deletes the projects of an organisation; those of others are as good as unknown."""

    def __init__(
        self, catalog: Catalog, keys: KeyRing, clock: Clock, new_id: NewId, on_deleted: Callable[[], None]
    ) -> None:
        """`on_deleted` is told that there is something to erase."""
        self._catalog = catalog
        self._keys = keys
        self._clock = clock
        self._new_id = new_id
        self._on_deleted = on_deleted

    async def get_organization(self, organization_id: OrganizationId) -> Organization:
        """The organisation itself."""
        found = await self._catalog.organizations.get(organization_id)
        if found is None:
            raise NotFoundError("The organisation of this key does not exist any more", code="unknown_organization")
        return found

    async def get_project(self, organization_id: OrganizationId, project_id: str) -> Project:
        """One project. Raises `NotFoundError`."""
        return await self._find(organization_id, project_id)

    async def list_projects(self, organization_id: OrganizationId) -> Sequence[Project]:
        """All projects, the oldest first."""
        return await self._catalog.projects.list(organization_id)

    async def create_project(self, organization_id: OrganizationId, draft: ProjectDraft) -> Project:
        """Make a project. Raises `ConflictError` when the organisation has one of that name."""
        now_us = self._clock()
        project = Project(
            id=ProjectId(self._new_id()),
            organization_id=organization_id,
            name=draft.name,
            retention_days=draft.retention_days or None,
            text_index=draft.text_index is not False,
            metadata=draft.metadata or {},
            created_us=now_us,
            updated_us=now_us,
        )
        await self._catalog.projects.create(project)
        return project

    async def change_project(self, organization_id: OrganizationId, project_id: str, draft: ProjectDraft) -> Project:
        """Change a project. Raises `NotFoundError`, and `ConflictError` when another has the name."""
        change = ProjectChange(
            name=draft.name,
            metadata=draft.metadata,
            retention_days=draft.retention_days,
            text_index=draft.text_index,
            at_us=self._clock(),
        )
        return await self._catalog.projects.change(organization_id, _possible(project_id), change)

    async def delete_project(self, organization_id: OrganizationId, project_id: str) -> None:
        """Put a project out of reach for good, with its keys; what it holds is erased soon after.

        Raises `NotFoundError`.
        """
        if not await self._catalog.projects.delete(organization_id, _possible(project_id), self._clock()):
            raise _unknown(project_id)
        self._on_deleted()

    async def list_keys(self, organization_id: OrganizationId, project_id: str) -> Sequence[ApiKey]:
        """Keys of a project. Raises `NotFoundError`."""
        project = await self._find(organization_id, project_id)
        return await self._catalog.keys.list(project.id)

    async def list_organization_keys(self, organization_id: OrganizationId) -> Sequence[ApiKey]:
        """Keys of the organisation itself."""
        return await self._catalog.keys.list_of_organization(organization_id)

    async def create_key(
        self, organization_id: OrganizationId, project_id: str, note: str | None, pair: KeyPair | None
    ) -> CreatedKey:
        """Make a key of a project, with a new pair unless one is given.

        Raises `NotFoundError`, and `ConflictError` when half of the pair is taken.
        """
        project = await self._find(organization_id, project_id)
        return await self._keys.create(project.id, note=note, pair=pair)

    async def delete_key(self, organization_id: OrganizationId, project_id: str, key_id: str) -> ApiKey:
        """Revoke a key of a project, at once and for good; return what it was. Raises `NotFoundError`."""
        project = await self._find(organization_id, project_id)
        found = next((key for key in await self._catalog.keys.list(project.id) if key.id == key_id), None)
        if found is None or not await self._catalog.keys.revoke(found.id, project.id, at_us=self._clock()):
            raise NotFoundError("The project has no key with this id: list its keys", code="unknown_key")
        return found

    async def _find(self, organization_id: OrganizationId, project_id: str) -> Project:
        project = await self._catalog.projects.get(_possible(project_id))
        if project is None or project.organization_id != organization_id:
            raise _unknown(project_id)
        return project


def _possible(project_id: str) -> ProjectId:
    if not is_possible_id(project_id):
        raise _unknown("")
    return ProjectId(project_id)


def _unknown(project_id: str) -> NotFoundError:
    named = f" {project_id}" if project_id else ""
    return NotFoundError(
        f"The organisation of this key has no project with the id{named}: list its projects", code="unknown_project"
    )
