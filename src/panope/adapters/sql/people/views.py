"""Saved views in SQL."""

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
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.errors import ConflictError, NotFoundError
from panope.domain.ids import ProjectId, UserId
from panope.domain.people.views import MAX_UNNAMED, MAX_VIEWS, DefaultView, SavedView, SavedViewId, ViewState

_TABLE: Final = Table(
    "catalog_saved_view",
    tables.metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("catalog_project.id"), nullable=False),
    Column("level", Text, nullable=False),
    Column("name", Text),
    Column("owner_id", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)
_DEFAULTS: Final = Table(
    "catalog_default_view",
    tables.metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("level", Text, primary_key=True),
    Column("owner_id", Text, primary_key=True),
    Column("view_id", Text, ForeignKey("catalog_saved_view.id"), nullable=False),
)
_ROW: Final = _TABLE.c
_STATE: Final = msgspec.json.Decoder(ViewState)
_EVERYBODY: Final = ""


class SqlSavedViewStore:
    """Implements `SavedViewStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def list(self, project_id: ProjectId, user_id: UserId) -> Sequence[SavedView]:
        """See `SavedViewStore.list`."""
        visible = and_(_ROW.name.is_not(None), or_(_ROW.is_shared, _ROW.owner_id == user_id))
        statement = select(_TABLE).where(_ROW.project_id == project_id, visible).order_by(_ROW.name, _ROW.id)
        return await self._database.read(lambda c: [_to_view(row) for row in c.execute(statement).mappings()])

    async def find(self, project_id: ProjectId, view_id: SavedViewId) -> SavedView | None:
        """See `SavedViewStore.find`."""
        found = await self._database.read(lambda c: rows(c, _TABLE, _is(project_id, view_id)))
        return _to_view(found[0]) if found else None

    async def put(self, project_id: ProjectId, view: SavedView) -> bool:
        """See `SavedViewStore.put`."""

        def work(connection: Connection) -> bool:
            require(connection, tables.project, project_id, "project")
            values = _to_row(project_id, view)
            if exists(connection, _is(project_id, view.id)):
                del values["owner_id"], values["created_us"]
                connection.execute(update(_TABLE).where(_ROW.id == view.id).values(values))
                return False
            _require_free(connection, view.id)
            if _count(connection, _ROW.project_id == project_id, _ROW.name.is_not(None)) >= MAX_VIEWS:
                raise ConflictError(
                    f"The project has {MAX_VIEWS:,} saved views already: delete one first", code="too_many_views"
                )
            connection.execute(insert(_TABLE).values(values))
            return True

        return await self._database.write(work)

    async def keep(self, project_id: ProjectId, view: SavedView) -> SavedView:
        """See `SavedViewStore.keep`."""
        unnamed = (_ROW.project_id == project_id, _ROW.name.is_(None))
        oldest = select(_ROW.id).where(*unnamed).order_by(_ROW.created_us, _ROW.id)

        def work(connection: Connection) -> SavedView:
            require(connection, tables.project, project_id, "project")
            found = rows(connection, _TABLE, _is(project_id, view.id))
            if found:
                return _to_view(found[0])
            _require_free(connection, view.id)
            excess = _count(connection, *unnamed) + 1 - MAX_UNNAMED
            if excess > 0:
                leaving = connection.scalars(oldest.limit(excess)).all()
                connection.execute(delete(_DEFAULTS).where(_DEFAULTS.c.view_id.in_(leaving)))
                connection.execute(delete(_TABLE).where(_ROW.id.in_(leaving)))
            connection.execute(insert(_TABLE).values(_to_row(project_id, view)))
            return view

        try:
            return await self._database.write(work)
        except IntegrityError:  # somebody has kept the same meanwhile: now it is found
            return await self._database.write(work)

    async def delete(self, project_id: ProjectId, view_id: SavedViewId) -> bool:
        """See `SavedViewStore.delete`."""
        of_view = and_(_DEFAULTS.c.project_id == project_id, _DEFAULTS.c.view_id == view_id)

        def work(connection: Connection) -> bool:
            connection.execute(delete(_DEFAULTS).where(of_view))
            return connection.execute(delete(_TABLE).where(_is(project_id, view_id))).rowcount > 0

        return await self._database.write(work)

    async def list_defaults(self, project_id: ProjectId, user_id: UserId) -> Sequence[DefaultView]:
        """See `SavedViewStore.list_defaults`."""
        column = _DEFAULTS.c
        own = and_(column.project_id == project_id, column.owner_id.in_([_EVERYBODY, user_id]))
        statement = select(column.level, column.view_id, column.owner_id).where(own)
        ordered = statement.order_by(column.level, column.owner_id)
        found = await self._database.read(lambda c: c.execute(ordered).all())
        return [
            DefaultView(level, SavedViewId(view_id), UserId(owner) if owner else None)
            for level, view_id, owner in found
        ]

    async def set_default(
        self, project_id: ProjectId, level: str, user_id: UserId | None, view_id: SavedViewId | None
    ) -> None:
        """See `SavedViewStore.set_default`."""
        place = {"project_id": project_id, "level": level, "owner_id": user_id or _EVERYBODY}

        def work(connection: Connection) -> None:
            if view_id is not None and not exists(connection, _is(project_id, view_id)):
                raise NotFoundError("The project has no such view", code="view_not_found")
            connection.execute(delete(_DEFAULTS).where(*(_DEFAULTS.c[name] == value for name, value in place.items())))
            if view_id is not None:
                connection.execute(insert(_DEFAULTS).values(place | {"view_id": view_id}))

        await self._database.write(work)


def _require_free(connection: Connection, view_id: SavedViewId) -> None:
    if exists(connection, _ROW.id == view_id):
        raise ConflictError("Another project has a view of this id", code="view_taken")


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(_TABLE).where(*where)) or 0


def _is(project_id: ProjectId, view_id: SavedViewId) -> ColumnElement[bool]:
    return and_(_ROW.project_id == project_id, _ROW.id == view_id)


def _to_row(project_id: ProjectId, view: SavedView) -> dict[str, Any]:
    state = msgspec.json.encode(view.state).decode()
    return msgspec.structs.asdict(view) | {"project_id": project_id, "state": state}


def _to_view(row: Mapping[Any, Any]) -> SavedView:
    values = dict(row)
    del values["project_id"]
    values["state"], values["is_shared"] = _STATE.decode(values["state"]), bool(values["is_shared"])
    return SavedView(**values)
