"""What a catalog is given at start: what the settings ask for, or something to begin with.

Everything is created if missing and nothing is ever updated, so that a restart, a second replica or a forgotten
setting does no harm.
"""

from typing import Final

from msgspec import Struct, field

from panope.domain.accounts import Organization, Project, Role
from panope.domain.errors import ConflictError
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.accounts.keys import CreatedKey, KeyRing
from panope.features.accounts.secrets import KeyPair
from panope.features.accounts.users import UserRegistry, normalize_email
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog

DEFAULT_ORGANIZATION: Final = OrganizationId("default")
DEFAULT_PROJECT: Final = ProjectId("default")
_DEFAULT_NAME: Final = "Default"


class PlannedProject(Struct, frozen=True, kw_only=True):
    """A project that has to be there, with a key pair or without."""

    id: ProjectId
    name: str
    retention_days: int | None = None
    pair: KeyPair | None = None


class PlannedUser(Struct, frozen=True, kw_only=True):
    """An owner that has to be there."""

    email: str
    password: str
    name: str | None = None

    def __repr__(self) -> str:
        return f"PlannedUser(email={self.email!r}, password=…, name={self.name!r})"


class ProvisionPlan(Struct, frozen=True, kw_only=True):
    """What has to be there after a start."""

    organization_id: OrganizationId
    organization_name: str
    project: PlannedProject | None = None
    user: PlannedUser | None = None


class Provisioned(Struct, kw_only=True):
    """What came of it."""

    created: list[str] = field(default_factory=list)
    """What was missing, in words for a log, such as `project shop`."""
    key: CreatedKey | None = None
    """The pair that panope made up by itself, to be shown to the operator now or never."""
    warnings: list[str] = field(default_factory=list)


class Provisioner:
    """Creates what is missing, one process at a time."""

    def __init__(self, catalog: Catalog, keys: KeyRing, users: UserRegistry, clock: Clock) -> None:
        self._catalog = catalog
        self._keys = keys
        self._users = users
        self._clock = clock

    async def provision(self, plan: ProvisionPlan | None) -> Provisioned:
        """Create what the plan names and is missing; without a plan, a project and a pair in a catalog without any.

        Safe in any number of replicas at once, and any number of times.
        """
        done = Provisioned()
        async with self._catalog.lock.exclusive():
            if plan is not None:
                await self._follow(plan, done)
            elif not await self._catalog.projects.list() and await self._add_default_project(done):
                done.key = await self._keys.create(DEFAULT_PROJECT, note="Made at the first start")
                done.created.append(f"key {done.key.key.public_key}")
        return done

    async def ensure_project(self) -> Provisioned:
        """Make the default project if the catalog has none at all."""
        done = Provisioned()
        async with self._catalog.lock.exclusive():
            if not await self._catalog.projects.list():
                await self._add_default_project(done)
        return done

    async def _add_default_project(self, done: Provisioned) -> bool:
        """Whether the project is there afterwards."""
        await self._add_organization(DEFAULT_ORGANIZATION, _DEFAULT_NAME, done)
        planned = PlannedProject(id=DEFAULT_PROJECT, name=_DEFAULT_NAME)
        return await self._add_project(DEFAULT_ORGANIZATION, planned, done)

    async def _follow(self, plan: ProvisionPlan, done: Provisioned) -> None:
        await self._add_organization(plan.organization_id, plan.organization_name, done)
        if plan.project is not None:
            is_there = await self._add_project(plan.organization_id, plan.project, done)
            if is_there and plan.project.pair is not None:
                await self._add_pair(plan.project.id, plan.project.pair, done)
        if plan.user is not None:
            await self._add_owner(plan.organization_id, plan.user, done)

    async def _add_organization(self, organization_id: OrganizationId, name: str, done: Provisioned) -> None:
        organization = Organization(id=organization_id, name=name, created_us=self._clock())
        if await self._catalog.organizations.add(organization):
            done.created.append(f"organisation {organization_id}")

    async def _add_project(self, organization_id: OrganizationId, planned: PlannedProject, done: Provisioned) -> bool:
        """Whether the project is there afterwards."""
        project = Project(
            id=planned.id,
            organization_id=organization_id,
            name=planned.name,
            retention_days=planned.retention_days,
            created_us=self._clock(),
            updated_us=self._clock(),
        )
        if await self._catalog.projects.add(project):
            done.created.append(f"project {planned.id}")
            return True
        stored = await self._catalog.projects.get(planned.id)
        if stored is None:
            done.warnings.append(
                f"The project {planned.id} was deleted and is being erased: a start after that makes it anew"
            )
            return False
        if stored.organization_id != organization_id:
            done.warnings.append(
                f"The project {planned.id} is there already and belongs to the organisation {stored.organization_id}, "
                f"not to {organization_id}: it stays where it is"
            )
        return True

    async def _add_pair(self, project_id: ProjectId, pair: KeyPair, done: Provisioned) -> None:
        stored = await self._catalog.keys.find_by_public_key(pair.public_key)
        if stored is not None and stored.project_id == project_id:
            if stored.secret_hash != self._keys.hash(pair):
                done.warnings.append(
                    f"The key {pair.public_key} is there already with another secret, or was made with another SALT: "
                    "it stays as it is; revoke it to have it made anew"
                )
            return
        if stored is not None:
            await self._catalog.keys.revoke(stored.id, at_us=self._clock())
        try:
            created = await self._keys.create(project_id, note="Made by the settings", pair=pair)
        except ConflictError:
            done.warnings.append(
                f"The secret given for the key {pair.public_key} belongs to another key: the key was not made; "
                "give it a secret of its own"
            )
        else:
            done.created.append(f"key {created.key.public_key}")

    async def _add_owner(self, organization_id: OrganizationId, planned: PlannedUser, done: Provisioned) -> None:
        stored = await self._catalog.users.find_by_email(normalize_email(planned.email))
        if stored is None:
            user = await self._users.create(
                planned.email,
                planned.password,
                name=planned.name,
                role=Role.OWNER,
                organization_id=organization_id,
            )
            done.created.append(f"user {user.email}")
        elif await self._catalog.users.grant(stored.id, organization_id, Role.OWNER):
            done.created.append(f"role owner of {stored.email}")
