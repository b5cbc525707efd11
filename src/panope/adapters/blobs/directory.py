"""Blobs as files of one directory, each of them whole, under names that are hashes."""

import asyncio
import errno
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from panope.adapters.blobs.chunks import CHUNK_BYTES, gathered, in_thread
from panope.domain.errors import NotFoundError, UnavailableError
from panope.domain.media.media import BlobKey
from panope.kit.clock import Clock
from panope.ports.blobs import Unsigned, check_by_use, checked_key

_UNFINISHED: Final = "unfinished"
_PRIVATE: Final = 0o700
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CANNOT_SYNC: Final = frozenset({errno.EBADF, errno.EINVAL, errno.ENOTSUP})
"""What file systems say that know no sync of a directory."""
_Result = TypeVar("_Result")


class DirectoryBlobStore(Unsigned):
    """Implements `BlobStore`. The directory is made with the first blob, and is its owner's alone.

    A blob is written beside the others, synced, and moved to its name: whoever dies on the way leaves a file in
    `unfinished/` that nobody reads. Several processes may share the directory.
    """

    def __init__(self, path: Path, clock: Clock, new_id: Callable[[], str]) -> None:
        self._path = path
        self._clock = clock
        self._new_id = new_id
        self._unfinished = path / _UNFINISHED

    async def put(self, key: BlobKey, chunks: AsyncIterable[bytes], *, content_type: str, length: int) -> None:
        """See `BlobStore.put`."""
        del content_type, length  # nobody asks this store for them
        final = self._file(key)
        part = self._unfinished / self._new_id()
        file = await self._do(lambda: self._create(part))
        try:
            async for piece in gathered(chunks):
                await self._do(partial(_write, file, piece))
            await self._do(lambda: self._finish(file, part, final))
        except BaseException:
            await asyncio.shield(asyncio.to_thread(_discard, file, part))
            raise

    async def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore.read`."""
        path = self._file(key)
        file = await self._do(lambda: _open(path, start))
        if file is None:
            raise NotFoundError("Nothing is stored under this key", code="blob_not_found")
        try:
            left = sys.maxsize if end is None else end - start
            while left > 0:
                piece = await self._do(partial(file.read, min(CHUNK_BYTES, left)))
                if not piece:
                    return
                left -= len(piece)
                yield piece
        finally:
            file.close()

    async def size(self, key: BlobKey) -> int | None:
        """See `BlobStore.size`."""
        path = self._file(key)
        return await self._do(lambda: path.stat().st_size if path.is_file() else None)

    async def delete(self, key: BlobKey) -> None:
        """See `BlobStore.delete`."""
        path = self._file(key)
        await self._do(lambda: path.unlink(missing_ok=True))

    async def sweep(self, age_s: float) -> int:
        """See `BlobStore.sweep`."""
        before_s = self._clock() / 1_000_000 - age_s
        return await self._do(lambda: sum(_remove_old(file, before_s) for file in _files(self._unfinished)))

    async def check(self) -> None:
        """See `BlobStore.check`."""
        await check_by_use(self, BlobKey(f"check/{self._new_id()}"))

    async def close(self) -> None:
        """See `BlobStore.close`; nothing is held open."""

    def _file(self, key: BlobKey) -> Path:
        return self._path.joinpath(*checked_key(key).split("/"))

    def _create(self, part: Path) -> BinaryIO:
        self._path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        self._unfinished.mkdir(mode=_PRIVATE, exist_ok=True)
        return part.open("xb", buffering=0)

    def _finish(self, file: BinaryIO, part: Path, final: Path) -> None:
        os.fsync(file.fileno())
        file.close()
        new = [folder for folder in final.parents if folder.is_relative_to(self._path) and not folder.exists()]
        final.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        part.replace(final)
        for folder in {final.parent, *(made.parent for made in new)}:
            _sync_names(folder)

    async def _do(self, call: Callable[[], _Result]) -> _Result:
        try:
            return await in_thread(call)
        except OSError as error:
            raise self._explained(error) from None

    def _explained(self, error: OSError) -> UnavailableError:
        if error.errno in _FULL:
            text = f"The disk with the media directory {self._path} is full: nothing was kept. Make room, send again"
            return UnavailableError(text, code="disk_full", retry_after_s=30)
        return UnavailableError(
            f"The media directory {self._path} cannot be used ({error.strerror}): change its owner, or choose another "
            "with PANOPE_MEDIA_DIR",
            code="media_directory_unusable",
        )


def _open(path: Path, start: int) -> BinaryIO | None:
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError:
        return None
    file.seek(start)
    return file


def _write(file: BinaryIO, piece: bytes) -> None:
    """All of it: an unbuffered file may take a part, as a disk that is nearly full does."""
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]


def _discard(file: BinaryIO, part: Path) -> None:
    with suppress(OSError):
        file.close()
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _remove_old(file: Path, before_s: float) -> int:
    with suppress(FileNotFoundError):  # somebody else has removed it
        if file.stat().st_mtime <= before_s:
            file.unlink()
            return 1
    return 0


def _sync_names(folder: Path) -> None:
    """Make the names in a folder durable, where the system has a way."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)
