"""The first user of a catalog, and what their organisation and project are called."""

from collections.abc import Sequence

from msgspec import Struct

from panope.domain.accounts import Organization, Project, ProjectChange, Role, User
from panope.domain.errors import ConflictError
from panope.domain.ids import UserId
from panope.features.accounts.passwords import PasswordHasher, check_password
from panope.features.accounts.provision import Provisioner
from panope.features.accounts.secrets import NewId
from panope.features.accounts.users import normalize_email
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog


class SetupDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants to begin with."""

    email: str
    password: str
    name: str | None = None
    organization_name: str | None = None
    """None: as it is."""
    project_name: str | None = None

    def __repr__(self) -> str:
        return f"SetupDraft(email={self.email!r}, password=…)"


class SetupNames(Struct, frozen=True, kw_only=True):
    """What there is already; None where there are several, which keep their names."""

    organization: str | None
    project: str | None


class Setup:
    """Makes the first user, once: whoever comes first."""

    def __init__(
        self, catalog: Catalog, provisioner: Provisioner, passwords: PasswordHasher, *, clock: Clock, new_id: NewId
    ) -> None:
        self._catalog = catalog
        self._provisioner = provisioner
        self._passwords = passwords
        self._clock = clock
        self._new_id = new_id

    async def is_due(self) -> bool:
        """Whether there is no user yet."""
        return not await self._catalog.users.has_any()

    async def names(self) -> SetupNames:
        """What the form begins with."""
        organizations, projects = await self._catalog.organizations.list(), await self._catalog.projects.list()
        return SetupNames(
            organization=_only_name([row.name for row in organizations]),
            project=_only_name([row.name for row in projects]),
        )

    async def set_up(self, draft: SetupDraft) -> User:
        """Make the first user, an owner of all organisations, and give the only ones of each kind their names.

        Raises `InvalidError` for a malformed address or a short password and `ConflictError` when there is a user.
        """
        email = normalize_email(draft.email)
        check_password(draft.password)
        if not await self.is_due():
            raise _done()
        password_hash = await self._passwords.hash(draft.password)
        await self._provisioner.ensure_project()
        async with self._catalog.lock.exclusive():
            if not await self.is_due():
                raise _done()
            organizations = await self._catalog.organizations.list()
            await self._rename(draft, organizations, await self._catalog.projects.list())
            user = User(
                id=UserId(self._new_id()),
                email=email,
                name=draft.name,
                password_hash=password_hash,
                roles={row.id: Role.OWNER for row in organizations},
                created_us=self._clock(),
            )
            await self._catalog.users.create(user)
        return user

    async def _rename(
        self, draft: SetupDraft, organizations: Sequence[Organization], projects: Sequence[Project]
    ) -> None:
        if draft.organization_name and len(organizations) == 1:
            await self._catalog.organizations.rename(organizations[0].id, draft.organization_name)
        if draft.project_name and len(projects) == 1:
            change = ProjectChange(name=draft.project_name, at_us=self._clock())
            await self._catalog.projects.change(projects[0].organization_id, projects[0].id, change)


def _only_name(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _done() -> ConflictError:
    return ConflictError("There is a user already: sign in", code="set_up_already")
