"""Users and their roles in SQL."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, insert, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.people.sessions import end_sessions
from panope.domain.accounts import Role, User
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import OrganizationId, UserId, UserSessionId


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

    async def list(self) -> Sequence[User]:
        """See `UserStore.list`."""
        membership = tables.membership

        def work(connection: Connection) -> Sequence[User]:
            roles: dict[UserId, dict[OrganizationId, Role]] = {}
            for row in connection.execute(select(membership)):
                roles.setdefault(row.user_id, {})[row.organization_id] = Role(row.role)
            users = connection.execute(select(tables.user).order_by(tables.user.c.email)).mappings()
            return [User(**row, roles=roles.get(row["id"], {})) for row in users]

        return await self._database.read(work)

    async def has_any(self) -> bool:
        """See `UserStore.has_any`."""
        return await self._database.read(lambda c: c.scalar(select(1).select_from(tables.user).limit(1)) is not None)

    async def rename(self, user_id: UserId, name: str | None) -> bool:
        """See `UserStore.rename`."""
        statement = update(tables.user).where(tables.user.c.id == user_id).values(name=name)
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)

    async def set_password(
        self, user_id: UserId, password_hash: str, *, keep_session: UserSessionId | None = None
    ) -> bool:
        """See `UserStore.set_password`."""
        statement = update(tables.user).where(tables.user.c.id == user_id).values(password_hash=password_hash)

        def work(connection: Connection) -> bool:
            end_sessions(connection, user_id, keep_session)
            return connection.execute(statement).rowcount > 0

        return await self._database.write(work)

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
