"""Making, listing and revoking key pairs."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from panope.domain.accounts import ApiKey
from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId
from panope.features.accounts.secrets import KeyPair, NewId, SecretHasher, display_secret, make_pair
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog

_MAX_KEY_CHARS: Final = 500


class CreatedKey(Struct, frozen=True):
    """A new key with its secret, which nobody can read again later."""

    key: ApiKey
    pair: KeyPair


class KeyRing:
    """All keys of a catalog."""

    def __init__(self, catalog: Catalog, hasher: SecretHasher, *, clock: Clock, new_id: NewId) -> None:
        self._catalog = catalog
        self._hasher = hasher
        self._clock = clock
        self._new_id = new_id

    async def create(
        self, project_id: ProjectId | None = None, *, note: str | None = None, pair: KeyPair | None = None
    ) -> CreatedKey:
        """Make a key for a project: the only one when none is named, with a new pair unless one is given.

        Raises `NotFoundError` for an unknown project, `InvalidError` when several could be meant or the given pair
        cannot be sent as Basic credentials, `ConflictError` when half of the given pair is taken.
        """
        return await self._create(note, pair, project_id=project_id or await self.only_project())

    async def create_for_organization(
        self, organization_id: OrganizationId, *, note: str | None = None, pair: KeyPair | None = None
    ) -> CreatedKey:
        """Make a key for an organisation itself; raises as `create`."""
        if await self._catalog.organizations.get(organization_id) is None:
            known = ", ".join(organization.id for organization in await self._catalog.organizations.list())
            raise NotFoundError(
                f"No organisation has the id {organization_id}: these are there: {known or 'none'}",
                code="unknown_organization",
            )
        return await self._create(note, pair, organization_id=organization_id)

    async def _create(
        self,
        note: str | None,
        pair: KeyPair | None,
        *,
        project_id: ProjectId | None = None,
        organization_id: OrganizationId | None = None,
    ) -> CreatedKey:
        pair = pair or make_pair(self._new_id)
        _check(pair)
        key = ApiKey(
            id=ApiKeyId(self._new_id()),
            project_id=project_id,
            organization_id=organization_id,
            public_key=pair.public_key,
            secret_hash=self.hash(pair),
            display_secret_key=display_secret(pair.secret_key),
            note=note,
            created_us=self._clock(),
        )
        await self._catalog.keys.create(key)
        return CreatedKey(key, pair)

    async def list(self, project_id: ProjectId | None = None) -> Sequence[ApiKey]:
        """Keys of one project, or all. Raises `NotFoundError` for an unknown project."""
        if project_id is not None and await self._catalog.projects.get(project_id) is None:
            raise NotFoundError(
                f"No project has the id {project_id}: `panope keys list` names those that have a key",
                code="unknown_project",
            )
        return await self._catalog.keys.list(project_id)

    async def revoke(self, reference: str) -> ApiKey:
        """Revoke the key of this public key or id, at once and for good; return what it was.

        Raises `NotFoundError` when there is none.
        """
        key = next((key for key in await self._catalog.keys.list() if reference in {key.public_key, key.id}), None)
        if key is None or not await self._catalog.keys.revoke(key.id, at_us=self._clock()):
            raise NotFoundError(
                f"No key has the public key or id {reference}: `panope keys list` shows what there is",
                code="unknown_key",
            )
        return key

    def hash(self, pair: KeyPair) -> str:
        """The form in which the pair's secret is kept."""
        return self._hasher.hash(pair.secret_key)

    async def only_project(self) -> ProjectId:
        """The one project there is. Raises `NotFoundError` without any, `InvalidError` when there are several."""
        projects = await self._catalog.projects.list()
        if not projects:
            raise NotFoundError("There is no project yet: start the server once", code="no_project")
        if len(projects) > 1:
            names = ", ".join(project.id for project in projects)
            raise InvalidError(f"There are several projects, say which: {names}", code="project_ambiguous")
        return projects[0].id


def _check(pair: KeyPair) -> None:
    for name, half in (("public key", pair.public_key), ("secret key", pair.secret_key)):
        if not half or ":" in half or len(half) > _MAX_KEY_CHARS or half != half.strip():
            raise InvalidError(
                f"A {name} has 1 to {_MAX_KEY_CHARS} characters, no colon in it and no blank around it, "
                "because it is sent by HTTP Basic authentication: choose another",
                code="invalid_key",
            )
