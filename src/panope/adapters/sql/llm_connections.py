"""Connections to providers of language models in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.connections.llm import MAX_CONNECTIONS, LlmAdapter, LlmConnection, LlmConnectionId
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId

_TABLE: Final = Table(
    "catalog_llm_connection",
    tables.metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("adapter", Text, nullable=False),
    Column("sealed_secret", Text, nullable=False),
    Column("display_secret", Text, nullable=False),
    Column("base_url", Text),
    Column("custom_models", Text, nullable=False),
    Column("with_default_models", Boolean, nullable=False),
    Column("sealed_headers", Text),
    Column("header_names", Text, nullable=False),
    Column("config", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
_NAMES: Final = msgspec.json.Decoder(tuple[str, ...])


class SqlLlmConnectionStore:
    """Implements `LlmConnectionStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def list(self, project_id: ProjectId) -> Sequence[LlmConnection]:
        """See `LlmConnectionStore.list`."""
        own = select(_TABLE).where(_TABLE.c.project_id == project_id)
        statement = own.order_by(_TABLE.c.created_us.desc(), _TABLE.c.id.desc())
        return await self._database.read(lambda c: [_to_connection(row) for row in c.execute(statement).mappings()])

    async def find(self, project_id: ProjectId, provider: str) -> LlmConnection | None:
        """See `LlmConnectionStore.find`."""
        found = await self._database.read(lambda c: rows(c, _TABLE, _of_provider(project_id, provider)))
        return _to_connection(found[0]) if found else None

    async def upsert(self, project_id: ProjectId, connection: LlmConnection) -> bool:
        """See `LlmConnectionStore.upsert`."""

        def work(database: Connection) -> bool:
            require(database, tables.project, project_id, "project")
            stored = rows(database, _TABLE, _of_provider(project_id, connection.provider))
            values = _to_row(project_id, connection)
            if not stored:
                count = select(func.count()).select_from(_TABLE).where(_TABLE.c.project_id == project_id)
                if (database.scalar(count) or 0) >= MAX_CONNECTIONS:
                    raise ConflictError(
                        f"The project has {MAX_CONNECTIONS} LLM connections already: delete one first",
                        code="too_many_llm_connections",
                    )
                database.execute(insert(_TABLE).values(values))
                return True
            if stored[0]["id"] != connection.id:
                raise ConflictError("The provider has another connection already", code="llm_provider_taken")
            del values["created_us"]
            database.execute(update(_TABLE).where(_TABLE.c.id == connection.id).values(values))
            return False

        return await self._database.write(work)

    async def delete(self, project_id: ProjectId, connection_id: LlmConnectionId) -> bool:
        """See `LlmConnectionStore.delete`."""
        statement = delete(_TABLE).where(_TABLE.c.project_id == project_id, _TABLE.c.id == connection_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)


def _of_provider(project_id: ProjectId, provider: str) -> ColumnElement[bool]:
    return and_(_TABLE.c.project_id == project_id, _TABLE.c.provider == provider)


def _to_row(project_id: ProjectId, connection: LlmConnection) -> dict[str, Any]:
    values = msgspec.structs.asdict(connection)
    for name in ("custom_models", "header_names"):
        values[name] = msgspec.json.encode(values[name]).decode()
    config = connection.config
    values["config"] = None if config is None else msgspec.json.encode(config).decode()
    return values | {"project_id": project_id, "adapter": connection.adapter.value}


def _to_connection(row: Mapping[Any, Any]) -> LlmConnection:
    values = dict(row)
    del values["project_id"]
    for name in ("custom_models", "header_names"):
        values[name] = _NAMES.decode(values[name])
    config = values["config"]
    values["config"] = None if config is None else msgspec.json.decode(config)
    values["adapter"], values["with_default_models"] = (
        LlmAdapter(values["adapter"]),
        bool(values["with_default_models"]),
    )
    return LlmConnection(**values)
