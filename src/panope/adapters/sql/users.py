"""Users and their roles in SQL."""

from sqlalchemy import ColumnElement, Connection, insert

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.accounts import Role, User
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import OrganizationId, UserId


class SqlUserStore:
    """Implements `UserStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def create(self, user: User) -> None:
        """See `UserStore.create`."""
        table = tables.user

        def work(connection: Connection) -> None:
            if exists(connection, (table.c.id == user.id) | (table.c.email == user.email)):
                raise ConflictError("A user with this e-mail address exists already", code="user_taken")
            values = {column.name: getattr(user, column.name) for column in table.columns}
            connection.execute(insert(table).values(values))
            for organization_id, role in user.roles.items():
                _add_membership(connection, user.id, organization_id, role)

        await self._database.write(work)

    async def find_by_email(self, email: str) -> User | None:
        """See `UserStore.find_by_email`."""
        return await self._find(tables.user.c.email == email)

    async def get(self, user_id: UserId) -> User | None:
        """See `UserStore.get`."""
        return await self._find(tables.user.c.id == user_id)

    async def _find(self, condition: ColumnElement[bool]) -> User | None:
        def work(connection: Connection) -> User | None:
            found = rows(connection, tables.user, condition)
            if not found:
                return None
            memberships = rows(connection, tables.membership, tables.membership.c.user_id == found[0]["id"])
            return User(**found[0], roles={row["organization_id"]: Role(row["role"]) for row in memberships})

        return await self._database.read(work)

    async def grant(self, user_id: UserId, organization_id: OrganizationId, role: Role) -> bool:
        """See `UserStore.grant`."""
        table = tables.membership

        def work(connection: Connection) -> bool:
            if not exists(connection, tables.user.c.id == user_id):
                raise NotFoundError("No user has this id", code="unknown_user")
            if exists(connection, (table.c.user_id == user_id) & (table.c.organization_id == organization_id)):
                return False
            _add_membership(connection, user_id, organization_id, role)
            return True

        return await self._database.write(work)


def _add_membership(connection: Connection, user_id: UserId, organization_id: OrganizationId, role: Role) -> None:
    require(connection, tables.organization, organization_id, "organisation")
    values = {"user_id": user_id, "organization_id": organization_id, "role": role.value}
    connection.execute(insert(tables.membership).values(values))
