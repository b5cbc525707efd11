"""Score configs in dictionaries. They are frozen and need no copying."""

from collections.abc import Callable, Sequence

from panope.adapters.memory.catalog.tables import CatalogStore, require_project
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId, ScoreConfigId
from panope.domain.scoring.configs import MAX_CONFIGS, ScoreConfig


class MemoryScoreConfigStore(CatalogStore):
    """Implements `ScoreConfigStore`."""

    async def list(self, project_id: ProjectId) -> Sequence[ScoreConfig]:
        """See `ScoreConfigStore.list`."""
        return self._own(project_id)

    async def create(self, project_id: ProjectId, config: ScoreConfig) -> None:
        """See `ScoreConfigStore.create`."""
        require_project(self._tables, project_id)
        if (project_id, config.id) in self._tables.score_configs:
            raise ConflictError("The project has a score config of this id already", code="score_config_taken")
        self._add(project_id, [config])

    async def create_missing(self, project_id: ProjectId, configs: Sequence[ScoreConfig]) -> Sequence[ScoreConfig]:
        """See `ScoreConfigStore.create_missing`."""
        require_project(self._tables, project_id)
        there = self._own(project_id)
        ids, names = {config.id for config in there}, {config.name for config in there}
        missing = [config for config in configs if config.id not in ids and config.name not in names]
        self._add(project_id, missing)
        return missing

    async def update(
        self, project_id: ProjectId, config_id: ScoreConfigId, change: Callable[[ScoreConfig], ScoreConfig]
    ) -> ScoreConfig | None:
        """See `ScoreConfigStore.update`."""
        before = self._tables.score_configs.get((project_id, config_id))
        if before is None:
            return None
        after = change(before)
        if after != before:
            self._tables.score_configs[project_id, config_id] = after
            self._tables.grow("score_configs")
        return after

    def _own(self, project_id: ProjectId) -> Sequence[ScoreConfig]:
        own = [config for (owner, _), config in self._tables.score_configs.items() if owner == project_id]
        return sorted(own, key=lambda config: (config.created_us, config.id), reverse=True)

    def _add(self, project_id: ProjectId, configs: Sequence[ScoreConfig]) -> None:
        if not configs:
            return
        if len(self._own(project_id)) + len(configs) > MAX_CONFIGS:
            raise ConflictError(
                f"The project has as many score configs as it may have, {MAX_CONFIGS}", code="too_many_score_configs"
            )
        for config in configs:
            self._tables.score_configs[project_id, config.id] = config
        self._tables.grow("score_configs")
