"""Media in SQL."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    update,
)

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, require, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId
from panope.domain.media.media import Media, MediaId, MediaLink, MediaPlace, OwnedMedia, UploadReport

media_table = Table(
    "catalog_media",
    tables.metadata,
    Column("project_id", Text, ForeignKey("catalog_project.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("content_length", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("stored_us", BigInteger),
    Column("uploaded_us", BigInteger),
    Column("upload_status", Integer),
    Column("upload_error", Text),
)
link_table = Table(
    "catalog_media_link",
    tables.metadata,
    Column("project_id", Text, primary_key=True),
    Column("media_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("trace_id", Text, primary_key=True),
    Column("observation_id", Text, primary_key=True),
    Column("dataset_id", Text, nullable=False),
    Column("dataset_item_id", Text, primary_key=True),
    ForeignKeyConstraint(["project_id", "media_id"], ["catalog_media.project_id", "catalog_media.id"]),
)
_MEDIA: Final = media_table.c
_LINK: Final = link_table.c
_CHUNK: Final = 500
"""Ids per statement, well below what any driver binds."""


class SqlMediaStore:
    """Implements `MediaStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def announce(self, project_id: ProjectId, media: Media, link: MediaLink) -> Media:
        """See `MediaStore.announce`."""

        def work(connection: Connection) -> Media:
            require(connection, tables.project, project_id, "project")
            kept = _announce(connection, project_id, media)
            _add_link(connection, project_id, link)
            return kept

        return await self._database.write(work)

    async def get(self, project_id: ProjectId, media_ids: Sequence[MediaId]) -> Mapping[MediaId, Media]:
        """See `MediaStore.get`."""

        def work(connection: Connection) -> dict[MediaId, Media]:
            return {
                row["id"]: _to_media(row)
                for start in range(0, len(media_ids), _CHUNK)
                for row in rows(
                    connection,
                    media_table,
                    _MEDIA.project_id == project_id,
                    _MEDIA.id.in_(media_ids[start : start + _CHUNK]),
                )
            }

        return await self._database.read(work) if media_ids else {}

    async def mark_stored(self, project_id: ProjectId, media: Media, at_us: int) -> bool:
        """See `MediaStore.mark_stored`."""

        def work(connection: Connection) -> bool:
            if not exists(connection, _is_announced(project_id, media)):
                return False
            first = update(media_table).where(_is_announced(project_id, media), _MEDIA.stored_us.is_(None))
            connection.execute(first.values(stored_us=at_us))
            return True

        return await self._database.write(work)

    async def report_upload(self, project_id: ProjectId, media_id: MediaId, report: UploadReport) -> bool:
        """See `MediaStore.report_upload`."""
        statement = (
            update(media_table)
            .where(_is(project_id, media_id))
            .values(uploaded_us=report.uploaded_us, upload_status=report.status, upload_error=report.error)
        )
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)

    async def add_links(self, project_id: ProjectId, links: Sequence[MediaLink]) -> int:
        """See `MediaStore.add_links`."""

        def work(connection: Connection) -> int:
            known = [link for link in links if exists(connection, _is(project_id, link.media_id))]
            return sum(_add_link(connection, project_id, link) for link in known)

        return await self._database.write(work) if links else 0

    async def list_links(self, project_id: ProjectId, place: MediaPlace) -> Sequence[MediaLink]:
        """See `MediaStore.list_links`."""
        conditions = list(in_places(project_id, [place]))
        found = await self._database.read(lambda c: [row for each in conditions for row in rows(c, link_table, each)])
        return sorted(_to_link(row) for row in found)

    async def unlink(self, project_id: ProjectId, places: Sequence[MediaPlace]) -> Sequence[Media]:
        """See `MediaStore.unlink`."""

        def work(connection: Connection) -> list[Media]:
            touched: set[MediaId] = set()
            for condition in in_places(project_id, places):
                touched.update(connection.scalars(select(_LINK.media_id).where(condition)))
                connection.execute(delete(link_table).where(condition))
            removed = (_remove_unlinked(connection, project_id, media_id) for media_id in sorted(touched))
            return [media for each in removed for media in each]

        return await self._database.write(work) if places else []

    async def list(self, project_id: ProjectId, after: MediaId, limit: int) -> Sequence[Media]:
        """See `MediaStore.list`."""
        statement = (
            select(media_table)
            .where(_MEDIA.project_id == project_id, _MEDIA.id > after)
            .order_by(_MEDIA.id)
            .limit(limit)
        )
        found = await self._database.read(lambda c: [dict(row) for row in c.execute(statement).mappings()])
        return [_to_media(row) for row in found]

    async def list_unfinished(self, before_us: int, limit: int) -> Sequence[OwnedMedia]:
        """See `MediaStore.list_unfinished`."""
        statement = (
            select(media_table)
            .where(_MEDIA.stored_us.is_(None), _MEDIA.created_us < before_us)
            .order_by(_MEDIA.created_us, _MEDIA.project_id, _MEDIA.id)
            .limit(limit)
        )
        found = await self._database.read(lambda c: [dict(row) for row in c.execute(statement).mappings()])
        return [OwnedMedia(row["project_id"], _to_media(row)) for row in found]

    async def remove_unfinished(self, project_id: ProjectId, media: Media) -> bool:
        """See `MediaStore.remove_unfinished`."""

        def work(connection: Connection) -> bool:
            if not exists(connection, and_(_is_announced(project_id, media), _MEDIA.stored_us.is_(None))):
                return False
            connection.execute(delete(link_table).where(_LINK.project_id == project_id, _LINK.media_id == media.id))
            connection.execute(delete(media_table).where(_is(project_id, media.id)))
            return True

        return await self._database.write(work)


def _is(project_id: ProjectId, media_id: MediaId) -> ColumnElement[bool]:
    return and_(_MEDIA.project_id == project_id, _MEDIA.id == media_id)


def _is_announced(project_id: ProjectId, media: Media) -> ColumnElement[bool]:
    return and_(_is(project_id, media.id), _MEDIA.created_us == media.created_us)


def in_places(project_id: ProjectId, places: Sequence[MediaPlace]) -> Iterator[ColumnElement[bool]]:
    """One condition per kind of place, so that each finds its rows by an index; none for no place."""
    traces = [place.trace_id for place in places if place.trace_id]
    items = [place.dataset_item_id for place in places if place.dataset_item_id and not place.trace_id]
    for column, ids in ((_LINK.trace_id, traces), (_LINK.dataset_item_id, items)):
        for start in range(0, len(ids), _CHUNK):
            yield and_(_LINK.project_id == project_id, column.in_(ids[start : start + _CHUNK]))


def _announce(connection: Connection, project_id: ProjectId, media: Media) -> Media:
    found = rows(connection, media_table, _is(project_id, media.id))
    if not found:
        connection.execute(insert(media_table).values(project_id=project_id, **msgspec.structs.asdict(media)))
        return media
    stored = _to_media(found[0])
    is_same = (stored.sha256, stored.content_length) == (media.sha256, media.content_length)
    if stored.stored_us is not None and not is_same:
        raise ConflictError("The media is stored already, with another length or hash", code="media_differs")
    changed = {"content_type": media.content_type, "content_length": media.content_length}
    kept = msgspec.structs.replace(stored, **changed)
    if stored.sha256 != media.sha256:
        kept = media
    if kept != stored:
        connection.execute(update(media_table).where(_is(project_id, media.id)).values(msgspec.structs.asdict(kept)))
    return kept


def _add_link(connection: Connection, project_id: ProjectId, link: MediaLink) -> bool:
    values = {"project_id": project_id, **msgspec.structs.asdict(link)}
    key = and_(*(column == values[column.name] for column in link_table.primary_key))
    if exists(connection, key):
        return False
    connection.execute(insert(link_table).values(values))
    return True


def _remove_unlinked(connection: Connection, project_id: ProjectId, media_id: MediaId) -> Sequence[Media]:
    if exists(connection, and_(_LINK.project_id == project_id, _LINK.media_id == media_id)):
        return ()
    removed = [_to_media(row) for row in rows(connection, media_table, _is(project_id, media_id))]
    connection.execute(delete(media_table).where(_is(project_id, media_id)))
    return removed


def _to_media(row: Mapping[str, Any]) -> Media:
    return Media(**{name: value for name, value in row.items() if name != "project_id"})


def _to_link(row: Mapping[str, Any]) -> MediaLink:
    return MediaLink(**{name: value for name, value in row.items() if name != "project_id"})
