"""Feedback about panope; part of the catalog plane, with its promises."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from panope.domain.feedback.message import Feedback
from panope.domain.ids import ProjectId


class GivenFeedback(Struct, frozen=True):
    """A message with the project whose key sent it."""

    project_id: ProjectId
    feedback: Feedback


class FeedbackStore(Protocol):
    """A box of messages, bounded whatever is sent."""

    async def add(self, project_id: ProjectId, feedback: Feedback, *, most: int) -> None:
        """Keep a message; beyond `most` of the project the oldest go, by (creation, id).

        Raises `ConflictError` when the project has one of this id, `NotFoundError` when the project does not exist.
        Leaves the catalog's version alone.
        """

    async def list(self, project_id: ProjectId | None, limit: int) -> Sequence[GivenFeedback]:
        """The newest messages of one project, or of all: by (creation, project, id) descending."""
