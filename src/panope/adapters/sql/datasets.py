"""Datasets in SQL."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.datasets.datasets import Dataset, DatasetDraft, has_new_schema, upserted
from panope.domain.datasets.items import DatasetItem, ItemStatus
from panope.domain.datasets.writing import refuse_broken
from panope.domain.ids import DatasetId, ProjectId
from panope.ports.datasets import DatasetPage

_CHUNK: Final = 500

dataset = Table(
    "catalog_dataset",
    tables.metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("metadata", Text),
    Column("input_schema", Text),
    Column("expected_output_schema", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
    Column("item_count", BigInteger, nullable=False),
    Column("last_write_us", BigInteger, nullable=False),
)
item = Table(
    "catalog_dataset_item",
    tables.metadata,
    Column("number", BigInteger, primary_key=True),
    Column("project_id", Text, nullable=False),
    Column("dataset_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("source_trace_id", Text),
    Column("source_observation_id", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("valid_from_us", BigInteger, nullable=False),
    Column("valid_to_us", BigInteger),
    Column("input", Text),
    Column("expected_output", Text),
    Column("metadata", Text),
    ForeignKeyConstraint(["project_id", "dataset_id"], ["catalog_dataset.project_id", "catalog_dataset.id"]),
)


class SqlDatasetStore:
    """Implements `DatasetStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def upsert(self, project_id: ProjectId, draft: DatasetDraft, *, new_id: DatasetId, at_us: int) -> Dataset:
        """See `DatasetStore.upsert`."""

        def work(connection: Connection) -> Dataset:
            require(connection, tables.project, project_id, "project")
            stored = _find(connection, project_id, [draft.name])
            changed = upserted(stored, draft, new_id, at_us)
            if has_new_schema(stored, changed):
                refuse_broken(changed, _current_items(connection, project_id, changed))
            _put(connection, project_id, changed, is_new=stored is None)
            return changed

        return await self._database.write(work)

    async def find(self, project_id: ProjectId, names: Sequence[str]) -> Dataset | None:
        """See `DatasetStore.find`."""
        return await self._database.read(lambda connection: _find(connection, project_id, names))

    async def get(self, project_id: ProjectId, dataset_id: DatasetId) -> Dataset | None:
        """See `DatasetStore.get`."""
        return await self._database.read(lambda connection: get_dataset(connection, project_id, dataset_id))

    async def list(self, project_id: ProjectId, *, offset: int, limit: int) -> DatasetPage:
        """See `DatasetStore.list`."""
        owned = dataset.c.project_id == project_id
        order = (dataset.c.created_us.desc(), dataset.c.id)
        page = select(dataset).where(owned).order_by(*order).limit(limit).offset(offset)

        def work(connection: Connection) -> DatasetPage:
            found = [_to_dataset(row) for row in connection.execute(page).mappings()]
            total = connection.scalar(select(func.count()).select_from(dataset).where(owned))
            return DatasetPage(found, total or 0)

        return await self._database.read(work)


def get_dataset(connection: Connection, project_id: ProjectId, dataset_id: DatasetId) -> Dataset | None:
    """One dataset by id, or None."""
    found = rows(connection, dataset, dataset.c.project_id == project_id, dataset.c.id == dataset_id)
    return _to_dataset(found[0]) if found else None


def _find(connection: Connection, project_id: ProjectId, names: Sequence[str]) -> Dataset | None:
    found = rows(connection, dataset, dataset.c.project_id == project_id, dataset.c.name.in_(names))
    by_name = {row["name"]: row for row in found}
    return next((_to_dataset(by_name[name]) for name in names if name in by_name), None)


def _put(connection: Connection, project_id: ProjectId, row: Dataset, *, is_new: bool) -> None:
    values = msgspec.structs.asdict(row)
    if is_new:
        connection.execute(insert(dataset).values(project_id=project_id, **values))
    else:
        connection.execute(
            update(dataset).where(dataset.c.project_id == project_id, dataset.c.id == row.id).values(values)
        )


def _current_items(connection: Connection, project_id: ProjectId, of: Dataset) -> Iterator[DatasetItem]:
    """What schemas look at, a bounded number of rows at a time."""
    statement = (
        select(item.c.id, item.c.input, item.c.expected_output)
        .where(item.c.project_id == project_id, item.c.dataset_id == of.id, item.c.valid_to_us.is_(None))
        .order_by(item.c.created_us.desc(), item.c.id)
        .execution_options(yield_per=_CHUNK)
    )
    for row in connection.execute(statement):
        yield DatasetItem(
            id=row.id, dataset_id=of.id, dataset_name=of.name, input=row.input, expected_output=row.expected_output
        )


def _to_dataset(row: Any) -> Dataset:
    values = dict(row)
    del values["project_id"]
    return Dataset(**values)


def to_item(row: Any) -> DatasetItem:
    """The item of a row that has the name of its dataset beside it."""
    values = dict(row)
    for name in ("number", "project_id", "valid_to_us"):
        del values[name]
    values["status"] = ItemStatus(values["status"])
    return DatasetItem(**values)
