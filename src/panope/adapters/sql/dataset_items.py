"""Items of datasets in SQL: one row per version. Payloads are read only for the rows of a page."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select, text, update

from panope.adapters.sql.database import CatalogDatabase
from panope.adapters.sql.datasets import dataset, get_dataset, item, to_item
from panope.domain.datasets.datasets import Dataset
from panope.domain.datasets.items import DatasetItem, Existing, ItemDraft, ItemStatus
from panope.domain.datasets.writing import ItemWrite, unknown_dataset
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId
from panope.ports.datasets import ItemPage, ItemQuery, ItemsWritten

_CHUNK: Final = 500
"""Drafts per statement, well below what any driver binds."""
_MANY: Final = 1_000
_ANALYZE: Final = text("ANALYZE catalog_dataset_item")
"""Without it Postgres plans the next reads as if there were no items, until it looks for itself a minute later."""
_CURRENT: Final = item.c.valid_to_us.is_(None)


class SqlDatasetItemStore:
    """Implements `DatasetItemStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def write(
        self,
        project_id: ProjectId,
        dataset_id: DatasetId,
        drafts: Iterable[ItemDraft],
        *,
        at_us: int,
        existing: Existing = Existing.CHANGE,
        is_dry_run: bool = False,
        on_written: Callable[[int], None] | None = None,
    ) -> ItemsWritten:
        """See `DatasetItemStore.write`."""

        def work(connection: Connection) -> ItemsWritten:
            found = get_dataset(connection, project_id, dataset_id)
            if found is None:
                raise unknown_dataset()
            write = ItemWrite(found, at_us=at_us, existing=existing)
            for chunk in _chunks(drafts):
                _write_chunk(connection, project_id, write, chunk)
                if on_written is not None:
                    on_written(write.taken)
            write.finish()
            if write.created or write.updated:
                _save_totals(connection, project_id, write.dataset_after())
            if write.created + write.updated >= _MANY and connection.dialect.name == "postgresql":
                connection.execute(_ANALYZE)
            if is_dry_run:
                connection.rollback()
            return ItemsWritten(
                created=write.created,
                updated=write.updated,
                unchanged=write.unchanged,
                written_at_us=write.at_us,
                last=write.last,
            )

        return await self._database.write(work)

    async def get(self, project_id: ProjectId, item_id: DatasetItemId) -> DatasetItem | None:
        """See `DatasetItemStore.get`."""

        def work(connection: Connection) -> DatasetItem | None:
            return next(iter(_load(connection, project_id, [item_id]).values()), None)

        return await self._database.read(work)

    async def list(self, project_id: ProjectId, query: ItemQuery) -> ItemPage:
        """See `DatasetItemStore.list`."""
        conditions = _conditions(project_id, query)

        def work(connection: Connection) -> ItemPage:
            found = get_dataset(connection, project_id, query.dataset_id) if query.dataset_id is not None else None
            rows = [to_item(row) for row in connection.execute(_page(query, conditions)).mappings()]
            total = _count(connection, query, found, conditions) if query.with_total else None
            return ItemPage(rows, total, found.last_write_us if found else 0)

        return await self._database.read(work)

    async def delete(self, project_id: ProjectId, item_id: DatasetItemId, *, at_us: int) -> bool:
        """See `DatasetItemStore.delete`."""

        def work(connection: Connection) -> bool:
            stored = _load(connection, project_id, [item_id]).get(item_id)
            if stored is None:
                return False
            found = get_dataset(connection, project_id, stored.dataset_id)
            assert found is not None
            end_us = max(at_us, found.last_write_us + 1)
            _end(connection, project_id, [item_id], end_us)
            count = found.item_count - (stored.status is ItemStatus.ACTIVE)
            _save_totals(connection, project_id, msgspec.structs.replace(found, last_write_us=end_us, item_count=count))
            return True

        return await self._database.write(work)


def _chunks(drafts: Iterable[ItemDraft]) -> Iterator[list[ItemDraft]]:
    iterator = iter(drafts)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _write_chunk(connection: Connection, project_id: ProjectId, write: ItemWrite, chunk: list[ItemDraft]) -> None:
    stored = _load(connection, project_id, [draft.id for draft in chunk])
    made = [write.take(draft, stored.get(draft.id)) for draft in chunk]
    changed = [version for version in made if version is not None]
    if not changed or write.is_refused:
        return
    _end(connection, project_id, [version.id for version in changed if version.id in stored], write.at_us)
    connection.execute(insert(item), [_to_row(project_id, version) for version in changed])


def _load(connection: Connection, project_id: ProjectId, ids: Sequence[str]) -> dict[str, DatasetItem]:
    """Those of the ids that are current items."""
    statement = _with_names(select(item, dataset.c.name.label("dataset_name"))).where(
        item.c.project_id == project_id, item.c.id.in_(ids), _CURRENT
    )
    return {row["id"]: to_item(row) for row in connection.execute(statement).mappings()}


def _with_names(statement: Select[Any]) -> Select[Any]:
    same = and_(dataset.c.project_id == item.c.project_id, dataset.c.id == item.c.dataset_id)
    return statement.join(dataset, same)


def _end(connection: Connection, project_id: ProjectId, ids: Sequence[str], at_us: int) -> None:
    """Let the current versions of items end."""
    if ids:
        those = (item.c.project_id == project_id, item.c.id.in_(ids), _CURRENT)
        connection.execute(update(item).where(*those).values(valid_to_us=at_us))


def _save_totals(connection: Connection, project_id: ProjectId, row: Dataset) -> None:
    those = (dataset.c.project_id == project_id, dataset.c.id == row.id)
    values = {"item_count": row.item_count, "last_write_us": row.last_write_us}
    connection.execute(update(dataset).where(*those).values(values))


def _to_row(project_id: ProjectId, version: DatasetItem) -> dict[str, Any]:
    values = msgspec.structs.asdict(version)
    del values["dataset_name"]
    values["status"] = version.status.value
    values["project_id"] = project_id
    return values


def _count(
    connection: Connection, query: ItemQuery, found: Dataset | None, conditions: list[ColumnElement[bool]]
) -> int:
    """All items that a query asks for: of a dataset as it is, the dataset knows."""
    is_plain = query.source_trace_id is None and query.source_observation_id is None and query.before_us is None
    if found is not None and is_plain and query.status is ItemStatus.ACTIVE:
        return found.item_count
    return connection.scalar(select(func.count()).select_from(item).where(*conditions)) or 0


def _conditions(project_id: ProjectId, query: ItemQuery) -> list[ColumnElement[bool]]:
    conditions = [item.c.project_id == project_id]
    for column, value in (
        (item.c.dataset_id, query.dataset_id),
        (item.c.source_trace_id, query.source_trace_id),
        (item.c.source_observation_id, query.source_observation_id),
        (item.c.status, query.status and query.status.value),
    ):
        if value is not None:
            conditions.append(column == value)
    if query.before_us is None:
        conditions.append(_CURRENT)
    else:
        conditions += [
            item.c.valid_from_us < query.before_us,
            or_(item.c.valid_to_us.is_(None), item.c.valid_to_us >= query.before_us),
        ]
    return conditions


def _page(query: ItemQuery, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Find the rows of the page in an index, then read them alone."""
    created, item_id = item.c.created_us, item.c.id
    order = (created, item_id.desc()) if query.oldest_first else (created.desc(), item_id)
    keys = select(item.c.number).where(*conditions).order_by(*order).limit(query.limit).offset(query.offset)
    if query.after is not None:
        at, last = query.after.created_us, query.after.id
        if query.oldest_first:
            keys = keys.where(created >= at, or_(created > at, item_id < last))
        else:
            keys = keys.where(created <= at, or_(created < at, item_id > last))
    page = keys.subquery()
    rows = _with_names(select(item, dataset.c.name.label("dataset_name")).join(page, page.c.number == item.c.number))
    return rows.order_by(*order)
