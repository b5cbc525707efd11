"""The catalog in dictionaries: what the port says, in the fewest words."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec

from panope.adapters.memory.catalog.administration.members import MemoryMemberStore
from panope.adapters.memory.catalog.administration.projects import MemoryProjectStore
from panope.adapters.memory.catalog.dataset_runs import MemoryDatasetItemIndex, MemoryDatasetRunStore
from panope.adapters.memory.catalog.datasets import MemoryDatasetItemStore, MemoryDatasetStore
from panope.adapters.memory.catalog.feedback import MemoryFeedbackStore
from panope.adapters.memory.catalog.llm_connections import MemoryLlmConnectionStore
from panope.adapters.memory.catalog.media import MemoryMediaStore
from panope.adapters.memory.catalog.people.sessions import MemoryAttemptStore, MemoryUserSessionStore
from panope.adapters.memory.catalog.people.users import MemoryUserStore
from panope.adapters.memory.catalog.prompts import MemoryPromptIndex, MemoryPromptStore
from panope.adapters.memory.catalog.review.comments import MemoryCommentStore
from panope.adapters.memory.catalog.review.items import MemoryAnnotationItemStore
from panope.adapters.memory.catalog.review.queues import MemoryAnnotationQueueStore
from panope.adapters.memory.catalog.score_configs import MemoryScoreConfigStore
from panope.adapters.memory.catalog.tables import (
    CatalogStore,
    CatalogTables,
    copied,
    copied_in_order,
    require_organization,
    require_project,
)
from panope.domain.accounts import ApiKey, Organization, RevokedKey
from panope.domain.errors import ConflictError, NotFoundError, UnavailableError
from panope.domain.ids import ApiKeyId, ModelId, OrganizationId, ProjectId
from panope.domain.key_failures import KeyFailure, add_failures
from panope.domain.pricing import PriceModel
from panope.ports.catalog import Version

_LOCK_TIMEOUT_S = 30


class MemoryOrganizationStore(CatalogStore):
    """Implements `OrganizationStore`."""

    async def add(self, organization: Organization) -> bool:
        """See `OrganizationStore.add`."""
        if organization.id in self._tables.organizations:
            return False
        self._tables.organizations[organization.id] = copied(organization)
        self._tables.grow("accounts")
        return True

    async def rename(self, organization_id: OrganizationId, name: str) -> bool:
        """See `OrganizationStore.rename`."""
        found = self._tables.organizations.get(organization_id)
        if found is None:
            return False
        self._tables.organizations[organization_id] = msgspec.structs.replace(found, name=name)
        self._tables.grow("accounts")
        return True

    async def get(self, organization_id: OrganizationId) -> Organization | None:
        """See `OrganizationStore.get`."""
        found = self._tables.organizations.get(organization_id)
        return found and copied(found)

    async def list(self) -> Sequence[Organization]:
        """See `OrganizationStore.list`."""
        return copied_in_order([*self._tables.organizations.values()], lambda row: (row.created_us, row.id))


class MemoryKeyStore(CatalogStore):
    """Implements `KeyStore`."""

    async def create(self, key: ApiKey) -> None:
        """See `KeyStore.create`."""
        for stored in self._tables.keys.values():
            if key.id == stored.id or key.public_key == stored.public_key or key.secret_hash == stored.secret_hash:
                raise ConflictError(
                    "A key with this id, public key or secret exists already: make another pair", code="key_taken"
                )
        self._require_owner(key)
        self._tables.keys[key.id] = copied(key)
        self._tables.grow("accounts")

    async def list(self, project_id: ProjectId | None = None) -> Sequence[ApiKey]:
        """See `KeyStore.list`."""
        rows = [row for row in self._tables.keys.values() if project_id in {None, row.project_id}]
        return copied_in_order(rows, lambda row: (row.created_us, row.id))

    async def list_of_organization(self, organization_id: OrganizationId) -> Sequence[ApiKey]:
        """See `KeyStore.list_of_organization`."""
        rows = [row for row in self._tables.keys.values() if row.organization_id == organization_id]
        return copied_in_order(rows, lambda row: (row.created_us, row.id))

    async def revoke(self, key_id: ApiKeyId, project_id: ProjectId | None = None, *, at_us: int) -> bool:
        """See `KeyStore.revoke`."""
        found = self._tables.keys.get(key_id)
        if found is None or project_id not in {None, found.project_id}:
            return False
        del self._tables.keys[key_id]
        if found.project_id is not None:
            self._tables.revoked_keys[key_id] = RevokedKey(
                id=key_id,
                project_id=found.project_id,
                public_key=found.public_key,
                note=found.note,
                revoked_us=at_us,
            )
        self._tables.grow("accounts")
        return True

    async def list_revoked(self, project_id: ProjectId | None = None) -> Sequence[RevokedKey]:
        """See `KeyStore.list_revoked`."""
        rows = [row for row in self._tables.revoked_keys.values() if project_id in {None, row.project_id}]
        return sorted(rows, key=lambda row: (-row.revoked_us, row.id))

    async def note_uses(self, uses: Mapping[ApiKeyId, int]) -> None:
        """See `KeyStore.note_uses`."""
        for key_id, used_us in uses.items():
            key = self._tables.keys.get(key_id)
            if key is not None:
                key.last_used_us = max(used_us, key.last_used_us or 0)

    async def find_by_public_key(self, public_key: str) -> ApiKey | None:
        """See `KeyStore.find_by_public_key`."""
        return next((copied(row) for row in self._tables.keys.values() if row.public_key == public_key), None)

    async def find_by_secret_hash(self, secret_hash: str) -> ApiKey | None:
        """See `KeyStore.find_by_secret_hash`."""
        return next((copied(row) for row in self._tables.keys.values() if row.secret_hash == secret_hash), None)

    def _require_owner(self, key: ApiKey) -> None:
        if key.project_id is None:
            require_organization(self._tables, key.organization_id or OrganizationId(""))
        elif key.project_id in self._tables.deleted_projects:
            raise NotFoundError(f"No project has the id {key.project_id}", code="unknown_project")
        else:
            require_project(self._tables, key.project_id)


class MemoryKeyFailureStore(CatalogStore):
    """Implements `KeyFailureStore`."""

    async def add(self, failures: Sequence[KeyFailure], *, keep_from_us: int, most_per_hour: int) -> None:
        """See `KeyFailureStore.add`."""
        kept = {place: failure for place, failure in self._tables.key_failures.items() if place[0] >= keep_from_us}
        self._tables.key_failures = {**kept, **add_failures(kept, failures, most_per_hour)}

    async def list(self, since_us: int) -> Sequence[KeyFailure]:
        """See `KeyFailureStore.list`."""
        kept = self._tables.key_failures
        return [kept[place] for place in sorted(kept) if place[0] >= since_us]


class MemoryModelStore(CatalogStore):
    """Implements `ModelStore`. Price models are frozen and need no copying."""

    async def list(self, project_id: ProjectId | None) -> Sequence[PriceModel]:
        """See `ModelStore.list`."""
        visible = [model for owner, model in self._tables.models.values() if owner in {None, project_id}]
        return sorted(visible, key=lambda model: (model.is_managed, model.name, model.id))

    async def get(self, project_id: ProjectId, model_id: ModelId) -> PriceModel | None:
        """See `ModelStore.get`."""
        owner, model = self._tables.models.get(model_id, (None, None))
        return model if owner in {None, project_id} else None

    async def create(self, project_id: ProjectId, model: PriceModel) -> None:
        """See `ModelStore.create`."""
        if model.id in self._tables.models:
            raise ConflictError(f"A model with the id {model.id} exists already", code="model_taken")
        require_project(self._tables, project_id)
        self._put(self._tables.models, project_id, model)
        self._tables.grow("models")

    async def upsert(self, project_id: ProjectId | None, models: Sequence[PriceModel]) -> int:
        """See `ModelStore.upsert`."""
        if project_id is not None:
            require_project(self._tables, project_id)
        merged = dict(self._tables.models)
        changed = sum(self._put(merged, project_id, model) for model in models)
        if changed:
            self._tables.models = merged
            self._tables.grow("models")
        return changed

    def _put(
        self,
        rows: dict[str, tuple[ProjectId | None, PriceModel]],
        project_id: ProjectId | None,
        model: PriceModel,
    ) -> bool:
        owner, stored = rows.get(model.id, (project_id, None))
        if owner != project_id:
            raise ConflictError(f"The model id {model.id} belongs to somebody else", code="model_taken")
        for other, row in rows.values():
            if project_id is not None and other == project_id and row.name == model.name and row.id != model.id:
                raise ConflictError(
                    f"The project has a model named {model.name} already: delete it first or choose another name",
                    code="model_name_taken",
                )
        kept = msgspec.structs.replace(model, is_managed=project_id is None)
        if stored is not None:
            kept = msgspec.structs.replace(kept, created_us=stored.created_us)
            if stored == msgspec.structs.replace(kept, updated_us=stored.updated_us):
                return False
        rows[model.id] = (project_id, kept)
        return True

    async def delete(self, project_id: ProjectId, model_id: ModelId) -> bool:
        """See `ModelStore.delete`."""
        owner, _ = self._tables.models.get(model_id, (None, None))
        if owner != project_id:
            return False
        del self._tables.models[model_id]
        self._tables.grow("models")
        return True


class MemorySettingStore(CatalogStore):
    """Implements `SettingStore`."""

    async def get(self, name: str) -> str | None:
        """See `SettingStore.get`."""
        return self._tables.settings.get(name)

    async def set_if_missing(self, name: str, value: str) -> str:
        """See `SettingStore.set_if_missing`."""
        return self._tables.settings.setdefault(name, value)

    async def set(self, name: str, value: str) -> None:
        """See `SettingStore.set`."""
        self._tables.settings[name] = value


class MemoryCatalogVersion(CatalogStore):
    """Implements `CatalogVersion`."""

    async def current(self) -> Version:
        """See `CatalogVersion.current`."""
        return self._tables.version


class MemoryCatalogLock:
    """Implements `CatalogLock` within one event loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """See `CatalogLock.exclusive`."""
        try:
            async with asyncio.timeout(_LOCK_TIMEOUT_S):
                await self._lock.acquire()
        except TimeoutError:
            raise UnavailableError(
                "Somebody else has been provisioning the catalog for too long: try again later", code="catalog_locked"
            ) from None
        try:
            yield
        finally:
            self._lock.release()


