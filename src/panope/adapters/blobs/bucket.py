"""Blobs in a bucket of S3, or of what speaks like it. Needs the extra `s3`."""

import errno
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from panope.adapters.blobs.chunks import CHUNK_BYTES, gathered, in_thread
from panope.adapters.blobs.signature import Credentials, sign_url
from panope.domain.errors import NotFoundError, UnavailableError
from panope.domain.media.media import BlobKey
from panope.kit.clock import Clock
from panope.ports.blobs import check_by_use, checked_key

if TYPE_CHECKING:
    from obstore.store import S3Config  # not there at run time

_PART_BYTES: Final = 8 * 1024 * 1024
_PARTS_AT_A_TIME: Final = 2
_CONNECT_TIMEOUT: Final = timedelta(seconds=5)
_REQUEST_TIMEOUT: Final = timedelta(minutes=15)
_RETRY_TIMEOUT: Final = timedelta(seconds=10)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_Result = TypeVar("_Result")


class BucketOptions(Struct, frozen=True, kw_only=True):
    """Which bucket, and how it is reached."""

    bucket: str
    prefix: str = ""
    """Before every key; empty, or ending in a slash."""
    region: str = "us-east-1"
    endpoint: str | None = None
    """Address of the service for this server; None: that of AWS."""
    public_endpoint: str | None = None
    """Address of the service for clients; None: they come through the server."""
    is_path_style: bool = False
    """Whether the bucket stands in the path of an address; else in its host."""
    credentials: Credentials | None = None
    """None: as obstore finds them, in the environment or from the machine; then no address can be signed."""


class BucketBlobStore:
    """Implements `BlobStore`. What comes through the server is checked in a temporary file before it is sent on."""

    def __init__(self, options: BucketOptions, clock: Clock, new_id: Callable[[], str]) -> None:
        self._options = options
        self._clock = clock
        self._new_id = new_id
        self._store = _open(options)

    async def put(self, key: BlobKey, chunks: AsyncIterable[bytes], *, content_type: str, length: int) -> None:
        """See `BlobStore.put`."""
        path = self._path(key)
        try:
            with tempfile.NamedTemporaryFile(prefix="panope-media-") as file:
                async for piece in gathered(chunks):
                    await in_thread(partial(file.write, piece))
                await in_thread(file.flush)
                sending = obstore.put_async(
                    self._store,
                    path,
                    Path(file.name),
                    attributes={"Content-Type": content_type},
                    use_multipart=length > _PART_BYTES,
                    chunk_size=_PART_BYTES,
                    max_concurrency=_PARTS_AT_A_TIME,
                )
                await self._ask(sending)
        except NotFoundError:
            raise self._unavailable() from None
        except OSError as error:
            if error.errno not in _FULL:
                raise
            text = "The disk for temporary files is full, so nothing was kept: make room, or set TMPDIR to another"
            raise UnavailableError(text, code="disk_full", retry_after_s=30) from None

    async def read(self, key: BlobKey, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore.read`."""
        size = await self.size(key)
        if size is None:
            raise _missing()
        end = size if end is None else min(end, size)
        if start >= end:
            return
        asking = obstore.get_async(self._store, self._path(key), options={"range": (start, end)})
        found = await self._ask(asking)
        try:
            async for piece in found.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(piece)
        except BaseError as error:
            raise self._explained(error) from None

    async def size(self, key: BlobKey) -> int | None:
        """See `BlobStore.size`."""
        try:
            return (await self._ask(obstore.head_async(self._store, self._path(key))))["size"]
        except NotFoundError:
            return None

    async def delete(self, key: BlobKey) -> None:
        """See `BlobStore.delete`."""
        with suppress(NotFoundError):  # as a service says of a key that others are silent about
            await self._ask(obstore.delete_async(self._store, self._path(key)))

    async def sign_upload(self, key: BlobKey, *, content_type: str, length: int, sha256: str, ttl_s: int) -> str | None:
        """See `BlobStore.sign_upload`."""
        headers = {"content-type": content_type, "content-length": str(length), "x-amz-checksum-sha256": sha256}
        return self._signed("PUT", key, ttl_s, headers, {})

    async def sign_download(self, key: BlobKey, *, content_type: str, file_name: str | None, ttl_s: int) -> str | None:
        """See `BlobStore.sign_download`."""
        disposition = f'attachment; filename="{file_name}"' if file_name else "inline"
        query = {"response-content-type": content_type, "response-content-disposition": disposition}
        return self._signed("GET", key, ttl_s, {}, query)

    async def sweep(self, age_s: float) -> int:
        """See `BlobStore.sweep`. Parts of uploads that a server did not finish are for the bucket's own rules."""
        del age_s  # temporary files have no name that outlives them
        return 0

    async def check(self) -> None:
        """See `BlobStore.check`."""
        await check_by_use(self, BlobKey(f"check/{self._new_id()}"))

    async def close(self) -> None:
        """See `BlobStore.close`; nothing is held open."""

    def _path(self, key: BlobKey) -> str:
        return self._options.prefix + checked_key(key)

    def _signed(
        self, method: str, key: BlobKey, ttl_s: int, headers: dict[str, str], query: dict[str, str]
    ) -> str | None:
        path = self._path(key)
        credentials, endpoint = self._options.credentials, self._options.public_endpoint
        if credentials is None or endpoint is None:
            return None
        return sign_url(
            method,
            f"{_bucket_url(self._options, endpoint)}/{path}",
            credentials,
            region=self._options.region,
            at=datetime.fromtimestamp(self._clock() / 1_000_000, UTC),
            ttl_s=ttl_s,
            headers=headers,
            query=query,
        )

    async def _ask(self, call: Awaitable[_Result]) -> _Result:
        try:
            return await call
        except FileNotFoundError:
            raise _missing() from None
        except BaseError as error:
            raise self._explained(error) from None

    def _explained(self, error: BaseError) -> UnavailableError:
        """Without the words of the service, which may repeat what was sent."""
        if isinstance(error, PermissionDeniedError | UnauthenticatedError):
            bucket = self._options.bucket
            text = f"The bucket {bucket} does not let this server in: check its credentials and what they allow"
            return UnavailableError(text, code="bucket_refused")
        return self._unavailable()

    def _unavailable(self) -> UnavailableError:
        bucket = self._options.bucket
        text = f"The bucket {bucket} does not answer as it should: check its name, region and endpoint, or try later"
        return UnavailableError(text, code="bucket_unavailable")


def _open(options: BucketOptions) -> S3Store:
    config: S3Config = {"region": options.region, "virtual_hosted_style_request": not options.is_path_style}
    if options.credentials is not None:
        config["access_key_id"] = options.credentials.access_key_id
        config["secret_access_key"] = options.credentials.secret_access_key
    if options.endpoint is not None:
        config["endpoint"] = options.endpoint if options.is_path_style else _bucket_url(options, options.endpoint)
    return S3Store(
        options.bucket,
        config=config,
        client_options={
            "allow_http": (options.endpoint or "").startswith("http://"),
            "connect_timeout": _CONNECT_TIMEOUT,
            "timeout": _REQUEST_TIMEOUT,
        },
        retry_config={"max_retries": 2, "retry_timeout": _RETRY_TIMEOUT},
    )


def _bucket_url(options: BucketOptions, endpoint: str) -> str:
    if options.is_path_style:
        return f"{endpoint}/{options.bucket}"
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{options.bucket}.{parts.netloc}{parts.path}"


def _missing() -> NotFoundError:
    return NotFoundError("Nothing is stored under this key", code="blob_not_found")
