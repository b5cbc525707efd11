"""Projects in dictionaries."""

from collections.abc import Iterator, Sequence

import msgspec

from panope.adapters.memory.catalog.administration.erasing import erase_rows
from panope.adapters.memory.catalog.tables import (
    CatalogStore,
    CatalogTables,
    copied,
    copied_in_order,
    require_organization,
)
from panope.domain.accounts import DeletedProject, Project, ProjectChange, change_project
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import OrganizationId, ProjectId


class MemoryProjectStore(CatalogStore):
    """Implements `ProjectStore`."""

    async def add(self, project: Project) -> bool:
        """See `ProjectStore.add`."""
        if project.id in self._tables.projects:
            return False
        require_organization(self._tables, project.organization_id)
        self._put(project)
        return True

    async def create(self, project: Project) -> None:
        """See `ProjectStore.create`."""
        if project.id in self._tables.projects:
            raise ConflictError(f"A project with the id {project.id} exists already", code="project_taken")
        self._refuse_taken_name(project)
        require_organization(self._tables, project.organization_id)
        self._put(project)

    async def change(self, organization_id: OrganizationId, project_id: ProjectId, change: ProjectChange) -> Project:
        """See `ProjectStore.change`."""
        changed = change_project(find_project(self._tables, organization_id, project_id), change)
        self._refuse_taken_name(changed)
        self._put(changed)
        return copied(changed)

    async def delete(self, organization_id: OrganizationId, project_id: ProjectId, at_us: int) -> bool:
        """See `ProjectStore.delete`."""
        try:
            find_project(self._tables, organization_id, project_id)
        except NotFoundError:
            return False
        self._tables.deleted_projects[project_id] = at_us
        self._tables.keys = {key_id: key for key_id, key in self._tables.keys.items() if key.project_id != project_id}
        self._tables.grow("accounts")
        return True

    async def list_deleted(self) -> Sequence[DeletedProject]:
        """See `ProjectStore.list_deleted`."""
        deleted = sorted(self._tables.deleted_projects.items(), key=lambda row: (row[1], row[0]))
        return [DeletedProject(id=project_id, deleted_us=at_us) for project_id, at_us in deleted]

    async def erase(self, project_id: ProjectId) -> bool:
        """See `ProjectStore.erase`."""
        if project_id not in self._tables.deleted_projects:
            return False
        erase_rows(self._tables, project_id)
        for kind in ("accounts", "models", "prompts", "score_configs"):
            self._tables.grow(kind)
        return True

    async def get(self, project_id: ProjectId) -> Project | None:
        """See `ProjectStore.get`."""
        found = None if project_id in self._tables.deleted_projects else self._tables.projects.get(project_id)
        return found and _copied(found)

    async def list(self, organization_id: OrganizationId | None = None) -> Sequence[Project]:
        """See `ProjectStore.list`."""
        rows = [row for row in self._living() if organization_id in {None, row.organization_id}]
        return copied_in_order(rows, lambda row: (row.created_us, row.id))

    def _living(self) -> Iterator[Project]:
        return (row for row in self._tables.projects.values() if row.id not in self._tables.deleted_projects)

    def _put(self, project: Project) -> None:
        self._tables.projects[project.id] = _copied(project)
        self._tables.grow("accounts")

    def _refuse_taken_name(self, project: Project) -> None:
        for row in self._living():
            is_namesake = row.organization_id == project.organization_id and row.name == project.name
            if is_namesake and row.id != project.id:
                raise ConflictError(
                    f"The organisation has a project named {project.name} already: choose another name",
                    code="project_name_taken",
                )


def find_project(tables: CatalogTables, organization_id: OrganizationId, project_id: ProjectId) -> Project:
    """The project of an organisation; raises `NotFoundError` when it has none of that id."""
    found = tables.projects.get(project_id)
    if found is None or found.organization_id != organization_id or project_id in tables.deleted_projects:
        raise NotFoundError(f"The organisation has no project with the id {project_id}", code="unknown_project")
    return found


def _copied(project: Project) -> Project:
    return msgspec.structs.replace(project, metadata=msgspec.json.decode(msgspec.json.encode(project.metadata)))
