"""Projects in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, or_, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import by_creation, exists, require, rows
from panope.adapters.sql.database import CatalogDatabase, grow
from panope.domain.accounts import DeletedProject, Project, ProjectChange, change_project
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import OrganizationId, ProjectId

_TABLE: Final = tables.project
_ROW: Final = tables.project.c
_LIVES: Final = _ROW.deleted_us.is_(None)
_OWNER: Final = "project_id"
"""Column of every table whose rows are a project's."""


class SqlProjectStore:
    """Implements `ProjectStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(self, project: Project) -> bool:
        """See `ProjectStore.add`."""

        def work(connection: Connection) -> bool:
            if exists(connection, _ROW.id == project.id):
                return False
            _insert(connection, project)
            return True

        return await self._database.write(work)

    async def create(self, project: Project) -> None:
        """See `ProjectStore.create`."""

        def work(connection: Connection) -> None:
            if exists(connection, _ROW.id == project.id):
                raise ConflictError(f"A project with the id {project.id} exists already", code="project_taken")
            _refuse_taken_name(connection, project)
            _insert(connection, project)

        await self._database.write(work)

    async def change(self, organization_id: OrganizationId, project_id: ProjectId, change: ProjectChange) -> Project:
        """See `ProjectStore.change`."""

        def work(connection: Connection) -> Project:
            changed = change_project(require_project(connection, organization_id, project_id), change)
            _refuse_taken_name(connection, changed)
            connection.execute(update(_TABLE).where(_ROW.id == project_id).values(_to_row(changed)))
            grow(connection, "accounts")
            return changed

        return await self._database.write(work)

    async def delete(self, organization_id: OrganizationId, project_id: ProjectId, at_us: int) -> bool:
        """See `ProjectStore.delete`."""
        found = and_(_ROW.id == project_id, _ROW.organization_id == organization_id, _LIVES)

        def work(connection: Connection) -> bool:
            if connection.execute(update(_TABLE).where(found).values(deleted_us=at_us)).rowcount == 0:
                return False
            connection.execute(delete(tables.api_key).where(tables.api_key.c.project_id == project_id))
            grow(connection, "accounts")
            return True

        return await self._database.write(work)

    async def list_deleted(self) -> Sequence[DeletedProject]:
        """See `ProjectStore.list_deleted`."""
        statement = select(_ROW.id, _ROW.deleted_us).where(~_LIVES).order_by(_ROW.deleted_us, _ROW.id)
        found = await self._database.read(lambda c: c.execute(statement).all())
        return [DeletedProject(id=project_id, deleted_us=deleted_us) for project_id, deleted_us in found]

    async def erase(self, project_id: ProjectId) -> bool:
        """See `ProjectStore.erase`."""

        def work(connection: Connection) -> bool:
            if not exists(connection, and_(_ROW.id == project_id, ~_LIVES)):
                return False
            for table in reversed(tables.metadata.sorted_tables):
                owned = owned_rows(table, project_id)
                if owned is not None:
                    connection.execute(delete(table).where(owned))
            connection.execute(delete(_TABLE).where(_ROW.id == project_id))
            for kind in ("accounts", "models", "prompts", "score_configs"):
                grow(connection, kind)
            return True

        return await self._database.write(work)

    async def get(self, project_id: ProjectId) -> Project | None:
        """See `ProjectStore.get`."""
        found = await self._database.read(lambda c: rows(c, _TABLE, _ROW.id == project_id, _LIVES))
        return _to_project(found[0]) if found else None

    async def list(self, organization_id: OrganizationId | None = None) -> Sequence[Project]:
        """See `ProjectStore.list`."""
        conditions = [_LIVES] if organization_id is None else [_LIVES, _ROW.organization_id == organization_id]
        found = await self._database.read(lambda c: by_creation(c, _TABLE, *conditions))
        return [_to_project(row) for row in found]


def require_project(connection: Connection, organization_id: OrganizationId, project_id: ProjectId) -> Project:
    """The project of an organisation; raises `NotFoundError` when it has none of that id."""
    found = rows(connection, _TABLE, _ROW.id == project_id, _ROW.organization_id == organization_id, _LIVES)
    if not found:
        raise NotFoundError(f"The organisation has no project with the id {project_id}", code="unknown_project")
    return _to_project(found[0])


def _insert(connection: Connection, project: Project) -> None:
    require(connection, tables.organization, project.organization_id, "organisation")
    connection.execute(insert(_TABLE).values(_to_row(project)))
    grow(connection, "accounts")


def _refuse_taken_name(connection: Connection, project: Project) -> None:
    is_namesake = and_(_ROW.organization_id == project.organization_id, _ROW.name == project.name, _LIVES)
    if exists(connection, and_(is_namesake, _ROW.id != project.id)):
        raise ConflictError(
            f"The organisation has a project named {project.name} already: choose another name",
            code="project_name_taken",
        )


def owned_rows(table: Table, project_id: ProjectId) -> ColumnElement[bool] | None:
    """Which rows of a table are the project's: by its column, or by the rows that they refer to; None for no table."""
    if table is _TABLE:
        return None
    if _OWNER in table.c:
        return table.c[_OWNER] == project_id
    owners = [
        (key.parent, key.column.table)
        for key in table.foreign_keys
        if key.column.table is not _TABLE and _OWNER in key.column.table.c
    ]
    matches = [column.in_(select(owner.c.id).where(owner.c[_OWNER] == project_id)) for column, owner in owners]
    return or_(*matches) if matches else None


def _to_row(project: Project) -> dict[str, Any]:
    return msgspec.structs.asdict(project) | {"metadata": msgspec.json.encode(project.metadata).decode()}


def _to_project(row: Mapping[str, Any]) -> Project:
    values = dict(row)
    del values["deleted_us"]
    values["metadata"] = msgspec.json.decode(values["metadata"])
    return Project(**values)
