"""Where connections to providers of language models are kept."""

from collections.abc import Sequence
from typing import Protocol

from panope.domain.connections.llm import LlmConnection, LlmConnectionId
from panope.domain.ids import ProjectId


class LlmConnectionStore(Protocol):
    """Connections by (project, provider). Part of the catalog plane: `panope.ports.catalog` says what that promises."""

    async def list(self, project_id: ProjectId) -> Sequence[LlmConnection]:
        """All connections of a project by (creation, id) from the newest."""

    async def find(self, project_id: ProjectId, provider: str) -> LlmConnection | None:
        """The connection of this provider, or None."""

    async def upsert(self, project_id: ProjectId, connection: LlmConnection) -> bool:
        """Add a connection or replace the one of its provider; return whether it was added.

        Only the connection of this id is replaced. Raises `ConflictError` when the provider has one of another id or
        the project has as many as it may, `NotFoundError` when the project does not exist.
        """

    async def delete(self, project_id: ProjectId, connection_id: LlmConnectionId) -> bool:
        """Delete a connection with its secrets; return False when there is none."""
