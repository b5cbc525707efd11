"""Use cases of assignments: who a queue is meant for. They tell people where to work, and keep nobody out."""

from collections.abc import Sequence

from panope.domain.accounts import Principal
from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, UserId, is_possible_id
from panope.features.review.members import Members
from panope.features.review.queues import QueueService
from panope.ports.annotation_queues import AnnotationQueueStore


class AssignmentService:
    """Assigns members of the organisation. Methods raise `NotFoundError` for an unknown queue."""

    def __init__(self, queues: QueueService, store: AnnotationQueueStore, members: Members) -> None:
        self._queues = queues
        self._store = store
        self._members = members

    async def assign(self, caller: Principal, queue_id: str, user_id: str) -> UserId:
        """Assign a member of the organisation; raises `NotFoundError` for anybody else."""
        queue = await self._queues.get_queue(caller.project_id, queue_id)
        member = await self._members.find(caller.organization_id, user_id)
        if member is None:
            raise NotFoundError("User not found among the members of the organisation", code="unknown_user")
        await self._store.assign(caller.project_id, queue.id, member.id)
        return member.id

    async def unassign(self, caller: Principal, queue_id: str, user_id: str) -> None:
        """Take an assignment back; one that was not there is no error."""
        queue = await self._queues.get_queue(caller.project_id, queue_id)
        if is_possible_id(user_id):
            await self._store.unassign(caller.project_id, queue.id, UserId(user_id))

    async def list_assigned(self, project_id: ProjectId, queue_id: str) -> Sequence[UserId]:
        """Users assigned to a queue, by id."""
        queue = await self._queues.get_queue(project_id, queue_id)
        return await self._store.list_assigned(project_id, queue.id)
