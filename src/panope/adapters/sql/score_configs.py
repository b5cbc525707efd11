"""Score configs in SQL; the categories are JSON text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    ForeignKey,
    Integer,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require
from panope.adapters.sql.database import CatalogDatabase, grow
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId, ScoreConfigId
from panope.domain.scoring.configs import MAX_CONFIGS, ScoreCategory, ScoreConfig

_TABLE: Final = Table(
    "catalog_score_config",
    tables.metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("data_type", Text, nullable=False),
    Column("is_archived", Integer, nullable=False),
    Column("min_value", Double),
    Column("max_value", Double),
    Column("categories", Text),
    Column("description", Text),
    Column("direction", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
_CATEGORIES: Final = msgspec.json.Decoder(tuple[ScoreCategory, ...])


class SqlScoreConfigStore:
    """Implements `ScoreConfigStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def list(self, project_id: ProjectId) -> Sequence[ScoreConfig]:
        """See `ScoreConfigStore.list`."""
        return await self._database.read(lambda connection: _list(connection, project_id))

    async def create(self, project_id: ProjectId, config: ScoreConfig) -> None:
        """See `ScoreConfigStore.create`."""

        def work(connection: Connection) -> None:
            require(connection, tables.project, project_id, "project")
            if exists(connection, (_TABLE.c.project_id == project_id) & (_TABLE.c.id == config.id)):
                raise ConflictError("The project has a score config of this id already", code="score_config_taken")
            _add(connection, project_id, [config])

        await self._database.write(work)

    async def create_missing(self, project_id: ProjectId, configs: Sequence[ScoreConfig]) -> Sequence[ScoreConfig]:
        """See `ScoreConfigStore.create_missing`."""

        def work(connection: Connection) -> list[ScoreConfig]:
            require(connection, tables.project, project_id, "project")
            there = _list(connection, project_id)
            ids, names = {config.id for config in there}, {config.name for config in there}
            missing = [config for config in configs if config.id not in ids and config.name not in names]
            _add(connection, project_id, missing)
            return missing

        return await self._database.write(work)

    async def update(
        self, project_id: ProjectId, config_id: ScoreConfigId, change: Callable[[ScoreConfig], ScoreConfig]
    ) -> ScoreConfig | None:
        """See `ScoreConfigStore.update`."""

        def work(connection: Connection) -> ScoreConfig | None:
            at = (_TABLE.c.project_id == project_id) & (_TABLE.c.id == config_id)
            found = connection.execute(select(_TABLE).where(at)).mappings().first()
            if found is None:
                return None
            before = _to_config(found)
            after = change(before)
            if after != before:
                connection.execute(update(_TABLE).where(at).values(_to_row(project_id, after)))
                grow(connection, "score_configs")
            return after

        return await self._database.write(work)


def _list(connection: Connection, project_id: ProjectId) -> list[ScoreConfig]:
    statement = (
        select(_TABLE).where(_TABLE.c.project_id == project_id).order_by(_TABLE.c.created_us.desc(), _TABLE.c.id.desc())
    )
    return [_to_config(row) for row in connection.execute(statement).mappings()]


def _add(connection: Connection, project_id: ProjectId, configs: Sequence[ScoreConfig]) -> None:
    if not configs:
        return
    count = select(func.count()).select_from(_TABLE).where(_TABLE.c.project_id == project_id)
    if (connection.scalar(count) or 0) + len(configs) > MAX_CONFIGS:
        raise ConflictError(
            f"The project has as many score configs as it may have, {MAX_CONFIGS}", code="too_many_score_configs"
        )
    connection.execute(insert(_TABLE), [_to_row(project_id, config) for config in configs])
    grow(connection, "score_configs")


def _to_row(project_id: ProjectId, config: ScoreConfig) -> dict[str, Any]:
    values = {name: getattr(config, name) for name in ScoreConfig.__struct_fields__}
    categories = config.categories
    values["project_id"] = project_id
    values["is_archived"] = int(config.is_archived)
    values["categories"] = None if categories is None else msgspec.json.encode(categories).decode()
    return values


def _to_config(row: Mapping[Any, Any]) -> ScoreConfig:
    values = dict(row)
    del values["project_id"]
    values["is_archived"] = bool(values["is_archived"])
    categories = values["categories"]
    values["categories"] = None if categories is None else _CATEGORIES.decode(categories)
    return ScoreConfig(**values)
