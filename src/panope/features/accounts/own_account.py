"""What somebody who is signed in does with their own account."""

from typing import Final

from panope.domain.accounts import PersonPrincipal, User
from panope.domain.errors import ForbiddenError, InvalidError, Issue, NotFoundError
from panope.features.accounts.password_check import Client, PasswordCheck
from panope.features.accounts.passwords import PasswordHasher, check_password
from panope.ports.catalog import Catalog

MAX_NAME_CHARS: Final = 200


class OwnAccount:
    """One's name and password."""

    def __init__(self, catalog: Catalog, check: PasswordCheck, passwords: PasswordHasher) -> None:
        self._catalog = catalog
        self._check = check
        self._passwords = passwords

    async def get(self, person: PersonPrincipal) -> User:
        """The account itself."""
        user = await self._catalog.users.get(person.user_id)
        if user is None:
            raise NotFoundError("Your account does not exist any more", code="unknown_user")
        return user

    async def rename(self, person: PersonPrincipal, name: str | None) -> User:
        """Change the name that others see; None or blank: none. Raises `InvalidError` for one that is too long."""
        chosen = (name or "").strip() or None
        if chosen is not None and (len(chosen) > MAX_NAME_CHARS or not chosen.isprintable()):
            text = f"A name is one line of at most {MAX_NAME_CHARS} characters"
            raise InvalidError(text, code="invalid_name", issues=[Issue(("name",), text)])
        await self._catalog.users.rename(person.user_id, chosen)
        return await self.get(person)

    async def change_password(self, person: PersonPrincipal, current: str, new: str, client: Client) -> None:
        """Change the password and end all other sessions.

        Raises `InvalidError` for a new one that is too short, `ForbiddenError` when the current one is wrong and
        `RateLimitedError` when it was wrong too often.
        """
        check_password(new)
        user = await self._check.find(person.email, current, client)
        if user is None or user.id != person.user_id:
            raise ForbiddenError("The current password is not right: try again", code="wrong_password")
        password_hash = await self._passwords.hash(new)
        await self._catalog.users.set_password(user.id, password_hash, keep_session=person.session_id)
