"""Score configs of a project; part of the catalog plane, with its promises."""

from collections.abc import Callable, Sequence
from typing import Protocol

from panope.domain.ids import ProjectId, ScoreConfigId
from panope.domain.scoring.configs import ScoreConfig


class ScoreConfigStore(Protocol):
    """Score configs by (project, id). They are archived, never deleted: scores refer to them."""

    async def list(self, project_id: ProjectId) -> Sequence[ScoreConfig]:
        """All configs of the project, archived ones included, newest first: by (creation, id) descending."""

    async def create(self, project_id: ProjectId, config: ScoreConfig) -> None:
        """Add a config.

        Raises `ConflictError` when the project has one of this id or as many as it may have, and `NotFoundError` when
        the project does not exist.
        """

    async def create_missing(self, project_id: ProjectId, configs: Sequence[ScoreConfig]) -> Sequence[ScoreConfig]:
        """Add those of the configs whose id and name no config of the project has; return the added ones.

        Concurrent callers add each of them once. Archived configs count. Raises what `create` does; then none is added.
        """

    async def update(
        self, project_id: ProjectId, config_id: ScoreConfigId, change: Callable[[ScoreConfig], ScoreConfig]
    ) -> ScoreConfig | None:
        """Replace a config by what `change` makes of it as it is then; return that, or None when there is none.

        Nobody else writes between the look and the change, so no concurrent update is lost. `change` is pure and keeps
        id and creation; when it raises, nothing is changed and the error comes through. A change that changes nothing
        leaves the version alone.
        """
