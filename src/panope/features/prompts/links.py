"""From what observations say of their prompt to the version that it is."""

from collections.abc import Iterable, Mapping
from typing import Final

from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import PromptLink
from panope.ports.catalog import CatalogVersion
from panope.ports.prompts import PromptIndex

MAX_LINKS: Final = 20_000
_Key = tuple[ProjectId, PromptLink]


class PromptLinks:
    """Ids of prompt versions by name and number, as they are when they are asked for.

    Found ones and missing ones are remembered until any prompt changes.
    """

    def __init__(self, index: PromptIndex, version: CatalogVersion, max_links: int = MAX_LINKS) -> None:
        self._index = index
        self._version = version
        self._max_links = max_links
        self._seen = -1
        self._known: dict[_Key, PromptId | None] = {}

    async def find(self, project_id: ProjectId, links: Iterable[PromptLink]) -> Mapping[PromptLink, PromptId | None]:
        """The id of each link's version, None where the project has none such."""
        wanted = set(links)
        if not wanted:
            return {}
        current = (await self._version.current()).prompts
        if current != self._seen:
            self._known.clear()
            self._seen = current
        known = {link: self._known[project_id, link] for link in wanted if (project_id, link) in self._known}
        missing = wanted - known.keys()
        if not missing:
            return known
        found = await self._index.find_ids(project_id, missing)
        fresh = {link: found.get(link) for link in missing}
        self._remember(project_id, fresh, current)
        return known | fresh

    def _remember(self, project_id: ProjectId, fresh: Mapping[PromptLink, PromptId | None], version: int) -> None:
        """Keep what was read under `version`, unless somebody has seen another version since."""
        if version != self._seen:
            return
        if len(self._known) + len(fresh) > self._max_links:
            self._known.clear()
        if len(fresh) <= self._max_links:
            self._known.update({(project_id, link): version_id for link, version_id in fresh.items()})
