"""Where the bytes of media are: under a key that is written once, whole or not at all."""

import re
from collections.abc import AsyncIterable, AsyncIterator
from typing import Final, Protocol

from panope.domain.errors import InvalidError, UnavailableError
from panope.domain.media.media import BlobKey

_KEY: Final = re.compile(r"[0-9a-z]+(?:[/-][0-9a-z]+)*")
_MAX_KEY_CHARS: Final = 255


class BlobStore(Protocol):
    """Bytes by key. Every method raises `InvalidError` for what is no `BlobKey`, and may raise `UnavailableError`."""

    async def put(self, key: BlobKey, chunks: AsyncIterable[bytes], *, content_type: str, length: int) -> None:
        """Keep the chunks under a key, in place of what was there.

        Durable on return. Until then, and when `chunks` raises, nothing is visible, and what was there stays. Holds a
        few chunks in memory, never all. `length` is what the chunks add up to. Raises `UnavailableError` `disk_full`
        when there is no room.
        """

    def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes from `start` up to but not including `end`, by chunks; None: to the end.

        Raises `NotFoundError` before the first chunk when nothing is there. Whoever stops early closes the iterator.
        """

    async def size(self, key: BlobKey) -> int | None:
        """How many bytes are there; None when nothing is."""

    async def delete(self, key: BlobKey) -> None:
        """Forget a key. Idempotent. Readers that have begun may finish."""

    async def sign_upload(self, key: BlobKey, *, content_type: str, length: int, sha256: str, ttl_s: int) -> str | None:
        """An address where anybody may `PUT` exactly these bytes for a while; None: they have to come through `put`."""

    async def sign_download(self, key: BlobKey, *, content_type: str, file_name: str | None, ttl_s: int) -> str | None:
        """An address where anybody may `GET` the bytes for a while; None: they have to come through `read`.

        They arrive under the content type, to be saved under `file_name` if there is one.
        """

    async def sweep(self, age_s: float) -> int:
        """Remove what unfinished `put`s left behind that is older than this; return how much was there."""

    async def check(self) -> None:
        """Write, read and delete a small blob; raise `UnavailableError` that says what does not work."""

    async def close(self) -> None:
        """Release what the store holds open, when nobody uses it any more. Idempotent."""


class Unsigned:
    """The half of a `BlobStore` that signs, for a store that nobody but the server reaches."""

    async def sign_upload(self, key: BlobKey, *, content_type: str, length: int, sha256: str, ttl_s: int) -> str | None:
        """See `BlobStore.sign_upload`."""
        del content_type, length, sha256, ttl_s  # there is no address to sign them into
        checked_key(key)
        return None

    async def sign_download(self, key: BlobKey, *, content_type: str, file_name: str | None, ttl_s: int) -> str | None:
        """See `BlobStore.sign_download`."""
        del content_type, file_name, ttl_s
        checked_key(key)
        return None


def checked_key(key: BlobKey) -> BlobKey:
    """The key itself; raises `InvalidError` for a text that could name something outside of the store."""
    if len(key) > _MAX_KEY_CHARS or not _KEY.fullmatch(key):
        raise InvalidError("That is no key of a blob: letters a to z and digits with / and - between", code="bad_key")
    return key


async def check_by_use(store: BlobStore, key: BlobKey) -> None:
    """Use a store as `BlobStore.check` says, under a key of nobody."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"panope"

    await store.put(key, chunks(), content_type="text/plain", length=6)
    read = b"".join([chunk async for chunk in store.read(key)])
    await store.delete(key)
    if read != b"panope":
        raise UnavailableError("What was written to the media store was not read back", code="blobs_broken")
