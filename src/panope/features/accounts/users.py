"""Making users, and what their operator does with them."""

import re
from collections.abc import Sequence
from typing import Final

from panope.domain.accounts import Role, User
from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import OrganizationId, UserId
from panope.features.accounts.passwords import PasswordHasher, check_password
from panope.features.accounts.secrets import NewId
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog

_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_MAX_EMAIL_CHARS: Final = 254


class UserRegistry:
    """All people of a catalog."""

    def __init__(self, catalog: Catalog, passwords: PasswordHasher, *, clock: Clock, new_id: NewId) -> None:
        self._catalog = catalog
        self._passwords = passwords
        self._clock = clock
        self._new_id = new_id

    async def create(
        self,
        email: str,
        password: str,
        *,
        name: str | None = None,
        role: Role = Role.MEMBER,
        organization_id: OrganizationId | None = None,
    ) -> User:
        """Make a user with a role in an organisation: the only one when none is named.

        The address is kept in lower case. Raises `InvalidError` for a malformed address, a short password or several
        organisations that could be meant, `ConflictError` for a known address, `NotFoundError` for an unknown
        organisation.
        """
        address = normalize_email(email)
        check_password(password)
        organization_id = organization_id or await self._only_organization()
        user = User(
            id=UserId(self._new_id()),
            email=address,
            name=name,
            password_hash=await self._passwords.hash(password),
            roles={organization_id: role},
            created_us=self._clock(),
        )
        await self._catalog.users.create(user)
        return user

    async def list(self) -> Sequence[User]:
        """All users with their roles, by e-mail address."""
        return await self._catalog.users.list()

    async def set_password(self, email: str, password: str) -> User:
        """Give a user another password, which signs them out everywhere.

        Raises `InvalidError` for a short one, `NotFoundError` for an unknown address.
        """
        check_password(password)
        user = await self._require(email)
        await self._catalog.users.set_password(user.id, await self._passwords.hash(password))
        return user

    async def sign_out(self, email: str) -> int:
        """End all sessions of a user; return how many. Raises `NotFoundError` for an unknown address."""
        user = await self._require(email)
        return await self._catalog.user_sessions.end_all(user.id)

    async def _require(self, email: str) -> User:
        user = await self._catalog.users.find_by_email(normalize_email(email))
        if user is None:
            raise NotFoundError(f"Nobody has the address {email}: `panope users list` names all", code="unknown_user")
        return user

    async def _only_organization(self) -> OrganizationId:
        organizations = await self._catalog.organizations.list()
        if not organizations:
            raise NotFoundError("There is no organisation yet: start the server once", code="no_organization")
        if len(organizations) > 1:
            names = ", ".join(organization.id for organization in organizations)
            raise InvalidError(f"There are several organisations, say which: {names}", code="organization_ambiguous")
        return organizations[0].id


def normalize_email(email: str) -> str:
    """The form in which addresses are kept and compared; raises `InvalidError` for what is none."""
    address = email.strip().lower()
    if len(address) > _MAX_EMAIL_CHARS or not _EMAIL.fullmatch(address):
        raise InvalidError("That is not an e-mail address: write name@host", code="invalid_email")
    return address
