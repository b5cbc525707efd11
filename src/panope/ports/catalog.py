"""The catalog plane: organisations, projects, keys, users, price models and the settings that panope keeps for itself.

Small, relational, strongly consistent. Every write is durable and visible to every reader, in every process, when the
call returns. Every method may raise `UnavailableError` when the store is away; then nothing was changed. Lists are
ordered by code point, so that every engine answers the same.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from msgspec import Struct

from panope.domain.accounts import (
    ApiKey,
    DeletedProject,
    Organization,
    Project,
    ProjectChange,
    RevokedKey,
    Role,
    User,
)
from panope.domain.ids import ApiKeyId, ModelId, OrganizationId, ProjectId, UserId, UserSessionId
from panope.domain.key_failures import KeyFailure
from panope.domain.pricing import PriceModel
from panope.ports.annotation_queues import AnnotationItemStore, AnnotationQueueStore
from panope.ports.comments import CommentStore
from panope.ports.dataset_runs import DatasetItemIndex, DatasetRunStore
from panope.ports.datasets import DatasetItemStore, DatasetStore
from panope.ports.feedback import FeedbackStore
from panope.ports.llm_connections import LlmConnectionStore
from panope.ports.media import MediaStore
from panope.ports.people.members import MemberStore
from panope.ports.people.sessions import AttemptStore, UserSessionStore
from panope.ports.prompts import PromptIndex, PromptStore
from panope.ports.score_configs import ScoreConfigStore


class Version(Struct, frozen=True):
    """How often the catalog has changed. Compare for equality: any difference means that cached rows may be stale."""

    accounts: int
    """Grows with every change of an organisation, a project or a key."""
    models: int
    """Grows with every change of a price model, managed ones included."""
    prompts: int
    """Grows with every change of a prompt, its labels and tags included."""
    score_configs: int
    """Grows with every change of a score config."""


class CatalogVersion(Protocol):
    """The number that caches of catalog rows carry."""

    async def current(self) -> Version:
        """Return the version as it is now, cheap enough for every request.

        Sees every write that returned before this call began, by whichever process. Read it before the rows that are
        cached under it, never after: then a change in between makes the cache stale instead of wrong.
        """


class OrganizationStore(Protocol):
    """Owners of projects."""

    async def add(self, organization: Organization) -> bool:
        """Add an organisation; return False and change nothing when its id is taken."""

    async def rename(self, organization_id: OrganizationId, name: str) -> bool:
        """Give an organisation another name; False when there is none of that id."""

    async def get(self, organization_id: OrganizationId) -> Organization | None:
        """One organisation, or None."""

    async def list(self) -> Sequence[Organization]:
        """All organisations by (creation, id)."""


class ProjectStore(Protocol):
    """Tenants. One that is deleted is unknown everywhere, but its id stays taken until it is erased."""

    async def add(self, project: Project) -> bool:
        """Add a project; return False and change nothing when its id is taken.

        Raises `NotFoundError` when its organisation does not exist.
        """

    async def create(self, project: Project) -> None:
        """Add a project under a name that no other project of its organisation has.

        Raises `ConflictError` when the id or the name is taken, `NotFoundError` when its organisation does not exist.
        """

    async def change(self, organization_id: OrganizationId, project_id: ProjectId, change: ProjectChange) -> Project:
        """Change a project of the organisation and return it as it is then.

        Raises `NotFoundError` when the organisation has none of that id, `ConflictError` when another has the name.
        """

    async def delete(self, organization_id: OrganizationId, project_id: ProjectId, at_us: int) -> bool:
        """Take a project out of everybody's reach, its keys at once; False when the organisation has none of that id.

        What it holds stays until `erase`.
        """

    async def list_deleted(self) -> Sequence[DeletedProject]:
        """Projects that are deleted and not erased, by (deletion, id)."""

    async def erase(self, project_id: ProjectId) -> bool:
        """Delete all that the catalog holds of a deleted project, itself included; False when there is none."""

    async def get(self, project_id: ProjectId) -> Project | None:
        """One project, or None."""

    async def list(self, organization_id: OrganizationId | None = None) -> Sequence[Project]:
        """Projects of one organisation, or all, by (creation, id)."""


class KeyStore(Protocol):
    """Key pairs. Only the hash of a secret is ever stored."""

    async def create(self, key: ApiKey) -> None:
        """Add a key.

        Raises `ConflictError` when its id, public key or secret hash is taken and `NotFoundError` when its project or
        organisation does not exist.
        """

    async def list(self, project_id: ProjectId | None = None) -> Sequence[ApiKey]:
        """Keys of one project, or all, those of organisations included, by (creation, id)."""

    async def list_of_organization(self, organization_id: OrganizationId) -> Sequence[ApiKey]:
        """Keys of an organisation itself, not of its projects, by (creation, id)."""

    async def revoke(self, key_id: ApiKeyId, project_id: ProjectId | None = None, *, at_us: int) -> bool:
        """Delete a key for good, of this project if one is named; return False when there is none.

        It authenticates nobody any more on return. Of a project's key it is remembered that it was there.
        """

    async def list_revoked(self, project_id: ProjectId | None = None) -> Sequence[RevokedKey]:
        """Keys of one project, or of all, that were revoked, the newest revocation first, then by id."""

    async def note_uses(self, uses: Mapping[ApiKeyId, int]) -> None:
        """Note when keys were used, in epoch us; an earlier use than the one that is kept changes nothing.

        Keys that are gone are passed over. Leaves the catalog's version alone.
        """

    async def find_by_public_key(self, public_key: str) -> ApiKey | None:
        """The key with this public half, expired or not."""

    async def find_by_secret_hash(self, secret_hash: str) -> ApiKey | None:
        """The key with this hash of its secret half, expired or not."""


class KeyFailureStore(Protocol):
    """A short memory of keys that were refused, bounded whatever is sent."""

    async def add(self, failures: Sequence[KeyFailure], *, keep_from_us: int, most_per_hour: int) -> None:
        """Add counts to what is kept of the same hour, prefix and reason, and forget hours before `keep_from_us`.

        An hour that holds `most_per_hour` rows takes no new prefix: its count goes to the prefix "" of its reason.
        Leaves the catalog's version alone.
        """

    async def list(self, since_us: int) -> Sequence[KeyFailure]:
        """Failures of hours that begin then or later, by (hour, prefix, reason)."""


class UserStore(Protocol):
    """People."""

    async def create(self, user: User) -> None:
        """Add a user with their roles.

        Raises `ConflictError` when the id or the e-mail address is taken and `NotFoundError` when an organisation of
        their roles does not exist.
        """

    async def find_by_email(self, email: str) -> User | None:
        """The user of an address in lower case, or None."""

    async def get(self, user_id: UserId) -> User | None:
        """One user, or None."""

    async def list(self) -> Sequence[User]:
        """All users with their roles, by e-mail address."""

    async def has_any(self) -> bool:
        """Whether there is a user."""

    async def rename(self, user_id: UserId, name: str | None) -> bool:
        """Give a user another name; False when there is none of that id."""

    async def set_password(
        self, user_id: UserId, password_hash: str, *, keep_session: UserSessionId | None = None
    ) -> bool:
        """Give a user another password and end their sessions, but one if it is named; False without such a user.

        Both or neither: no session that an old password opened is there on return.
        """

    async def grant(self, user_id: UserId, organization_id: OrganizationId, role: Role) -> bool:
        """Give a role to a user who has none in the organisation; return False and change nothing when they have.

        Raises `NotFoundError` when the user or the organisation does not exist.
        """


class ModelStore(Protocol):
    """Price models: those of a project, and the managed ones that all projects see."""

    async def list(self, project_id: ProjectId | None) -> Sequence[PriceModel]:
        """What a project sees: its own models by (name, id), then the managed ones likewise. None: managed only."""

    async def get(self, project_id: ProjectId, model_id: ModelId) -> PriceModel | None:
        """One model that the project sees, or None."""

    async def create(self, project_id: ProjectId, model: PriceModel) -> None:
        """Add a model of the project's own, whatever its `is_managed` says.

        Raises `ConflictError` when the id is taken or the project has a model of that name, `NotFoundError` when the
        project does not exist.
        """

    async def upsert(self, project_id: ProjectId | None, models: Sequence[PriceModel]) -> int:
        """Add or replace models by id, all or none; None: managed ones. Return how many rows changed.

        What is stored already as it is counts as no change and leaves the version alone. A replaced model keeps its
        `created_us`, and differing arrival times alone are no change. Raises `ConflictError` when an id belongs to
        somebody else or a name is taken in the project, `NotFoundError` when the project does not exist.
        """

    async def delete(self, project_id: ProjectId, model_id: ModelId) -> bool:
        """Delete a model of the project's own; return False when it has none of that id (managed ones stay)."""


