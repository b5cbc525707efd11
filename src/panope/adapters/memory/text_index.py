"""The index of texts of an engine that looks at every text anyway."""

from collections.abc import Sequence

from panope.domain.ids import ProjectId
from panope.ports.operations import Holder
from panope.ports.texts.index import TextIndexState


class MemoryTextIndex:
    """Implements `TextIndexStore` with nothing to do."""

    def __init__(self) -> None:
        self._projects: set[ProjectId] = set()

    async def describe(self) -> Sequence[TextIndexState]:
        """See the port."""
        return [_state(project_id) for project_id in sorted(self._projects)]

    async def find(self, project_id: ProjectId) -> TextIndexState | None:
        """See the port."""
        return _state(project_id) if project_id in self._projects else None

    async def start(self, project_id: ProjectId) -> None:
        """See the port."""
        self._projects.add(project_id)

    async def drop(self, project_id: ProjectId) -> None:
        """See the port."""
        self._projects.discard(project_id)

    async def claim(self, project_id: ProjectId, _holder: Holder) -> bool:
        """See the port."""
        return project_id in self._projects

    async def advance(self, _project_id: ProjectId, _holder: Holder) -> int:
        """See the port."""
        return 0


def _state(project_id: ProjectId) -> TextIndexState:
    return TextIndexState(project_id=project_id, waiting_rows=0, lag_us=0, rows=0, segments=0, bytes=0)
