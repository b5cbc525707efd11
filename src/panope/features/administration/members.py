"""Members of one organisation and of its projects."""

from collections.abc import Sequence

from panope.domain.accounts import Member, MemberChange, Role, User
from panope.domain.errors import NotFoundError
from panope.domain.ids import OrganizationId, ProjectId, UserId, is_possible_id
from panope.features.accounts.secrets import NewId
from panope.features.accounts.users import normalize_email
from panope.kit.clock import Clock
from panope.ports.people.members import MemberStore


class MemberAdministration:
    """Who is a member, and what they may do. The last owner stays: what takes them away raises `ForbiddenError`."""

    def __init__(self, members: MemberStore, clock: Clock, new_id: NewId) -> None:
        self._members = members
        self._clock = clock
        self._new_id = new_id

    async def list_members(self, organization_id: OrganizationId) -> Sequence[Member]:
        """All members, by e-mail address."""
        return await self._members.list(organization_id)

    async def get_member(self, organization_id: OrganizationId, user_id: str) -> Member:
        """One member. Raises `NotFoundError`."""
        found = await self._members.get(organization_id, _possible(user_id))
        if found is None:
            raise _unknown()
        return found

    async def enrol(self, organization_id: OrganizationId, email: str, name: str | None, role: Role) -> Member:
        """Make somebody a member, and a user if there is none of that address.

        Raises `InvalidError` for what is no address and `ConflictError` for who is a member already.
        """
        user = User(id=UserId(self._new_id()), email=normalize_email(email), name=name, created_us=self._clock())
        return await self._members.enrol(organization_id, user, role)

    async def put_member(self, organization_id: OrganizationId, user_id: str, role: Role) -> Member:
        """Give a user a role in the organisation. Raises `NotFoundError` for an unknown user."""
        return await self._members.put(organization_id, _possible(user_id), role)

    async def change_member(
        self, organization_id: OrganizationId, user_id: str, change: MemberChange
    ) -> tuple[Member, bool]:
        """Do as a directory says; return the member, and whether they still are one.

        Who is made active becomes a member again. Raises `NotFoundError` for who is none and is not made one.
        """
        found = await self._members.get(organization_id, _possible(user_id))
        if found is None and change.is_active is not True:
            raise _unknown()
        if found is not None and change.is_active is False:
            await self.remove_member(organization_id, user_id)
            return found, False
        if found is not None and change.role in {None, found.role}:
            return found, True
        only_member = change.is_active is not True  # who was taken out in the meantime stays out
        role = change.role or Role.NONE
        return await self._members.put(organization_id, UserId(user_id), role, only_member=only_member), True

    async def remove_member(self, organization_id: OrganizationId, user_id: str) -> None:
        """Take a member out, with their roles in its projects. Raises `NotFoundError`."""
        if not await self._members.remove(organization_id, _possible(user_id)):
            raise _unknown()

    async def list_project_members(self, organization_id: OrganizationId, project_id: str) -> Sequence[Member]:
        """Members who have a role of their own in a project. Raises `NotFoundError`."""
        return await self._members.list_in_project(organization_id, _project(project_id))

    async def put_project_member(
        self, organization_id: OrganizationId, project_id: str, user_id: str, role: Role
    ) -> Member:
        """Give a member a role of their own in a project. Raises `NotFoundError` for a project or who is no member."""
        return await self._members.put_in_project(organization_id, _project(project_id), _possible(user_id), role)

    async def remove_project_member(self, organization_id: OrganizationId, project_id: str, user_id: str) -> None:
        """Leave a member with the role in the organisation alone. Raises `NotFoundError` when it is so already."""
        project, user = _project(project_id), _possible(user_id)
        if not await self._members.remove_from_project(organization_id, project, user):
            raise NotFoundError("Nobody with this user id has a role in the project", code="unknown_member")


def _possible(user_id: str) -> UserId:
    if not is_possible_id(user_id):
        raise _unknown()
    return UserId(user_id)


def _project(project_id: str) -> ProjectId:
    if not is_possible_id(project_id):
        raise NotFoundError("The organisation of this key has no such project", code="unknown_project")
    return ProjectId(project_id)


def _unknown() -> NotFoundError:
    return NotFoundError("No member of the organisation has this user id: list its members", code="unknown_member")
