"""Who may speak in a project: the members of its organisation."""

from panope.domain.accounts import User
from panope.domain.ids import OrganizationId, UserId, is_possible_id
from panope.ports.catalog import UserStore


class Members:
    """Looks users up within one organisation; those of others are as good as unknown."""

    def __init__(self, users: UserStore) -> None:
        self._users = users

    async def find(self, organization_id: OrganizationId, user_id: str) -> User | None:
        """The member with this id."""
        user = await self._users.get(UserId(user_id)) if is_possible_id(user_id) else None
        return user if user is not None and organization_id in user.roles else None

    async def find_by_any_name(self, organization_id: OrganizationId, name: str) -> User | None:
        """The member with this id or e-mail address."""
        user = await self.find(organization_id, name)
        if user is None and is_possible_id(name):
            user = await self._users.find_by_email(name.lower())
        return user if user is not None and organization_id in user.roles else None