class SettingStore(Protocol):
    """Values that panope makes once and keeps, such as the salt of keys."""

    async def get(self, name: str) -> str | None:
        """The value, or None."""

    async def set_if_missing(self, name: str, value: str) -> str:
        """Keep `value` unless one is kept already; return the one that is kept. Concurrent callers get the same."""

    async def set(self, name: str, value: str) -> None:
        """Keep `value` in place of what was."""


class CatalogLock(Protocol):
    """Mutual exclusion of everybody who provisions the same catalog."""

    def exclusive(self) -> AbstractAsyncContextManager[None]:
        """Enter alone, across all replicas; wait up to 30 s for others, then raise `UnavailableError`.

        Not reentrant. Given up when the process dies.
        """


class Catalog(Protocol):
    """The whole plane: one store per role over one database."""

    @property
    def organizations(self) -> OrganizationStore:
        """Owners of projects."""

    @property
    def projects(self) -> ProjectStore:
        """Tenants."""

    @property
    def keys(self) -> KeyStore:
        """Key pairs."""

    @property
    def key_failures(self) -> KeyFailureStore:
        """Keys that were refused."""

    @property
    def users(self) -> UserStore:
        """People."""

    @property
    def user_sessions(self) -> UserSessionStore:
        """Browsers in which people are signed in."""

    @property
    def attempts(self) -> AttemptStore:
        """How often passwords were tried."""

    @property
    def members(self) -> MemberStore:
        """People of organisations and projects."""

    @property
    def models(self) -> ModelStore:
        """Price models."""

    @property
    def comments(self) -> CommentStore:
        """Comments."""

    @property
    def annotation_queues(self) -> AnnotationQueueStore:
        """Annotation queues."""

    @property
    def annotation_items(self) -> AnnotationItemStore:
        """What annotation queues hold."""

    @property
    def score_configs(self) -> ScoreConfigStore:
        """What scores have to be like."""

    @property
    def feedback(self) -> FeedbackStore:
        """What people think of panope."""

    @property
    def media(self) -> MediaStore:
        """Images, sounds and documents of traces and dataset items."""

    @property
    def prompts(self) -> PromptStore:
        """Prompts."""

    @property
    def prompt_index(self) -> PromptIndex:
        """Which version of a prompt has which id."""

    @property
    def datasets(self) -> DatasetStore:
        """Datasets."""

    @property
    def dataset_items(self) -> DatasetItemStore:
        """Items of datasets."""

    @property
    def dataset_item_index(self) -> DatasetItemIndex:
        """Which item is of which dataset."""

    @property
    def dataset_runs(self) -> DatasetRunStore:
        """Runs of datasets."""

    @property
    def llm_connections(self) -> LlmConnectionStore:
        """Whom panope may call."""

    @property
    def settings(self) -> SettingStore:
        """Values that panope keeps for itself."""

    @property
    def version(self) -> CatalogVersion:
        """The number that caches carry."""

    @property
    def lock(self) -> CatalogLock:
        """Mutual exclusion of provisioners."""

    async def check(self) -> None:
        """Raise `UnavailableError` unless the store answers a read within a second."""

    async def close(self) -> None:
        """Release connections. Idempotent."""
