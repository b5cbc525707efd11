"""Memberships in dictionaries."""

from collections.abc import Sequence

import msgspec

from panope.adapters.memory.catalog.administration.projects import find_project
from panope.adapters.memory.catalog.tables import CatalogStore, CatalogTables, require_organization
from panope.domain.accounts import Member, Role, User, VisibleProject, highest
from panope.domain.errors import ConflictError, ForbiddenError, NotFoundError
from panope.domain.ids import OrganizationId, ProjectId, UserId


class MemoryMemberStore(CatalogStore):
    """Implements `MemberStore`."""

    async def list(self, organization_id: OrganizationId) -> Sequence[Member]:
        """See `MemberStore.list`."""
        users = self._tables.users.values()
        found = [_member(user, user.roles[organization_id]) for user in users if organization_id in user.roles]
        return sorted(found, key=lambda member: member.email)

    async def get(self, organization_id: OrganizationId, user_id: UserId) -> Member | None:
        """See `MemberStore.get`."""
        user = self._tables.users.get(user_id)
        role = user and user.roles.get(organization_id)
        return _member(user, role) if user and role else None

    async def enrol(self, organization_id: OrganizationId, user: User, role: Role) -> Member:
        """See `MemberStore.enrol`."""
        require_organization(self._tables, organization_id)
        stored = next((row for row in self._tables.users.values() if row.email == user.email), None)
        if stored is None:
            stored = self._tables.users[user.id] = msgspec.structs.replace(user, roles={})
        elif organization_id in stored.roles:
            raise ConflictError("This user is a member of the organisation already", code="member_taken")
        stored.roles[organization_id] = role
        return _member(stored, role)

    async def put(
        self, organization_id: OrganizationId, user_id: UserId, role: Role, *, only_member: bool = False
    ) -> Member:
        """See `MemberStore.put`."""
        require_organization(self._tables, organization_id)
        user = self._tables.users.get(user_id)
        if user is None:
            raise NotFoundError("No user has this id", code="unknown_user")
        if only_member and organization_id not in user.roles:
            raise NotFoundError("No member of the organisation has this user id", code="unknown_member")
        if role is not Role.OWNER:
            _keep_an_owner(self._tables, organization_id, user_id)
        user.roles[organization_id] = role
        return _member(user, role)

    async def remove(self, organization_id: OrganizationId, user_id: UserId) -> bool:
        """See `MemberStore.remove`."""
        user = self._tables.users.get(user_id)
        if user is None or organization_id not in user.roles:
            return False
        _keep_an_owner(self._tables, organization_id, user_id)
        del user.roles[organization_id]
        for project in self._tables.projects.values():
            if project.organization_id == organization_id:
                self._tables.project_roles.pop((project.id, user_id), None)
        return True

    async def list_projects(self, user_id: UserId, project_id: ProjectId | None = None) -> Sequence[VisibleProject]:
        """See `MemberStore.list_projects`."""
        user = self._tables.users.get(user_id)
        seen = []
        for project in self._tables.projects.values():
            if project.id in self._tables.deleted_projects or project_id not in {None, project.id} or user is None:
                continue
            in_organization = user.roles.get(project.organization_id)
            if in_organization is None:
                continue
            role = highest(in_organization, self._tables.project_roles.get((project.id, user_id), Role.NONE))
            if role is not Role.NONE:
                organization = self._tables.organizations[project.organization_id]
                seen.append(
                    VisibleProject(
                        id=project.id,
                        name=project.name,
                        organization_id=organization.id,
                        organization_name=organization.name,
                        role=role,
                    )
                )
        return sorted(seen, key=lambda row: (row.organization_name, row.name, row.id))

    async def list_in_project(self, organization_id: OrganizationId, project_id: ProjectId) -> Sequence[Member]:
        """See `MemberStore.list_in_project`."""
        find_project(self._tables, organization_id, project_id)
        roles = self._tables.project_roles.items()
        found = [_member(self._tables.users[user_id], role) for (owner, user_id), role in roles if owner == project_id]
        return sorted(found, key=lambda member: member.email)

    async def put_in_project(
        self, organization_id: OrganizationId, project_id: ProjectId, user_id: UserId, role: Role
    ) -> Member:
        """See `MemberStore.put_in_project`."""
        find_project(self._tables, organization_id, project_id)
        user = self._tables.users.get(user_id)
        if user is None or organization_id not in user.roles:
            raise NotFoundError("No member of the organisation has this user id", code="unknown_member")
        self._tables.project_roles[project_id, user_id] = role
        return _member(user, role)

    async def remove_from_project(
        self, organization_id: OrganizationId, project_id: ProjectId, user_id: UserId
    ) -> bool:
        """See `MemberStore.remove_from_project`."""
        find_project(self._tables, organization_id, project_id)
        return self._tables.project_roles.pop((project_id, user_id), None) is not None


def _member(user: User, role: Role) -> Member:
    return Member(user_id=user.id, email=user.email, name=user.name, role=role, created_us=user.created_us)


def _keep_an_owner(tables: CatalogTables, organization_id: OrganizationId, user_id: UserId) -> None:
    """Raise `ForbiddenError` when this user is the only owner."""
    owners = [user.id for user in tables.users.values() if user.roles.get(organization_id) is Role.OWNER]
    if owners == [user_id]:
        raise ForbiddenError(
            "The last owner of an organisation cannot be removed: make somebody else an owner first", code="last_owner"
        )
