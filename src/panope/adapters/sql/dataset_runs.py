"""Runs of datasets and their items in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    SmallInteger,
    Table,
    Text,
    and_,
    func,
    insert,
    select,
    tuple_,
    update,
)

from panope.adapters.sql import tables
from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.datasets import get_dataset
from panope.adapters.sql.datasets import item as dataset_item
from panope.domain.datasets.writing import unknown_dataset
from panope.domain.experiments.runs import (
    DatasetRun,
    Linked,
    RunItem,
    RunItemDraft,
    deleted_run,
    derive_item_id,
    derive_run_id,
    link_item,
)
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId
from panope.ports.dataset_runs import RunItemFilter, RunItemPage, RunSummary

_CHUNK: Final = 500
"""Ids per statement, well below what any driver binds."""

_RUN: Final = Table(
    "catalog_dataset_run",
    tables.metadata,
    Column("project_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("dataset_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("metadata", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
    Column("cut_us", BigInteger, nullable=False),
    Column("is_deleted", SmallInteger, nullable=False),
    ForeignKeyConstraint(["project_id", "dataset_id"], ["catalog_dataset.project_id", "catalog_dataset.id"]),
)
_ITEM: Final = Table(
    "catalog_dataset_run_item",
    tables.metadata,
    Column("project_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("observation_id", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
    Column("is_deleted", SmallInteger, nullable=False),
    ForeignKeyConstraint(["project_id", "run_id"], ["catalog_dataset_run.project_id", "catalog_dataset_run.id"]),
)
_NEWEST_FIRST: Final = (_ITEM.c.created_us.desc(), _ITEM.c.id.desc())
_OF_RUN: Final = and_(_RUN.c.project_id == _ITEM.c.project_id, _RUN.c.id == _ITEM.c.run_id)


class SqlDatasetRunStore:
    """Implements `DatasetRunStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def link(self, project_id: ProjectId, draft: RunItemDraft, *, at_us: int) -> Linked:
        """See `DatasetRunStore.link`."""

        def work(connection: Connection) -> Linked:
            if get_dataset(connection, project_id, draft.dataset_id) is None:
                raise unknown_dataset()
            run_id = derive_run_id(project_id, draft.dataset_id, draft.run_name)
            old_run = _get_run(connection, project_id, run_id)
            old_item = _get_item(connection, project_id, derive_item_id(run_id, draft.item_id, draft.trace_id))
            linked = link_item(project_id, old_run, old_item, draft, at_us)
            _put(connection, _RUN, project_id, old_run, linked.run)
            _put(connection, _ITEM, project_id, old_item, linked.item)
            return linked

        return await self._database.write(work)

    async def load(self, project_id: ProjectId, run_ids: Sequence[str]) -> dict[str, DatasetRun]:
        """See `DatasetRunStore.load`."""

        def work(connection: Connection) -> dict[str, DatasetRun]:
            found = {}
            for start in range(0, len(run_ids), _CHUNK):
                those = _RUN.c.id.in_(run_ids[start : start + _CHUNK])
                for row in connection.execute(select(_RUN).where(_RUN.c.project_id == project_id, those)).mappings():
                    found[row["id"]] = _to_run(row)
            return found

        return await self._database.read(work)

    async def list_runs(self, project_id: ProjectId, dataset_id: DatasetId | None = None) -> list[DatasetRun]:
        """See `DatasetRunStore.list_runs`."""
        statement = select(_RUN).where(_RUN.c.project_id == project_id).order_by(_RUN.c.created_us.desc(), _RUN.c.id)
        if dataset_id is not None:
            statement = statement.where(_RUN.c.dataset_id == dataset_id)
        return await self._database.read(lambda c: [_to_run(row) for row in c.execute(statement).mappings()])

    async def list_items(
        self, project_id: ProjectId, where: RunItemFilter, page: RunItemPage | None = None
    ) -> list[RunItem]:
        """See `DatasetRunStore.list_items`."""
        statement = select(_ITEM).where(*_conditions(project_id, where)).order_by(*_NEWEST_FIRST)
        if where.dataset_ids is not None or where.names is not None:
            statement = statement.join(_RUN, _OF_RUN)
        if page is not None:
            statement = statement.limit(page.limit)
            if page.after is not None:
                statement = statement.where(tuple_(_ITEM.c.created_us, _ITEM.c.id) < page.after)
        return await self._database.read(lambda c: [_to_item(row) for row in c.execute(statement).mappings()])

    async def list_deleted(self, project_id: ProjectId, run_ids: Sequence[str]) -> list[RunItem]:
        """See `DatasetRunStore.list_deleted`."""

        def work(connection: Connection) -> list[RunItem]:
            found: list[RunItem] = []
            for start in range(0, len(run_ids), _CHUNK):
                those = _ITEM.c.run_id.in_(run_ids[start : start + _CHUNK])
                statement = select(_ITEM).where(_ITEM.c.project_id == project_id, those, _ITEM.c.is_deleted == 1)
                found += [_to_item(row) for row in connection.execute(statement).mappings()]
            return sorted(found, key=lambda item: (item.created_us, item.id), reverse=True)

        return await self._database.read(work)

    async def summarize(self, project_id: ProjectId, where: RunItemFilter) -> list[RunSummary]:
        """See `DatasetRunStore.summarize`."""
        created = _ITEM.c.created_us
        sums = (
            select(
                _ITEM.c.run_id.label("run_id"),
                func.min(created).label("first_us"),
                func.max(created).label("last_us"),
                func.count().label("items"),
            )
            .join(_RUN, _OF_RUN)
            .where(*_conditions(project_id, where))
            .group_by(_ITEM.c.run_id)
            .subquery()
        )
        of_sums = and_(_RUN.c.project_id == project_id, _RUN.c.id == sums.c.run_id)
        statement = (
            select(_RUN, sums.c.first_us, sums.c.last_us, sums.c["items"]).join(sums, of_sums).order_by(_RUN.c.id)
        )
        return await self._database.read(lambda c: [_to_summary(row) for row in c.execute(statement).mappings()])

    async def delete(self, project_id: ProjectId, run: DatasetRun, *, at_us: int) -> None:
        """See `DatasetRunStore.delete`."""

        def work(connection: Connection) -> None:
            if get_dataset(connection, project_id, run.dataset_id) is None:
                raise unknown_dataset()
            old = _get_run(connection, project_id, run.id)
            _put(connection, _RUN, project_id, old, deleted_run(old or run, at_us))
            those = (_ITEM.c.project_id == project_id, _ITEM.c.run_id == run.id, _ITEM.c.is_deleted == 0)
            connection.execute(update(_ITEM).where(*those).values(is_deleted=1, updated_us=at_us))

        await self._database.write(work)


class SqlDatasetItemIndex:
    """Implements `DatasetItemIndex`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def locate(self, project_id: ProjectId, item_ids: Sequence[str]) -> dict[str, DatasetId]:
        """See `DatasetItemIndex.locate`."""
        table = dataset_item

        def work(connection: Connection) -> dict[str, DatasetId]:
            found: dict[str, DatasetId] = {}
            for start in range(0, len(item_ids), _CHUNK):
                those = (table.c.project_id == project_id, table.c.id.in_(item_ids[start : start + _CHUNK]))
                statement = select(table.c.id, table.c.dataset_id).where(*those, table.c.valid_to_us.is_(None))
                found.update((row.id, DatasetId(row.dataset_id)) for row in connection.execute(statement))
            return found

        return await self._database.read(work)

    async def list_ids(self, project_id: ProjectId, dataset_id: DatasetId) -> list[DatasetItemId]:
        """See `DatasetItemIndex.list_ids`."""
        table = dataset_item
        those = (table.c.project_id == project_id, table.c.dataset_id == dataset_id, table.c.valid_to_us.is_(None))
        statement = select(table.c.id).where(*those).order_by(table.c.id)
        return await self._database.read(lambda c: [DatasetItemId(found) for found in c.scalars(statement)])


def _conditions(project_id: ProjectId, where: RunItemFilter) -> list[ColumnElement[bool]]:
    """What items fulfil, where those of runs are joined when they are asked about."""
    conditions = [_ITEM.c.project_id == project_id, _ITEM.c.is_deleted == 0]
    asked = (
        (_ITEM.c.trace_id, where.trace_ids),
        (_ITEM.c.run_id, where.run_ids),
        (_ITEM.c.item_id, where.item_ids),
        (_RUN.c.dataset_id, where.dataset_ids),
        (_RUN.c.name, where.names),
    )
    conditions += [column.in_(values) for column, values in asked if values is not None]
    if where.from_us is not None:
        conditions.append(_ITEM.c.created_us >= where.from_us)
    if where.to_us is not None:
        conditions.append(_ITEM.c.created_us < where.to_us)
    return conditions


def _get_run(connection: Connection, project_id: ProjectId, run_id: str) -> DatasetRun | None:
    statement = select(_RUN).where(_RUN.c.project_id == project_id, _RUN.c.id == run_id)
    row = connection.execute(statement).mappings().first()
    return None if row is None else _to_run(row)


def _get_item(connection: Connection, project_id: ProjectId, item_id: str) -> RunItem | None:
    statement = select(_ITEM).where(_ITEM.c.project_id == project_id, _ITEM.c.id == item_id)
    row = connection.execute(statement).mappings().first()
    return None if row is None else _to_item(row)


def _put(
    connection: Connection,
    table: Table,
    project_id: ProjectId,
    old: DatasetRun | RunItem | None,
    new: DatasetRun | RunItem,
) -> None:
    if new == old:
        return
    values = {**msgspec.structs.asdict(new), "project_id": project_id, "is_deleted": int(new.is_deleted)}
    if old is None:
        connection.execute(insert(table).values(values))
    else:
        those = (table.c.project_id == project_id, table.c.id == new.id)
        connection.execute(update(table).where(*those).values(values))


def _to_run(row: Mapping[Any, Any]) -> DatasetRun:
    values = {name: row[name] for name in DatasetRun.__struct_fields__}
    return DatasetRun(**{**values, "is_deleted": bool(values["is_deleted"])})


def _to_item(row: Mapping[Any, Any]) -> RunItem:
    values = {name: row[name] for name in RunItem.__struct_fields__}
    return RunItem(**{**values, "is_deleted": bool(values["is_deleted"])})


def _to_summary(row: Mapping[Any, Any]) -> RunSummary:
    return RunSummary(run=_to_run(row), first_us=row["first_us"], last_us=row["last_us"], items=row["items"])
