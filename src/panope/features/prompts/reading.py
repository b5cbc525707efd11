"""Use cases that read prompts. What agents ask for again and again is answered from memory."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId
from panope.domain.prompts.prompt import PromptKey, PromptLookup, PromptPage, PromptQuery, PromptVersion
from panope.domain.prompts.references import Composition, compose, missing_references
from panope.domain.prompts.rules import not_found
from panope.features.prompts.cache import AnswerCache
from panope.ports.catalog import CatalogVersion, Version
from panope.ports.prompts import PromptStore
from panope.wire.langfuse.prompts.answers import encode_resolved

_ATTEMPTS: Final = 3


class PromptReading:
    """Reads prompts, composed and as they were written."""

    def __init__(self, store: PromptStore, version: CatalogVersion, answers: AnswerCache | None = None) -> None:
        self._store = store
        self._version = version
        self._answers = AnswerCache() if answers is None else answers

    async def get_encoded(self, project_id: ProjectId, lookup: PromptLookup, current: Version | None = None) -> bytes:
        """One version as its readers get it, never older than the last change that was acknowledged.

        `current` is the catalog's version when the caller has just read it. Raises `NotFoundError`, and `InvalidError`
        when its references cannot be composed.
        """
        prompts = (current or await self._version.current()).prompts
        kept = self._answers.get(prompts, project_id, lookup)
        if kept is not None:
            return kept
        version, composition = await self._read(project_id, lookup)
        answer = encode_resolved(project_id, version, composition)
        self._answers.put(prompts, project_id, lookup, answer)
        return answer

    def recall(self, project_id: ProjectId, lookup: PromptLookup, current: Version) -> bytes | None:
        """What `get_encoded` has in memory for this version of the catalog, if anything."""
        return self._answers.get(current.prompts, project_id, lookup)

    async def list(self, project_id: ProjectId, query: PromptQuery) -> PromptPage:
        """One page of prompts."""
        return await self._store.list(project_id, query)

    async def list_versions(
        self, project_id: ProjectId, names: Iterable[str], *, limit: int, before: int | None
    ) -> Sequence[PromptVersion]:
        """Versions below `before`, newest first; the name is the first of `names` that exists."""
        failure = not_found()
        for name in names:
            try:
                return await self._store.list_versions(project_id, name, limit=limit, before=before)
            except NotFoundError as error:
                failure = error
        raise failure

    async def _read(self, project_id: ProjectId, lookup: PromptLookup) -> tuple[PromptVersion, Composition | None]:
        """The version and what it is composed of, all of one moment unless prompts change all the time."""
        attempt = 0
        while True:
            attempt += 1
            before = (await self._version.current()).prompts
            version = await self._find(project_id, lookup.keys())
            if not lookup.resolve:
                return version, None
            found = await self._find_parts(project_id, version)
            if not found or attempt == _ATTEMPTS or (await self._version.current()).prompts == before:
                return version, compose(version, found, is_new=False)

    async def _find(self, project_id: ProjectId, keys: Sequence[PromptKey]) -> PromptVersion:
        found = await self._store.find(project_id, keys)
        for key in keys:
            if key in found:
                return found[key]
        raise not_found(str(keys[0]) if keys else None)

    async def _find_parts(self, project_id: ProjectId, root: PromptVersion) -> Mapping[PromptKey, PromptVersion]:
        found: dict[PromptKey, PromptVersion] = {}
        while missing := missing_references(root, found):
            new = await self._store.find(project_id, missing)
            if not new:
                break
            found.update(new)
        return found
