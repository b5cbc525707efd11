"""Organisations, projects and keys in SQL."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select

from panope.adapters.sql import tables
from panope.adapters.sql.database import CatalogDatabase, grow
from panope.domain.accounts import ApiKey, Organization, Project
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId


def exists(connection: Connection, condition: ColumnElement[bool]) -> bool:
    """Whether a row of the condition's table fulfils it."""
    return connection.scalar(select(1).where(condition).limit(1)) is not None


def require(connection: Connection, table: Table, row_id: str, noun: str) -> None:
    """Raise `NotFoundError` unless the table has a row of this id."""
    if not exists(connection, table.c.id == row_id):
        raise NotFoundError(f"No {noun} has the id {row_id}", code=f"unknown_{table.name.removeprefix('catalog_')}")


def rows(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> Sequence[dict[str, Any]]:
    """All rows that fulfil all conditions, as dictionaries by column."""
    return [dict(row) for row in connection.execute(select(table).where(*conditions)).mappings()]


def by_creation(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> Sequence[dict[str, Any]]:
    """The same, by (creation, id)."""
    statement = select(table).where(*conditions).order_by(table.c.created_us, table.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


class SqlOrganizationStore:
    """Implements `OrganizationStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(self, organization: Organization) -> bool:
        """See `OrganizationStore.add`."""
        table = tables.organization

        def work(connection: Connection) -> bool:
            if exists(connection, table.c.id == organization.id):
                return False
            connection.execute(insert(table).values(msgspec.structs.asdict(organization)))
            grow(connection, "accounts")
            return True

        return await self._database.write(work)

    async def get(self, organization_id: OrganizationId) -> Organization | None:
        """See `OrganizationStore.get`."""
        table = tables.organization
        found = await self._database.read(lambda c: rows(c, table, table.c.id == organization_id))
        return Organization(**found[0]) if found else None

    async def list(self) -> Sequence[Organization]:
        """See `OrganizationStore.list`."""
        found = await self._database.read(lambda c: by_creation(c, tables.organization))
        return [Organization(**row) for row in found]


class SqlProjectStore:
    """Implements `ProjectStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(self, project: Project) -> bool:
        """See `ProjectStore.add`."""

        def work(connection: Connection) -> bool:
            if exists(connection, tables.project.c.id == project.id):
                return False
            require(connection, tables.organization, project.organization_id, "organisation")
            connection.execute(insert(tables.project).values(msgspec.structs.asdict(project)))
            grow(connection, "accounts")
            return True

        return await self._database.write(work)

    async def get(self, project_id: ProjectId) -> Project | None:
        """See `ProjectStore.get`."""
        found = await self._database.read(lambda c: rows(c, tables.project, tables.project.c.id == project_id))
        return Project(**found[0]) if found else None

    async def list(self, organization_id: OrganizationId | None = None) -> Sequence[Project]:
        """See `ProjectStore.list`."""
        column = tables.project.c.organization_id
        conditions = [] if organization_id is None else [column == organization_id]
        found = await self._database.read(lambda c: by_creation(c, tables.project, *conditions))
        return [Project(**row) for row in found]


class SqlKeyStore:
    """Implements `KeyStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def create(self, key: ApiKey) -> None:
        """See `KeyStore.create`."""
        table = tables.api_key

        def work(connection: Connection) -> None:
            same_pair = or_(table.c.public_key == key.public_key, table.c.secret_hash == key.secret_hash)
            if exists(connection, or_(table.c.id == key.id, same_pair)):
                raise ConflictError(
                    "A key with this id, public key or secret exists already: make another pair", code="key_taken"
                )
            require(connection, tables.project, key.project_id, "project")
            connection.execute(insert(table).values(msgspec.structs.asdict(key)))
            grow(connection, "accounts")

        await self._database.write(work)

    async def list(self, project_id: ProjectId | None = None) -> Sequence[ApiKey]:
        """See `KeyStore.list`."""
        conditions = [] if project_id is None else [tables.api_key.c.project_id == project_id]
        found = await self._database.read(lambda c: by_creation(c, tables.api_key, *conditions))
        return [ApiKey(**row) for row in found]

    async def revoke(self, key_id: ApiKeyId) -> bool:
        """See `KeyStore.revoke`."""

        def work(connection: Connection) -> bool:
            deleted = connection.execute(delete(tables.api_key).where(tables.api_key.c.id == key_id)).rowcount > 0
            if deleted:
                grow(connection, "accounts")
            return deleted

        return await self._database.write(work)

    async def find_by_public_key(self, public_key: str) -> ApiKey | None:
        """See `KeyStore.find_by_public_key`."""
        return await self._find(tables.api_key.c.public_key == public_key)

    async def find_by_secret_hash(self, secret_hash: str) -> ApiKey | None:
        """See `KeyStore.find_by_secret_hash`."""
        return await self._find(tables.api_key.c.secret_hash == secret_hash)

    async def _find(self, condition: ColumnElement[bool]) -> ApiKey | None:
        found = await self._database.read(lambda c: rows(c, tables.api_key, condition))
        return ApiKey(**found[0]) if found else None
