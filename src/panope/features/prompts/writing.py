"""Use cases that change prompts."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import LabelChange, PromptDraft, PromptVersion
from panope.domain.prompts.rules import not_found
from panope.kit.clock import Clock
from panope.ports.prompts import PromptStore

_Result = TypeVar("_Result")


class PromptWriting:
    """Makes versions, moves labels, deletes.

    Methods that change one prompt take the names that its name may stand for, the likeliest first, and raise
    `NotFoundError` when none of them exists. `confirmed` are the protected labels that may move or go.
    """

    def __init__(self, store: PromptStore, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    async def create(self, project_id: ProjectId, draft: PromptDraft, confirmed: Collection[str]) -> PromptVersion:
        """Make a version; see `PromptStore.create`."""
        version_id = PromptId(self._new_id())
        return await self._store.create(project_id, draft, version_id, self._change(confirmed))

    async def add_labels(
        self,
        project_id: ProjectId,
        names: Iterable[str],
        version: int,
        labels: Sequence[str],
        confirmed: Collection[str],
    ) -> PromptVersion:
        """Give labels to a version; see `PromptStore.add_labels`."""
        change = self._change(confirmed)
        return await _first(names, lambda name: self._store.add_labels(project_id, name, version, labels, change))

    async def promote(
        self, project_id: ProjectId, names: Iterable[str], from_label: str, to_label: str, confirmed: Collection[str]
    ) -> PromptVersion:
        """Give a label to the version that has another; see `PromptStore.promote`."""
        change = self._change(confirmed)
        return await _first(names, lambda name: self._store.promote(project_id, name, from_label, to_label, change))

    async def remove_label(
        self, project_id: ProjectId, names: Iterable[str], label: str, confirmed: Collection[str]
    ) -> PromptVersion:
        """Take a label away; see `PromptStore.remove_label`."""
        change = self._change(confirmed)
        return await _first(names, lambda name: self._store.remove_label(project_id, name, label, change))

    async def delete(
        self,
        project_id: ProjectId,
        names: Iterable[str],
        version: int | None,
        label: str | None,
        confirmed: Collection[str],
    ) -> None:
        """Delete versions, or the whole prompt; see `PromptStore.delete`."""
        change = self._change(confirmed)
        await _first(names, lambda name: self._store.delete(project_id, name, version, label, change))

    async def list_protected(self, project_id: ProjectId) -> Sequence[str]:
        """Protected labels by code point."""
        return await self._store.list_protected(project_id)

    async def protect(self, project_id: ProjectId, label: str) -> Sequence[str]:
        """Protect a label, if it is not already; return all protected ones."""
        await self._store.protect(project_id, label)
        return await self._store.list_protected(project_id)

    async def unprotect(self, project_id: ProjectId, label: str) -> Sequence[str]:
        """Lift a protection; return those that stay. Raises `NotFoundError` when there is none."""
        if not await self._store.unprotect(project_id, label):
            raise NotFoundError(f"The label '{label}' is not protected in this project", code="label_not_protected")
        return await self._store.list_protected(project_id)

    def _change(self, confirmed: Collection[str]) -> LabelChange:
        return LabelChange(now_us=self._clock(), confirmed=frozenset(confirmed))


async def _first(names: Iterable[str], attempt: Callable[[str], Awaitable[_Result]]) -> _Result:
    """The outcome for the first name that exists, else the failure for the likeliest."""
    failure: NotFoundError = not_found()
    for position, name in enumerate(names):
        try:
            return await attempt(name)
        except NotFoundError as error:
            failure = failure if position else error
    raise failure
