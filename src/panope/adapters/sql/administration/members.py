"""Memberships in SQL."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, insert, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require
from panope.adapters.sql.administration.projects import require_project
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.accounts import Member, Role, User, VisibleProject, highest
from panope.domain.errors import ConflictError, ForbiddenError, NotFoundError
from panope.domain.ids import OrganizationId, ProjectId, UserId

_USER: Final = tables.user.c
_OF_ORGANIZATION: Final = tables.membership
_OF_PROJECT: Final = tables.project_membership


class SqlMemberStore:
    """Implements `MemberStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def list(self, organization_id: OrganizationId) -> Sequence[Member]:
        """See `MemberStore.list`."""
        condition = _OF_ORGANIZATION.c.organization_id == organization_id
        return await self._database.read(lambda c: _members(c, _OF_ORGANIZATION, condition))

    async def get(self, organization_id: OrganizationId, user_id: UserId) -> Member | None:
        """See `MemberStore.get`."""
        return await self._database.read(lambda c: _find(c, organization_id, user_id))

    async def enrol(self, organization_id: OrganizationId, user: User, role: Role) -> Member:
        """See `MemberStore.enrol`."""

        def work(connection: Connection) -> Member:
            require(connection, tables.organization, organization_id, "organisation")
            user_id = connection.scalar(select(_USER.id).where(_USER.email == user.email))
            if user_id is None:
                values = {column.name: getattr(user, column.name) for column in tables.user.columns}
                connection.execute(insert(tables.user).values(values))
                user_id = user.id
            elif exists(connection, _is_member(organization_id, user_id)):
                raise ConflictError("This user is a member of the organisation already", code="member_taken")
            _add(connection, organization_id, user_id, role)
            return _require_member(connection, organization_id, user_id)

        return await self._database.write(work)

    async def put(
        self, organization_id: OrganizationId, user_id: UserId, role: Role, *, only_member: bool = False
    ) -> Member:
        """See `MemberStore.put`."""

        def work(connection: Connection) -> Member:
            require(connection, tables.organization, organization_id, "organisation")
            if not exists(connection, _USER.id == user_id):
                raise NotFoundError("No user has this id", code="unknown_user")
            if only_member:
                _require_member(connection, organization_id, user_id)
            if not exists(connection, _is_member(organization_id, user_id)):
                _add(connection, organization_id, user_id, role)
            else:
                if role is not Role.OWNER:
                    _keep_an_owner(connection, organization_id, user_id)
                changed = update(_OF_ORGANIZATION).where(_is_member(organization_id, user_id))
                connection.execute(changed.values(role=role.value))
            return _require_member(connection, organization_id, user_id)

        return await self._database.write(work)

    async def remove(self, organization_id: OrganizationId, user_id: UserId) -> bool:
        """See `MemberStore.remove`."""
        projects = select(tables.project.c.id).where(tables.project.c.organization_id == organization_id)
        in_projects = and_(_OF_PROJECT.c.user_id == user_id, _OF_PROJECT.c.project_id.in_(projects))

        def work(connection: Connection) -> bool:
            if not exists(connection, _is_member(organization_id, user_id)):
                return False
            _keep_an_owner(connection, organization_id, user_id)
            connection.execute(delete(_OF_PROJECT).where(in_projects))
            connection.execute(delete(_OF_ORGANIZATION).where(_is_member(organization_id, user_id)))
            return True

        return await self._database.write(work)

    async def list_projects(self, user_id: UserId, project_id: ProjectId | None = None) -> Sequence[VisibleProject]:
        """See `MemberStore.list_projects`."""
        organization, project = tables.organization.c, tables.project.c
        in_project = and_(_OF_PROJECT.c.project_id == project.id, _OF_PROJECT.c.user_id == user_id)
        statement = (
            select(
                project.id,
                project.name,
                organization.id.label("organization_id"),
                organization.name.label("organization_name"),
                _OF_ORGANIZATION.c.role,
                _OF_PROJECT.c.role.label("project_role"),
            )
            .join_from(tables.project, tables.organization, project.organization_id == organization.id)
            .join(_OF_ORGANIZATION, _OF_ORGANIZATION.c.organization_id == organization.id)
            .join(_OF_PROJECT, in_project, isouter=True)
            .where(_OF_ORGANIZATION.c.user_id == user_id, project.deleted_us.is_(None))
            .order_by(organization.name, project.name, project.id)
        )
        if project_id is not None:
            statement = statement.where(project.id == project_id)
        found = await self._database.read(lambda c: [_visible(row) for row in c.execute(statement).mappings()])
        return [seen for seen in found if seen.role is not Role.NONE]

    async def list_in_project(self, organization_id: OrganizationId, project_id: ProjectId) -> Sequence[Member]:
        """See `MemberStore.list_in_project`."""

        def work(connection: Connection) -> Sequence[Member]:
            require_project(connection, organization_id, project_id)
            return _members(connection, _OF_PROJECT, _OF_PROJECT.c.project_id == project_id)

        return await self._database.read(work)

    async def put_in_project(
        self, organization_id: OrganizationId, project_id: ProjectId, user_id: UserId, role: Role
    ) -> Member:
        """See `MemberStore.put_in_project`."""

        def work(connection: Connection) -> Member:
            require_project(connection, organization_id, project_id)
            _require_member(connection, organization_id, user_id)
            connection.execute(delete(_OF_PROJECT).where(_has_role(project_id, user_id)))
            values = {"project_id": project_id, "user_id": user_id, "role": role.value}
            connection.execute(insert(_OF_PROJECT).values(values))
            return _members(connection, _OF_PROJECT, _has_role(project_id, user_id))[0]

        return await self._database.write(work)

    async def remove_from_project(
        self, organization_id: OrganizationId, project_id: ProjectId, user_id: UserId
    ) -> bool:
        """See `MemberStore.remove_from_project`."""

        def work(connection: Connection) -> bool:
            require_project(connection, organization_id, project_id)
            return connection.execute(delete(_OF_PROJECT).where(_has_role(project_id, user_id))).rowcount > 0

        return await self._database.write(work)


def _visible(row: RowMapping) -> VisibleProject:
    values = dict(row)
    role = highest(Role(values.pop("role")), Role(values.pop("project_role") or Role.NONE))
    return VisibleProject(**values, role=role)


def _is_member(organization_id: OrganizationId, user_id: UserId) -> ColumnElement[bool]:
    columns = _OF_ORGANIZATION.c
    return and_(columns.organization_id == organization_id, columns.user_id == user_id)


def _has_role(project_id: ProjectId, user_id: UserId) -> ColumnElement[bool]:
    return and_(_OF_PROJECT.c.project_id == project_id, _OF_PROJECT.c.user_id == user_id)


def _members(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[Member]:
    statement = (
        select(_USER.id, _USER.email, _USER.name, table.c.role, _USER.created_us)
        .join_from(table, tables.user, table.c.user_id == _USER.id)
        .where(condition)
        .order_by(_USER.email)
    )
    return [
        Member(user_id=row.id, email=row.email, name=row.name, role=Role(row.role), created_us=row.created_us)
        for row in connection.execute(statement)
    ]


def _find(connection: Connection, organization_id: OrganizationId, user_id: UserId) -> Member | None:
    found = _members(connection, _OF_ORGANIZATION, _is_member(organization_id, user_id))
    return found[0] if found else None


def _require_member(connection: Connection, organization_id: OrganizationId, user_id: UserId) -> Member:
    found = _find(connection, organization_id, user_id)
    if found is None:
        raise NotFoundError("No member of the organisation has this user id", code="unknown_member")
    return found


def _add(connection: Connection, organization_id: OrganizationId, user_id: UserId, role: Role) -> None:
    values = {"user_id": user_id, "organization_id": organization_id, "role": role.value}
    connection.execute(insert(_OF_ORGANIZATION).values(values))


def _keep_an_owner(connection: Connection, organization_id: OrganizationId, user_id: UserId) -> None:
    """Raise `ForbiddenError` when this user is the only owner."""
    columns = _OF_ORGANIZATION.c
    owned = and_(columns.organization_id == organization_id, columns.role == Role.OWNER.value)
    owners = set(connection.scalars(select(columns.user_id).where(owned)))
    if owners == {user_id}:
        raise ForbiddenError(
            "The last owner of an organisation cannot be removed: make somebody else an owner first", code="last_owner"
        )