class MemoryCatalog:
    """Implements `Catalog`; empty at first and gone with the process."""

    def __init__(self) -> None:
        tables = CatalogTables()
        self.organizations = MemoryOrganizationStore(tables)
        self.projects = MemoryProjectStore(tables)
        self.keys = MemoryKeyStore(tables)
        self.key_failures = MemoryKeyFailureStore(tables)
        self.users = MemoryUserStore(tables)
        self.user_sessions = MemoryUserSessionStore(tables)
        self.attempts = MemoryAttemptStore(tables)
        self.members = MemoryMemberStore(tables)
        self.models = MemoryModelStore(tables)
        self.comments = MemoryCommentStore(tables)
        self.annotation_queues = MemoryAnnotationQueueStore(tables)
        self.annotation_items = MemoryAnnotationItemStore(tables)
        self.score_configs = MemoryScoreConfigStore(tables)
        self.feedback = MemoryFeedbackStore(tables)
        self.media = MemoryMediaStore(tables)
        self.prompts = MemoryPromptStore(tables)
        self.prompt_index = MemoryPromptIndex(tables)
        self.datasets = MemoryDatasetStore(tables)
        self.dataset_items = MemoryDatasetItemStore(tables)
        self.dataset_item_index = MemoryDatasetItemIndex(tables)
        self.dataset_runs = MemoryDatasetRunStore(tables)
        self.llm_connections = MemoryLlmConnectionStore(tables)
        self.settings = MemorySettingStore(tables)
        self.version = MemoryCatalogVersion(tables)
        self.lock = MemoryCatalogLock()

    async def check(self) -> None:
        """See `Catalog.check`."""

    async def close(self) -> None:
        """See `Catalog.close`."""
