"""The use case that takes feedback and lists it for the operator."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from panope.domain.feedback.message import MAX_FEEDBACK_KEPT, Feedback
from panope.domain.ids import ProjectId
from panope.kit.clock import Clock
from panope.ports.feedback import FeedbackStore, GivenFeedback


class FeedbackBox:
    """Keeps what is said about panope where its operator reads it; nothing of it leaves the server."""

    def __init__(self, store: FeedbackStore, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    async def take(self, project_id: ProjectId, draft: Feedback) -> Feedback:
        """Keep a message without id and time; returns it with both."""
        feedback = replace(draft, id=self._new_id(), created_us=self._clock())
        await self._store.add(project_id, feedback, most=MAX_FEEDBACK_KEPT)
        return feedback

    async def list(self, project_id: ProjectId | None, limit: int) -> Sequence[GivenFeedback]:
        """The newest messages of one project, or of all."""
        return await self._store.list(project_id, limit)
