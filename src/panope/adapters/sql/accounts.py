"""Organisations and keys in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, insert, or_, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.database import CatalogDatabase, grow
from panope.domain.accounts import ApiKey, Organization, RevokedKey
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

    async def rename(self, organization_id: OrganizationId, name: str) -> bool:
        """See `OrganizationStore.rename`."""
        table = tables.organization

        def work(connection: Connection) -> bool:
            renamed = connection.execute(update(table).where(table.c.id == organization_id).values(name=name))
            grow(connection, "accounts")
            return renamed.rowcount > 0

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
            _require_owner(connection, key)
            connection.execute(insert(table).values(msgspec.structs.asdict(key)))
            grow(connection, "accounts")

        await self._database.write(work)

    async def list(self, project_id: ProjectId | None = None) -> Sequence[ApiKey]:
        """See `KeyStore.list`."""
        conditions = [] if project_id is None else [tables.api_key.c.project_id == project_id]
        return await self._list(*conditions)

    async def list_of_organization(self, organization_id: OrganizationId) -> Sequence[ApiKey]:
        """See `KeyStore.list_of_organization`."""
        return await self._list(tables.api_key.c.organization_id == organization_id)

    async def revoke(self, key_id: ApiKeyId, project_id: ProjectId | None = None, *, at_us: int) -> bool:
        """See `KeyStore.revoke`."""
        columns = tables.api_key.c
        conditions = [columns.id == key_id]
        if project_id is not None:
            conditions.append(columns.project_id == project_id)

        def work(connection: Connection) -> bool:
            found = rows(connection, tables.api_key, *conditions)
            if not found or connection.execute(delete(tables.api_key).where(*conditions)).rowcount == 0:
                return False
            if found[0]["project_id"] is not None:
                kept = {name: found[0][name] for name in ("id", "project_id", "public_key", "note")}
                connection.execute(delete(tables.revoked_key).where(tables.revoked_key.c.id == key_id))
                connection.execute(insert(tables.revoked_key).values(revoked_us=at_us, **kept))
            grow(connection, "accounts")
            return True

        return await self._database.write(work)

    async def list_revoked(self, project_id: ProjectId | None = None) -> Sequence[RevokedKey]:
        """See `KeyStore.list_revoked`."""
        table = tables.revoked_key
        query = select(table).order_by(table.c.revoked_us.desc(), table.c.id)
        if project_id is not None:
            query = query.where(table.c.project_id == project_id)
        found = await self._database.read(lambda c: list(c.execute(query).mappings()))
        return [RevokedKey(**row) for row in found]

    async def note_uses(self, uses: Mapping[ApiKeyId, int]) -> None:
        """See `KeyStore.note_uses`."""
        row = tables.api_key.c
        is_later = or_(row.last_used_us.is_(None), row.last_used_us < bindparam("used_us"))
        statement = update(tables.api_key).where(row.id == bindparam("key_id"), is_later)
        noted = [{"key_id": key_id, "used_us": used_us} for key_id, used_us in sorted(uses.items())]
        changed = statement.values(last_used_us=bindparam("used_us"))
        if noted:
            await self._database.write(lambda c: c.execute(changed, noted))

    async def find_by_public_key(self, public_key: str) -> ApiKey | None:
        """See `KeyStore.find_by_public_key`."""
        if "\0" in public_key:
            return None  # strangers send whatever they like, and Postgres refuses the question
        return await self._find(tables.api_key.c.public_key == public_key)

    async def find_by_secret_hash(self, secret_hash: str) -> ApiKey | None:
        """See `KeyStore.find_by_secret_hash`."""
        return await self._find(tables.api_key.c.secret_hash == secret_hash)

    async def _list(self, *conditions: ColumnElement[bool]) -> Sequence[ApiKey]:
        found = await self._database.read(lambda c: by_creation(c, tables.api_key, *conditions))
        return [ApiKey(**row) for row in found]

    async def _find(self, condition: ColumnElement[bool]) -> ApiKey | None:
        found = await self._database.read(lambda c: rows(c, tables.api_key, condition))
        return ApiKey(**found[0]) if found else None


def _require_owner(connection: Connection, key: ApiKey) -> None:
    if key.project_id is None:
        require(connection, tables.organization, key.organization_id or "", "organisation")
    elif not exists(connection, (tables.project.c.id == key.project_id) & tables.project.c.deleted_us.is_(None)):
        raise NotFoundError(f"No project has the id {key.project_id}", code="unknown_project")
