"""Price models in SQL: tiers are JSON text with their prices as decimal strings, so exact."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require, rows
from panope.adapters.sql.database import CatalogDatabase, grow
from panope.domain.errors import ConflictError
from panope.domain.ids import ModelId, ProjectId
from panope.domain.pricing import PriceModel, PriceTier

_TABLE: Final = tables.model
_TIERS: Final = msgspec.json.Decoder(tuple[PriceTier, ...])
_CHUNK: Final = 500
"""Ids per statement, well below what any driver binds."""


class SqlModelStore:
    """Implements `ModelStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def list(self, project_id: ProjectId | None) -> Sequence[PriceModel]:
        """See `ModelStore.list`."""
        managed = _TABLE.c.project_id.is_(None)
        statement = (
            select(_TABLE).where(or_(managed, _owned_by(project_id))).order_by(managed, _TABLE.c.name, _TABLE.c.id)
        )
        return await self._database.read(lambda c: [_to_model(row) for row in c.execute(statement).mappings()])

    async def get(self, project_id: ProjectId, model_id: ModelId) -> PriceModel | None:
        """See `ModelStore.get`."""
        visible = or_(_TABLE.c.project_id.is_(None), _owned_by(project_id))
        found = await self._database.read(lambda c: rows(c, _TABLE, _TABLE.c.id == model_id, visible))
        return _to_model(found[0]) if found else None

    async def create(self, project_id: ProjectId, model: PriceModel) -> None:
        """See `ModelStore.create`."""

        def work(connection: Connection) -> None:
            if exists(connection, _TABLE.c.id == model.id):
                raise ConflictError(f"A model with the id {model.id} exists already", code="model_taken")
            require(connection, tables.project, project_id, "project")
            _insert(connection, project_id, [model])
            grow(connection, "models")

        await self._database.write(work)

    async def upsert(self, project_id: ProjectId | None, models: Sequence[PriceModel]) -> int:
        """See `ModelStore.upsert`."""

        def work(connection: Connection) -> int:
            if project_id is not None:
                require(connection, tables.project, project_id, "project")
            stored = _load(connection, project_id, [model.id for model in models])
            added = [model for model in models if model.id not in stored]
            replaced = [model for model in models if model.id in stored and _differs(model, stored[model.id])]
            for model in replaced:
                _update(connection, project_id, model)
            _insert(connection, project_id, added)
            if added or replaced:
                grow(connection, "models")
            return len(added) + len(replaced)

        return await self._database.write(work)

    async def delete(self, project_id: ProjectId, model_id: ModelId) -> bool:
        """See `ModelStore.delete`."""

        def work(connection: Connection) -> bool:
            statement = delete(_TABLE).where(_TABLE.c.id == model_id, _owned_by(project_id))
            deleted = connection.execute(statement).rowcount > 0
            if deleted:
                grow(connection, "models")
            return deleted

        return await self._database.write(work)


def _owned_by(project_id: ProjectId | None) -> ColumnElement[bool]:
    return _TABLE.c.project_id.is_(None) if project_id is None else _TABLE.c.project_id == project_id


def _load(connection: Connection, project_id: ProjectId | None, ids: Sequence[str]) -> dict[str, PriceModel]:
    """Those of the ids that are there already, all of which must belong to the same owner."""
    stored: dict[str, PriceModel] = {}
    for start in range(0, len(ids), _CHUNK):
        for row in rows(connection, _TABLE, _TABLE.c.id.in_(ids[start : start + _CHUNK])):
            if row["project_id"] != project_id:
                raise ConflictError(f"The model id {row['id']} belongs to somebody else", code="model_taken")
            stored[row["id"]] = _to_model(row)
    return stored


def _differs(model: PriceModel, stored: PriceModel) -> bool:
    kept = {"created_us": stored.created_us, "updated_us": stored.updated_us, "is_managed": stored.is_managed}
    return msgspec.structs.replace(model, **kept) != stored


def _insert(connection: Connection, project_id: ProjectId | None, models: Sequence[PriceModel]) -> None:
    if not models:
        return
    try:
        connection.execute(insert(_TABLE), [_to_row(project_id, model) for model in models])
    except IntegrityError:
        raise _name_taken(models) from None


def _update(connection: Connection, project_id: ProjectId | None, model: PriceModel) -> None:
    values = _to_row(project_id, model)
    del values["created_us"]
    try:
        connection.execute(update(_TABLE).where(_TABLE.c.id == model.id).values(values))
    except IntegrityError:
        raise _name_taken([model]) from None


def _name_taken(models: Sequence[PriceModel]) -> ConflictError:
    names = f"named {models[0].name}" if len(models) == 1 else f"of one of these {len(models)} names"
    return ConflictError(
        f"The project has a model {names} already: delete it first or choose another name", code="model_name_taken"
    )


def _to_row(project_id: ProjectId | None, model: PriceModel) -> dict[str, Any]:
    values = msgspec.structs.asdict(model)
    del values["is_managed"]
    config = model.tokenizer_config
    values["project_id"] = project_id
    values["tiers"] = msgspec.json.encode(model.tiers).decode()
    values["tokenizer_config"] = None if config is None else msgspec.json.encode(config).decode()
    return values


def _to_model(row: Mapping[Any, Any]) -> PriceModel:
    values = dict(row)
    values["is_managed"] = values.pop("project_id") is None
    values["tiers"] = _TIERS.decode(values["tiers"])
    config = values["tokenizer_config"]
    values["tokenizer_config"] = None if config is None else msgspec.json.decode(config)
    return PriceModel(**values)
