"""Blobs in Postgres, chunk by chunk: so that several servers need nothing else."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

import psycopg
from psycopg import Connection, RawCursor, errors

from panope.adapters.postgres.connection.connect import connect
from panope.adapters.postgres.connection.errors import is_lost, is_unavailable
from panope.adapters.postgres.session import PostgresSession
from panope.adapters.relational.pool import ReaderPool
from panope.adapters.relational.session import Session
from panope.domain.errors import NotFoundError, PanopeError, UnavailableError
from panope.domain.media.media import BlobKey
from panope.ports.blobs import Unsigned, check_by_use, checked_key

CHUNK_BYTES: Final = 256 * 1024
"""What is written, and what is read, by one statement."""
CONNECTIONS: Final = 2
"""Of one process, each used for one short transaction at a time: a slow client holds none."""
_BEGIN: Final = b"BEGIN"
# The commit that makes a blob visible makes its chunks durable along with it: they are earlier in the same log.
_BEGIN_CHUNK: Final = b"BEGIN; SET LOCAL synchronous_commit = off"
_COUNT_CHUNKS: Final = "SELECT coalesce(sum(octet_length(bytes)), 0)::bigint FROM catalog_blob_chunk WHERE blob_id = ?"
_READ_CHUNK: Final = (
    "SELECT start, bytes FROM catalog_blob_chunk WHERE blob_id = ? AND start <= ? ORDER BY start DESC LIMIT 1"
)
# A statement of a pool may run twice when its connection died: none of these does more the second time.
_ADD_BLOB: Final = "INSERT INTO catalog_blob (id) VALUES (?) ON CONFLICT (id) DO NOTHING"
_ADD_CHUNK: Final = (
    "INSERT INTO catalog_blob_chunk (blob_id, start, bytes) VALUES (?, ?::bigint, ?::bytea) "
    "ON CONFLICT (blob_id, start) DO NOTHING"
)
_LOCK_KEY: Final = "SELECT pg_advisory_xact_lock(hashtextextended(?::text, 0))"
_REPLACE: Final = "UPDATE catalog_blob SET key = NULL WHERE key = ? AND id <> ?"
_FINISH: Final = "UPDATE catalog_blob SET key = ?, size = ?::bigint WHERE id = ?"
_DISCARD: Final = "DELETE FROM catalog_blob WHERE id = ? AND key IS NULL"
_SWEEP: Final = """
DELETE FROM catalog_blob WHERE key IS NULL
AND began_us <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - ?::bigint RETURNING id
"""
_Result = TypeVar("_Result")


class PostgresBlobStore(Unsigned):
    """Implements `BlobStore` in the catalog's database, whose schema must be up to date.

    A blob is a row that nobody sees before its last chunk is written: whoever dies on the way leaves a row without a
    key, and `sweep` removes it. One that a later blob replaces becomes such a row too, so that its readers may finish.
    """

    def __init__(self, url: str, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._pool: ReaderPool[Connection[Any]] = ReaderPool(_Engine(url, _BEGIN), CONNECTIONS - 1, "blobs")
        self._chunks: ReaderPool[Connection[Any]] = ReaderPool(_Engine(url, _BEGIN_CHUNK), 1, "blob-chunks")

    async def put(self, key: BlobKey, chunks: AsyncIterable[bytes], *, content_type: str, length: int) -> None:
        """See `BlobStore.put`."""
        del content_type, length  # nobody asks this store for them
        checked_key(key)
        blob_id = self._new_id()
        size = 0
        try:
            await self._pool.run(lambda session: session.execute(_ADD_BLOB, (blob_id,)))
            async for piece in _pieces(chunks):
                row = (blob_id, size, piece)
                await self._chunks.run(lambda session: session.execute(_ADD_CHUNK, row))  # noqa: B023 - awaited at once
                size += len(piece)
            await self._pool.run(lambda session: _finish(session, key, blob_id, size))
        except BaseException:
            await asyncio.shield(self._discard(blob_id))
            raise

    async def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore.read`. A blob that is deleted meanwhile ends in `NotFoundError`, never in silence."""
        found = await self._find(key)
        if found is None:
            raise _missing()
        blob_id, size = found
        at, end = start, size if end is None else min(end, size)
        while at < end:
            asked = (blob_id, at)
            rows = await self._pool.run(lambda session: session.execute(_READ_CHUNK, asked))  # noqa: B023 - likewise
            piece = rows[0][1][at - rows[0][0] : end - rows[0][0]] if rows else b""
            if not piece:
                raise _missing()
            at += len(piece)
            yield piece

    async def size(self, key: BlobKey) -> int | None:
        """See `BlobStore.size`."""
        found = await self._find(key)
        return None if found is None else found[1]

    async def delete(self, key: BlobKey) -> None:
        """See `BlobStore.delete`."""
        checked_key(key)
        await self._pool.run(lambda session: session.execute("DELETE FROM catalog_blob WHERE key = ?", (key,)))

    async def sweep(self, age_s: float) -> int:
        """See `BlobStore.sweep`; what was replaced is removed and counted as well."""
        age_us = int(age_s * 1_000_000)
        return len(await self._pool.run(lambda session: session.execute(_SWEEP, (age_us,))))

    async def check(self) -> None:
        """See `BlobStore.check`."""
        await check_by_use(self, BlobKey(f"check/{self._new_id()}"))

    async def close(self) -> None:
        """See `BlobStore.close`."""
        await asyncio.to_thread(self._chunks.close)
        await asyncio.to_thread(self._pool.close)

    async def _find(self, key: BlobKey) -> tuple[str, int] | None:
        checked_key(key)
        select = "SELECT id, size FROM catalog_blob WHERE key = ?"
        rows = await self._pool.run(lambda session: session.execute(select, (key,)))
        return (rows[0][0], rows[0][1]) if rows else None

    async def _discard(self, blob_id: str) -> None:
        """As far as the database can be reached; else `sweep` does it."""
        with suppress(PanopeError):
            await self._pool.run(lambda session: session.execute(_DISCARD, (blob_id,)))


