"""Use cases of connections to providers of language models. Nothing is called out here."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from panope.domain.connections.llm import (
    LlmAdapter,
    LlmConnection,
    LlmConnectionId,
    check_config,
    shorten_secret,
)
from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.features.connections.sealing import Sealer
from panope.kit.clock import Clock
from panope.kit.ids import derive_id
from panope.ports.llm_connections import LlmConnectionStore


class LlmConnectionDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants a connection to be, its secrets in the open."""

    provider: str
    adapter: LlmAdapter
    secret: str
    base_url: str | None = None
    custom_models: tuple[str, ...] = ()
    with_default_models: bool = True
    headers: Mapping[str, str] = {}
    config: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return f"LlmConnectionDraft(provider={self.provider!r}, secret=…)"


class LlmConnectionService:
    """Lists, keeps and forgets connections."""

    def __init__(self, store: LlmConnectionStore, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    async def list_connections(self, project_id: ProjectId) -> Sequence[LlmConnection]:
        """All connections, newest first."""
        return await self._store.list(project_id)

    async def put_connection(self, project_id: ProjectId, draft: LlmConnectionDraft) -> tuple[LlmConnection, bool]:
        """Keep a connection in place of the one that its provider has; say whether there was none.

        Raises `InvalidError` for a config that does not go with the adapter, `ConflictError` when there are too many.
        """
        issues = list(check_config(draft.adapter, draft.config))
        if issues:
            raise InvalidError(f"Invalid request data: {issues[0].message}", code="invalid_config", issues=issues)
        connection_id = LlmConnectionId(derive_id(project_id, f"llm-connection:{draft.provider}"))
        headers = msgspec.json.encode(dict(draft.headers)).decode()
        now_us = self._clock()
        connection = LlmConnection(
            id=connection_id,
            provider=draft.provider,
            adapter=draft.adapter,
            sealed_secret=await self._sealer.seal(draft.secret, _secret_of(connection_id)),
            display_secret=shorten_secret(draft.secret),
            base_url=draft.base_url,
            custom_models=draft.custom_models,
            with_default_models=draft.with_default_models,
            sealed_headers=await self._sealer.seal(headers, _headers_of(connection_id)) if draft.headers else None,
            header_names=tuple(sorted(draft.headers)),
            config=draft.config,
            created_us=now_us,
            updated_us=now_us,
        )
        is_new = await self._store.upsert(project_id, connection)
        stored = connection if is_new else await self._store.find(project_id, draft.provider)
        return stored or connection, is_new

    async def delete_connection(self, project_id: ProjectId, connection_id: str) -> None:
        """Delete a connection with its secrets. Raises `NotFoundError`."""
        found = is_possible_id(connection_id)
        if not found or not await self._store.delete(project_id, LlmConnectionId(connection_id)):
            raise NotFoundError("LLM connection not found within authorized project", code="llm_connection_not_found")

    async def reveal(self, project_id: ProjectId, provider: str) -> tuple[str, dict[str, str]] | None:
        """The secret and the extra headers of a provider's connection, for who calls it; None when there is none.

        Raises `UnavailableError` when they cannot be read.
        """
        found = await self._store.find(project_id, provider)
        if found is None:
            return None
        headers = found.sealed_headers and await self._sealer.open(found.sealed_headers, _headers_of(found.id))
        secret = await self._sealer.open(found.sealed_secret, _secret_of(found.id))
        return secret, msgspec.json.decode(headers, type=dict[str, str]) if headers else {}


def _secret_of(connection_id: LlmConnectionId) -> str:
    return f"llm secret {connection_id}"


def _headers_of(connection_id: LlmConnectionId) -> str:
    return f"llm headers {connection_id}"
