"""Users in dictionaries."""

from collections.abc import Sequence

import msgspec

from panope.adapters.memory.catalog.tables import CatalogStore, require_organization
from panope.domain.accounts import Role, User
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import OrganizationId, UserId, UserSessionId


class MemoryUserStore(CatalogStore):
    """Implements `UserStore`."""

    async def create(self, user: User) -> None:
        """See `UserStore.create`."""
        if any(user.id == stored.id or user.email == stored.email for stored in self._tables.users.values()):
            raise ConflictError("A user with this e-mail address exists already", code="user_taken")
        for organization_id in user.roles:
            require_organization(self._tables, organization_id)
        self._tables.users[user.id] = _copied(user)

    async def find_by_email(self, email: str) -> User | None:
        """See `UserStore.find_by_email`."""
        found = next((row for row in self._tables.users.values() if row.email == email), None)
        return found and _copied(found)

    async def get(self, user_id: UserId) -> User | None:
        """See `UserStore.get`."""
        found = self._tables.users.get(user_id)
        return found and _copied(found)

    async def list(self) -> Sequence[User]:
        """See `UserStore.list`."""
        return [_copied(row) for row in sorted(self._tables.users.values(), key=lambda row: row.email)]

    async def has_any(self) -> bool:
        """See `UserStore.has_any`."""
        return bool(self._tables.users)

    async def rename(self, user_id: UserId, name: str | None) -> bool:
        """See `UserStore.rename`."""
        user = self._tables.users.get(user_id)
        if user is not None:
            user.name = name
        return user is not None

    async def set_password(
        self, user_id: UserId, password_hash: str, *, keep_session: UserSessionId | None = None
    ) -> bool:
        """See `UserStore.set_password`."""
        user = self._tables.users.get(user_id)
        if user is None:
            return False
        user.password_hash = password_hash
        sessions = self._tables.user_sessions.values()
        for ended in [row.id for row in sessions if row.user_id == user_id and row.id != keep_session]:
            del self._tables.user_sessions[ended]
        return True

    async def grant(self, user_id: UserId, organization_id: OrganizationId, role: Role) -> bool:
        """See `UserStore.grant`."""
        require_organization(self._tables, organization_id)
        user = self._tables.users.get(user_id)
        if user is None:
            raise NotFoundError("No user has this id", code="unknown_user")
        if organization_id in user.roles:
            return False
        user.roles[organization_id] = role
        return True


def _copied(user: User) -> User:
    return msgspec.structs.replace(user, roles={**user.roles})
