"""Comments for tests that are about something else: there are none."""

from collections.abc import Sequence
from typing import cast

from panope.domain.ids import ProjectId
from panope.domain.review.comments import CommentObjectType
from panope.features.tracing.remarks import Remarks
from panope.ports.comments import CommentStore
from panope.query.ast import Condition


class _NoComments:
    async def find_objects(
        self, _project_id: ProjectId, _object_type: CommentObjectType, _condition: Condition, _limit: int
    ) -> Sequence[str]:
        return []


def no_remarks() -> Remarks:
    """Nothing has been commented on."""
    return Remarks(cast(CommentStore, _NoComments()))
