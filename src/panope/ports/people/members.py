"""Who belongs to an organisation, and with which role; roles in single projects stand beside those.

An organisation that has an owner always has one: whatever would take the last away is refused. Users, projects and
members of another organisation are unknown everywhere. Nothing here moves a version, as nobody caches members.
"""

from collections.abc import Sequence
from typing import Protocol

from panope.domain.accounts import Member, Role, User, VisibleProject
from panope.domain.ids import OrganizationId, ProjectId, UserId


class MemberStore(Protocol):
    """Memberships of all organisations. Lists are ordered by e-mail address."""

    async def list(self, organization_id: OrganizationId) -> Sequence[Member]:
        """All members with their roles in the organisation."""

    async def get(self, organization_id: OrganizationId, user_id: UserId) -> Member | None:
        """One member, or None."""

    async def enrol(self, organization_id: OrganizationId, user: User, role: Role) -> Member:
        """Make somebody a member: the user of this address, who is made when there is none.

        Raises `ConflictError` when they are a member already and `NotFoundError` without such an organisation.
        """

    async def put(
        self, organization_id: OrganizationId, user_id: UserId, role: Role, *, only_member: bool = False
    ) -> Member:
        """Give a user this role, in place of the one they have in the organisation.

        The user may be a member or not, unless `only_member` asks for one. Raises `NotFoundError` when there is no such
        user, member or organisation and `ForbiddenError` when this takes its last owner from it.
        """

    async def remove(self, organization_id: OrganizationId, user_id: UserId) -> bool:
        """Take a member out, with their roles in its projects; False when they are none. The user stays.

        Raises `ForbiddenError` for the last owner.
        """

    async def list_projects(self, user_id: UserId, project_id: ProjectId | None = None) -> Sequence[VisibleProject]:
        """Projects that a user may see, or the one of them that is named, by (organisation's name, name, id).

        A member sees a project unless their roles in its organisation and in itself are both `NONE` or absent; their
        role is the higher one of both.
        """

    async def list_in_project(self, organization_id: OrganizationId, project_id: ProjectId) -> Sequence[Member]:
        """Those who have a role in the project, with that role. Raises `NotFoundError` for an unknown project."""

    async def put_in_project(
        self, organization_id: OrganizationId, project_id: ProjectId, user_id: UserId, role: Role
    ) -> Member:
        """Give a member of the organisation this role in a project, in place of the one they have there.

        Raises `NotFoundError` when there is no such project or member.
        """

    async def remove_from_project(
        self, organization_id: OrganizationId, project_id: ProjectId, user_id: UserId
    ) -> bool:
        """Take a role in a project away; False when they have none. Raises `NotFoundError` for an unknown project."""
