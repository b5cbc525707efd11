"""Prompts of a project. Part of the catalog plane, and as consistent as `ports.catalog` says.

Every write is decided and done as one: two that come at the same moment happen one after the other, whichever processes
they come from. So each version gets a number of its own, and a label has one version at any moment. A write that raises
has changed nothing. A write that changes nothing leaves the catalog's version of prompts alone.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from panope.domain.ids import ProjectId, PromptId
from panope.domain.prompts.prompt import (
    LabelChange,
    PromptDraft,
    PromptKey,
    PromptLink,
    PromptPage,
    PromptQuery,
    PromptVersion,
)


class PromptStore(Protocol):
    """Versions of prompts, and the labels that point at them.

    Every method that takes labels away raises `ForbiddenError` when a protected one would leave a version that has it
    and `change` does not confirm it. Every method that names a prompt raises `NotFoundError` unless the project has it.
    """

    async def create(
        self, project_id: ProjectId, draft: PromptDraft, version_id: PromptId, change: LabelChange
    ) -> PromptVersion:
        """Add a version: the highest number of its name plus one.

        It takes its labels from the versions that have them, and becomes `latest`. Tags, when given, replace those of
        the prompt. Raises `InvalidError` when the prompt's other versions have another type or the references cannot be
        composed (see `compose` of a new prompt), and `NotFoundError` when the project does not exist.
        """

    async def find(self, project_id: ProjectId, keys: Collection[PromptKey]) -> Mapping[PromptKey, PromptVersion]:
        """Versions as they stand, references and all. Keys that nothing fulfils are left out."""

    async def list(self, project_id: ProjectId, query: PromptQuery) -> PromptPage:
        """Prompts with at least one version that matches the whole query, by name."""

    async def list_versions(
        self, project_id: ProjectId, name: str, *, limit: int | None = None, before: int | None = None
    ) -> Sequence[PromptVersion]:
        """Versions of a prompt, newest first: at most `limit` of those with a number below `before`."""

    async def add_labels(
        self, project_id: ProjectId, name: str, version: int, labels: Sequence[str], change: LabelChange
    ) -> PromptVersion:
        """Give labels to a version and take them from the others; labels that it has already stay as they are.

        Raises `InvalidError` when references would then lead back to where they come from. None of the labels may be
        `latest`.
        """

    async def promote(
        self, project_id: ProjectId, name: str, from_label: str, to_label: str, change: LabelChange
    ) -> PromptVersion:
        """Give `to_label` to the version that has `from_label`, which keeps both. Raises as `add_labels` does.

        Raises `NotFoundError` when no version has `from_label`. `to_label` may not be `latest`.
        """

    async def remove_label(self, project_id: ProjectId, name: str, label: str, change: LabelChange) -> PromptVersion:
        """Take a label away and return the version that had it; `label` may not be `latest`.

        Raises `NotFoundError` when no version has it and `InvalidError` when another prompt refers to it.
        """

    async def delete(
        self, project_id: ProjectId, name: str, version: int | None, label: str | None, change: LabelChange
    ) -> None:
        """Delete the versions that fulfil both conditions; without any, the whole prompt.

        Raises `NotFoundError` when none does, and `InvalidError` when a version of another prompt refers to one of
        them, or to a label that no version would have any more.
        """

    async def list_protected(self, project_id: ProjectId) -> Sequence[str]:
        """Protected labels by code point."""

    async def protect(self, project_id: ProjectId, label: str) -> bool:
        """Protect a label; return False when it is already. Raises `NotFoundError` when there is no such project."""

    async def unprotect(self, project_id: ProjectId, label: str) -> bool:
        """Lift a protection; return False when there is none."""


class PromptIndex(Protocol):
    """Versions by what others remember of them: observations a name and a number, comments an id."""

    async def find_ids(self, project_id: ProjectId, links: Collection[PromptLink]) -> Mapping[PromptLink, PromptId]:
        """Ids of versions. Links to what is not there are left out."""

    async def find_link(self, project_id: ProjectId, version_id: PromptId) -> PromptLink | None:
        """Name and number of the version of this id, or None."""
