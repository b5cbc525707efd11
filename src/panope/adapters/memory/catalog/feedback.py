"""Feedback in a dictionary."""

from collections.abc import Sequence

from panope.adapters.memory.catalog.tables import CatalogStore, require_project
from panope.domain.errors import ConflictError
from panope.domain.feedback.message import Feedback
from panope.domain.ids import ProjectId
from panope.ports.feedback import GivenFeedback


class MemoryFeedbackStore(CatalogStore):
    """Implements `FeedbackStore`."""

    async def add(self, project_id: ProjectId, feedback: Feedback, *, most: int) -> None:
        """See `FeedbackStore.add`."""
        require_project(self._tables, project_id)
        if (project_id, feedback.id) in self._tables.feedback:
            raise ConflictError("The project has feedback of this id already", code="feedback_taken")
        self._tables.feedback[project_id, feedback.id] = feedback
        for given in self._given(project_id)[most:]:
            del self._tables.feedback[project_id, given.feedback.id]

    async def list(self, project_id: ProjectId | None, limit: int) -> Sequence[GivenFeedback]:
        """See `FeedbackStore.list`."""
        return self._given(project_id)[:limit]

    def _given(self, project_id: ProjectId | None) -> Sequence[GivenFeedback]:
        given = [
            GivenFeedback(owner, feedback)
            for (owner, _), feedback in self._tables.feedback.items()
            if project_id in {None, owner}
        ]
        return sorted(given, key=lambda one: (one.feedback.created_us, one.project_id, one.feedback.id), reverse=True)
