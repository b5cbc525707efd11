"""Blobs in a dictionary."""

from collections.abc import AsyncIterable, AsyncIterator

from panope.domain.errors import NotFoundError
from panope.domain.media.media import BlobKey
from panope.ports.blobs import Unsigned, check_by_use, checked_key


class MemoryBlobStore(Unsigned):
    """Implements `BlobStore`; empty at first and gone with the process."""

    def __init__(self) -> None:
        self._blobs: dict[BlobKey, bytes] = {}

    async def put(self, key: BlobKey, chunks: AsyncIterable[bytes], *, content_type: str, length: int) -> None:
        """See `BlobStore.put`."""
        del content_type, length  # nobody asks this store for them
        checked_key(key)
        self._blobs[key] = b"".join([chunk async for chunk in chunks])

    async def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore.read`."""
        blob = self._blobs.get(checked_key(key))
        if blob is None:
            raise NotFoundError("Nothing is stored under this key", code="blob_not_found")
        if part := blob[start:end]:
            yield part

    async def size(self, key: BlobKey) -> int | None:
        """See `BlobStore.size`."""
        blob = self._blobs.get(checked_key(key))
        return None if blob is None else len(blob)

    async def delete(self, key: BlobKey) -> None:
        """See `BlobStore.delete`."""
        self._blobs.pop(checked_key(key), None)

    async def sweep(self, age_s: float) -> int:
        """See `BlobStore.sweep`."""
        del age_s  # nothing is ever left behind
        return 0

    async def check(self) -> None:
        """See `BlobStore.check`."""
        await check_by_use(self, BlobKey("check"))

    async def close(self) -> None:
        """See `BlobStore.close`; nothing is held open."""
