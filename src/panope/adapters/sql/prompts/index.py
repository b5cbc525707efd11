"""Versions of prompts by what others remember of them, in SQL."""

from collections.abc import Collection, Mapping

from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.prompts import reading
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import PromptLink


class SqlPromptIndex:
    """Implements `PromptIndex`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def find_ids(self, project_id: ProjectId, links: Collection[PromptLink]) -> Mapping[PromptLink, PromptId]:
        """See `PromptIndex.find_ids`."""
        return await self._database.read(lambda c: reading.find_ids(c, project_id, links))

    async def find_link(self, project_id: ProjectId, version_id: PromptId) -> PromptLink | None:
        """See `PromptIndex.find_link`."""
        return await self._database.read(lambda c: reading.find_link(c, project_id, version_id))
