"""Connections to providers of language models in a dictionary."""

from collections.abc import Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, require_project
from panope.domain.connections.llm import MAX_CONNECTIONS, LlmConnection, LlmConnectionId
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId


class MemoryLlmConnectionStore(CatalogStore):
    """Implements `LlmConnectionStore`."""

    async def list(self, project_id: ProjectId) -> Sequence[LlmConnection]:
        """See `LlmConnectionStore.list`."""
        own = [row for (owner, _), row in self._tables.llm_connections.items() if owner == project_id]
        return sorted(own, key=lambda row: (row.created_us, row.id), reverse=True)

    async def find(self, project_id: ProjectId, provider: str) -> LlmConnection | None:
        """See `LlmConnectionStore.find`."""
        return self._tables.llm_connections.get((project_id, provider))

    async def upsert(self, project_id: ProjectId, connection: LlmConnection) -> bool:
        """See `LlmConnectionStore.upsert`."""
        require_project(self._tables, project_id)
        place = (project_id, connection.provider)
        stored = self._tables.llm_connections.get(place)
        if stored is not None:
            if stored.id != connection.id:
                raise ConflictError("The provider has another connection already", code="llm_provider_taken")
            self._tables.llm_connections[place] = replace(connection, created_us=stored.created_us)
            return False
        if sum(owner == project_id for owner, _ in self._tables.llm_connections) >= MAX_CONNECTIONS:
            raise ConflictError(
                f"The project has {MAX_CONNECTIONS} LLM connections already: delete one first",
                code="too_many_llm_connections",
            )
        self._tables.llm_connections[place] = connection
        return True

    async def delete(self, project_id: ProjectId, connection_id: LlmConnectionId) -> bool:
        """See `LlmConnectionStore.delete`."""
        for place, row in self._tables.llm_connections.items():
            if place[0] == project_id and row.id == connection_id:
                del self._tables.llm_connections[place]
                return True
        return False
