"""Score configs as a project agrees on them, and the book by which its scores are judged."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, ScoreConfigId, is_possible_id
from panope.domain.scoring.configs import ScoreConfig, check_config
from panope.domain.scoring.presets import make_presets
from panope.kit.clock import Clock
from panope.ports.catalog import CatalogVersion
from panope.ports.score_configs import ScoreConfigStore
from panope.wire.langfuse.requests import invalid_body

_MAX_BOOKS: Final = 1_000
_INVALID_CONFIG: Final = "invalid_score_config"


class ScoreConfigBook(Struct, frozen=True):
    """All configs of a project, archived ones included, as they were at one version of the catalog."""

    version: int
    configs: Sequence[ScoreConfig]
    """Newest first."""
    by_id: Mapping[str, ScoreConfig]


class ScoreConfigService:
    """Lists, agrees on, changes and archives score configs, and keeps a book per project."""

    def __init__(
        self, configs: ScoreConfigStore, version: CatalogVersion, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._configs = configs
        self._version = version
        self._clock = clock
        self._new_id = new_id
        self._books: dict[ProjectId, ScoreConfigBook] = {}

    async def get_book(self, project_id: ProjectId) -> ScoreConfigBook:
        """Configs as they are now; never older than the last change that was acknowledged."""
        version = (await self._version.current()).score_configs
        kept = self._books.get(project_id)
        if kept is not None and kept.version == version:
            return kept
        configs = await self._configs.list(project_id)
        book = ScoreConfigBook(version, configs, {config.id: config for config in configs})
        if len(self._books) >= _MAX_BOOKS:
            self._books.clear()
        self._books[project_id] = book
        return book

    async def list_configs(self, project_id: ProjectId) -> Sequence[ScoreConfig]:
        """All configs of the project, archived ones included, newest first."""
        return (await self.get_book(project_id)).configs

    async def get_config(self, project_id: ProjectId, names: Sequence[str]) -> ScoreConfig:
        """One config by the ids that its name may stand for, the likeliest first. Raises `NotFoundError`."""
        by_id = (await self.get_book(project_id)).by_id
        for name in names:
            if name in by_id:
                return by_id[name]
        raise _not_found()

    async def create_config(self, project_id: ProjectId, draft: ScoreConfig) -> ScoreConfig:
        """Agree on a config from a draft without id. Raises `InvalidError` with every place that is wrong."""
        _require_lawful(draft)
        now_us = self._clock()
        config = replace(draft, id=ScoreConfigId(self._new_id()), created_us=now_us, updated_us=now_us)
        await self._configs.create(project_id, config)
        return config

    async def update_config(
        self, project_id: ProjectId, names: Sequence[str], changes: Mapping[str, Any]
    ) -> ScoreConfig:
        """Change fields of a config; scores that were given keep to what it said then.

        Raises `NotFoundError`, and `InvalidError` when it would not be lawful afterwards.
        """
        now_us = self._clock()

        def change(found: ScoreConfig) -> ScoreConfig:
            changed = replace(found, **changes)
            _require_lawful(changed)
            return found if changed == found else replace(changed, updated_us=now_us)

        for name in filter(is_possible_id, names):
            config = await self._configs.update(project_id, ScoreConfigId(name), change)
            if config is not None:
                return config
        raise _not_found()

    async def create_presets(self, project_id: ProjectId) -> Sequence[ScoreConfig]:
        """Make those presets whose name the project has no config of; return them. Asking again makes nothing."""
        return await self._configs.create_missing(project_id, make_presets(self._clock()))


def _require_lawful(config: ScoreConfig) -> None:
    issues = list(check_config(config))
    if issues:
        raise invalid_body(issues, code=_INVALID_CONFIG)


def _not_found() -> NotFoundError:
    return NotFoundError("Score config not found within authorized project", code="score_config_not_found")