class _Engine:
    """Implements `ReadEngine` for what writes as well: each call is a transaction that is committed."""

    def __init__(self, url: str, begin: bytes) -> None:
        self._url = url
        self._begin = begin

    def connect(self) -> Connection[Any]:
        """See the protocol."""
        with _explained():
            connection = connect(self._url, autocommit=True)
            connection.cursor_factory = RawCursor
            return connection

    def read(self, connection: Connection[Any], work: Callable[[Session], _Result], /, *, is_bounded: bool) -> _Result:  # noqa: ARG002 - each statement is small
        """See the protocol."""
        with _explained():
            connection.execute(self._begin, prepare=False)
            try:
                done = work(PostgresSession(connection))
            except BaseException:
                if not is_lost(connection):
                    connection.execute(b"ROLLBACK", prepare=False)
                raise
            connection.execute(b"COMMIT", prepare=False)
            return done

    def finish(self, connection: Connection[Any], /) -> None:
        """Nothing: what was written is committed before the answer."""

    def is_broken(self, connection: Connection[Any]) -> bool:
        """See the protocol."""
        return is_lost(connection)


async def _pieces(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size, the last aside."""
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _finish(session: Session, key: BlobKey, blob_id: str, size: int) -> None:
    """Make a blob visible, if its chunks are still there: a crash of the server loses those not yet durable."""
    session.execute(_LOCK_KEY, (key,))
    if session.execute(_COUNT_CHUNKS, (blob_id,)) != [(size,)]:
        raise _lost()
    session.execute(_REPLACE, (key, blob_id))
    session.execute(_FINISH, (key, size, blob_id))


@contextmanager
def _explained() -> Iterator[None]:
    """Turn failures of the server into `UnavailableError`; let the rest pass."""
    try:
        yield
    except errors.ForeignKeyViolation as error:
        raise _lost() from error
    except psycopg.Error as error:
        if not is_unavailable(error):
            raise
        if isinstance(error, errors.DiskFull):
            text = "The disk of the database that keeps media is full, so nothing was kept: make room, send again"
            raise UnavailableError(text, code="disk_full", retry_after_s=30) from error
        text = f"The database that keeps media cannot be used now ({type(error).__name__}): check it, then send again"
        raise UnavailableError(text, code="store_unavailable") from error


def _lost() -> UnavailableError:
    text = "A part of the content was lost before all was there, so nothing was kept: send it again"
    return UnavailableError(text, code="blob_lost")


def _missing() -> NotFoundError:
    return NotFoundError("Nothing is stored under this key", code="blob_not_found")
