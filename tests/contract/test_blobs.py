"""The contract of blob stores, unchanged for memory, a directory, a bucket and Postgres."""

import asyncio
import errno
import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from panope.adapters.blobs.bucket import BucketBlobStore, BucketOptions
from panope.adapters.blobs.directory import DirectoryBlobStore
from panope.adapters.blobs.memory import MemoryBlobStore
from panope.adapters.blobs.signature import Credentials
from panope.adapters.postgres.blobs import CHUNK_BYTES, PostgresBlobStore
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.domain.errors import InvalidError, NotFoundError, UnavailableError
from panope.domain.media.media import BlobKey
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from panope.ports.blobs import BlobStore
from tests.support.media.buckets import BUCKET, CREDENTIALS, BucketService, bucket_service
from tests.support.media.content import PNG, chunks_of, sha256_of
from tests.support.postgres import PostgresDatabase, postgres_versions

KEY = BlobKey("0a1b/ff/00ff-5")
LARGE = hashlib.sha256(b"seed").digest() * (20 * 1024 * 1024 // 32)
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketService]:
    with bucket_service(tmp_path_factory.mktemp("bucket")) as running:
        yield running


def options_of(service: BucketService, folder: Path) -> BucketOptions:
    return BucketOptions(
        bucket=BUCKET,
        prefix=f"{folder.name}/",
        endpoint=service.endpoint,
        is_path_style=True,
        credentials=CREDENTIALS,
    )


def migrate_catalog(url: str) -> None:
    upgrade(PostgresMigrationTarget(url), Plane.CATALOG)


@pytest.fixture(params=["memory", "directory", "bucket", *postgres_versions()])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BlobStore]:
    if request.param == "memory":
        opened: BlobStore = MemoryBlobStore()
    elif request.param == "directory":
        opened = DirectoryBlobStore(tmp_path / "media", now_us, new_id)
    elif request.param == "bucket":
        opened = BucketBlobStore(options_of(request.getfixturevalue("service"), tmp_path), now_us, new_id)
    else:
        url = request.getfixturevalue("postgres_database")(migrate_catalog, version=request.param)
        opened = PostgresBlobStore(url, new_id)
    yield opened
    await opened.close()
    await opened.close()


async def put(store: BlobStore, content: bytes = PNG, key: BlobKey = KEY) -> None:
    await store.put(key, chunks_of(content), content_type="image/png", length=len(content))


async def read(store: BlobStore, start: int = 0, end: int | None = None, key: BlobKey = KEY) -> bytes:
    return b"".join([chunk async for chunk in store.read(key, start, end)])


async def test_what_was_put_is_read_back_whole_and_in_part(store: BlobStore) -> None:
    await put(store)
    assert await store.size(KEY) == len(PNG)
    assert await read(store) == PNG
    for start, end in ((0, 1), (10, 20), (len(PNG) - 1, None), (5, None), (0, len(PNG)), (7, 7), (0, 10**9)):
        assert await read(store, start, end) == PNG[start:end], (start, end)


async def test_a_large_blob_goes_through_in_chunks(store: BlobStore) -> None:
    await put(store, LARGE)
    sizes = []
    digest = hashlib.sha256()
    async for chunk in store.read(KEY):
        sizes.append(len(chunk))
        digest.update(chunk)
    assert (sum(sizes), digest.digest()) == (len(LARGE), hashlib.sha256(LARGE).digest())
    assert isinstance(store, MemoryBlobStore) or len(sizes) > 5
    assert await read(store, len(LARGE) - 100) == LARGE[-100:]


async def test_a_key_without_a_blob_has_nothing(store: BlobStore) -> None:
    assert await store.size(KEY) is None
    with pytest.raises(NotFoundError):
        await read(store)
    await store.delete(KEY)


async def test_a_deleted_blob_is_gone_and_others_stay(store: BlobStore) -> None:
    other = BlobKey("0a1b/ff/00ff-6")
    await put(store)
    await put(store, b"other", other)
    await store.delete(KEY)
    await store.delete(KEY)
    assert await store.size(KEY) is None
    assert await read(store, key=other) == b"other"


async def test_a_later_blob_replaces_the_earlier_one(store: BlobStore) -> None:
    await put(store, b"earlier and longer")
    await put(store, b"later")
    assert (await read(store), await store.size(KEY)) == (b"later", 5)


class BrokenOffError(Exception):
    """The client went away."""


async def broken_off(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise BrokenOffError


@pytest.mark.parametrize("content", [b"half", LARGE])
async def test_what_breaks_off_leaves_nothing_and_keeps_what_was_there(store: BlobStore, content: bytes) -> None:
    with pytest.raises(BrokenOffError):
        await store.put(KEY, broken_off(content), content_type="image/png", length=len(content) + 1)
    assert await store.size(KEY) is None
    await put(store)
    with pytest.raises(BrokenOffError):
        await store.put(KEY, broken_off(content), content_type="image/png", length=len(content) + 1)
    assert await read(store) == PNG


async def test_a_cancelled_put_leaves_nothing(store: BlobStore) -> None:
    has_begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"begun"
        has_begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(store.put(KEY, endless(), content_type="image/png", length=10))
    await has_begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.size(KEY) is None


async def test_many_puts_of_the_same_blob_at_once_leave_it_whole(store: BlobStore) -> None:
    await asyncio.gather(*(put(store) for _ in range(8)))
    assert await read(store) == PNG


async def test_a_reader_that_stops_early_harms_nobody(store: BlobStore) -> None:
    await put(store, LARGE)
    reading = store.read(KEY)
    first = await anext(reading)
    await reading.aclose()  # type: ignore[attr-defined]  # all of ours are generators
    assert LARGE.startswith(first)
    assert await store.size(KEY) == len(LARGE)


@pytest.mark.parametrize(
    "key", ["", "/", "a/", "/etc/passwd", "../a", "a/../b", "a//b", "A", "a.b", "a b", "ä", "a\0", "a\n", "a" * 256]
)
async def test_a_key_that_could_lead_elsewhere_is_refused(store: BlobStore, key: str) -> None:
    with pytest.raises(InvalidError):
        await put(store, key=BlobKey(key))
    with pytest.raises(InvalidError):
        await read(store, key=BlobKey(key))
    for call in (store.size, store.delete):
        with pytest.raises(InvalidError):
            await call(BlobKey(key))
    with pytest.raises(InvalidError):
        await store.sign_download(BlobKey(key), content_type="image/png", file_name=None, ttl_s=1)


async def test_a_store_that_works_passes_its_check_and_is_left_as_it_was(store: BlobStore) -> None:
    await store.check()
    assert await store.sweep(0) == 0


async def test_without_an_address_for_clients_nothing_is_signed(store: BlobStore) -> None:
    assert await store.sign_upload(KEY, content_type="image/png", length=1, sha256="", ttl_s=60) is None
    assert await store.sign_download(KEY, content_type="image/png", file_name=None, ttl_s=60) is None


# What only one of them can do or suffer.


def fetch(url: str, method: str, content: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Without a key; underscores in names of headers stand for hyphens."""
    request = urllib.request.Request(url, content, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with _DIRECT.open(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


@pytest.fixture
def signing(service: BucketService, tmp_path: Path) -> BucketBlobStore:
    """A bucket that clients reach by themselves."""
    options = msgspec.structs.replace(options_of(service, tmp_path), public_endpoint=service.endpoint)
    return BucketBlobStore(options, now_us, new_id)


async def test_a_signed_address_takes_exactly_what_was_announced(signing: BucketBlobStore) -> None:
    url = await signing.sign_upload(KEY, content_type="image/png", length=len(PNG), sha256=sha256_of(PNG), ttl_s=60)
    assert url is not None
    assert CREDENTIALS.secret_access_key not in url
    right = {"Content_Type": "image/png", "x_amz_checksum_sha256": sha256_of(PNG), "x_ms_blob_type": "BlockBlob"}
    wrong = {
        "another type": (PNG, {**right, "Content_Type": "text/html"}),
        "another checksum": (PNG, {**right, "x_amz_checksum_sha256": sha256_of(b"x")}),
        "less content": (PNG[:-1], right),
        "other content": (b"x" * len(PNG), right),
    }
    for case, (content, headers) in wrong.items():
        status, _, _ = await asyncio.to_thread(fetch, url, "PUT", content, **headers)
        assert status in {400, 403}, case
        assert await signing.size(KEY) is None, case
    status, _, answer = await asyncio.to_thread(fetch, url, "PUT", PNG, **right)
    assert status == 200, answer
    assert await read(signing) == PNG


async def test_a_signed_address_gives_the_bytes_to_be_saved(signing: BucketBlobStore) -> None:
    await put(signing)
    url = await signing.sign_download(KEY, content_type="text/html", file_name="a.html", ttl_s=60)
    assert url is not None
    status, headers, content = await asyncio.to_thread(fetch, url, "GET")
    assert (status, content) == (200, PNG)
    assert (headers["Content-Type"], headers["Content-Disposition"]) == ("text/html", 'attachment; filename="a.html"')
    forged = await asyncio.to_thread(fetch, url.replace("a.html", "b.html"), "GET")
    assert forged[0] == 403


async def test_a_bucket_that_refuses_or_is_away_is_said_without_secrets(service: BucketService, tmp_path: Path) -> None:
    options = options_of(service, tmp_path)
    wrong = msgspec.structs.replace(options, credentials=Credentials("access-key-of-tests", "wrong-secret"))
    away = msgspec.structs.replace(options, endpoint="http://127.0.0.1:9")
    for changed, code in ((wrong, "bucket_refused"), (away, "bucket_unavailable")):
        with pytest.raises(UnavailableError) as refused:
            await BucketBlobStore(changed, now_us, new_id).check()
        assert refused.value.code == code
        assert "secret" not in refused.value.message
        assert "secret" not in repr(changed)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_files_are_private_and_nothing_unfinished_stays(tmp_path: Path) -> None:
    store = DirectoryBlobStore(tmp_path / "media", now_us, new_id)
    await put(store)
    with pytest.raises(BrokenOffError):
        await store.put(KEY, broken_off(b"x"), content_type="image/png", length=2)
    assert files_below(tmp_path) == [tmp_path / "media" / "0a1b" / "ff" / "00ff-5"]
    assert not (tmp_path / "media").stat().st_mode & 0o077


async def test_what_a_dead_process_left_is_swept_by_age(tmp_path: Path) -> None:
    store = DirectoryBlobStore(tmp_path, now_us, new_id)
    await put(store)
    left = tmp_path / "unfinished" / "abc"
    left.write_bytes(b"half")
    os.utime(left, (1_000, 1_000))
    (tmp_path / "unfinished" / "young").write_bytes(b"half")
    assert await store.sweep(3_600) == 1
    assert [path.name for path in (tmp_path / "unfinished").iterdir()] == ["young"]
    assert await read(store) == PNG


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EIO, "media_directory_unusable")],
)
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
async def test_a_disk_that_fails_is_unavailable_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, step: str
) -> None:
    store = DirectoryBlobStore(tmp_path, now_us, new_id)

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr("panope.adapters.blobs.directory._write", fail)
    with pytest.raises(UnavailableError) as failed:
        await put(store)
    assert failed.value.code == code
    assert files_below(tmp_path) == []


async def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="PANOPE_MEDIA_DIR"):
        await DirectoryBlobStore(tmp_path / "file" / "media", now_us, new_id).check()


@pytest.fixture(params=postgres_versions())
async def stores(
    request: pytest.FixtureRequest, postgres_database: PostgresDatabase
) -> AsyncIterator[tuple[PostgresBlobStore, PostgresBlobStore, psycopg.Connection[Any]]]:
    """What two processes have open of one Postgres, and somebody who looks into it."""
    url = postgres_database(migrate_catalog, version=request.param)
    pair = PostgresBlobStore(url, new_id), PostgresBlobStore(url, new_id)
    with psycopg.connect(url, autocommit=True) as connection:
        yield (*pair, connection)
    for opened in pair:
        await opened.close()


Stores = tuple[PostgresBlobStore, PostgresBlobStore, psycopg.Connection[Any]]


def rows_of(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """How many blobs, whole or not, and how many chunks."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM catalog_blob), (SELECT count(*) FROM catalog_blob_chunk)"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


async def test_ranges_are_cut_right_where_chunks_meet(stores: Stores) -> None:
    store, other, _ = stores
    content = LARGE[: 3 * CHUNK_BYTES + 5]
    await put(store, content)
    edges = [0, 1, *(number * CHUNK_BYTES + by for number in (1, 2, 3) for by in (-1, 0, 1)), len(content)]
    for start in edges:
        for end in edges:
            assert await read(other, start, end) == content[start:end], (start, end)


async def test_deleting_frees_the_rows_and_what_breaks_off_leaves_none(stores: Stores) -> None:
    store, other, looking = stores
    await put(store, LARGE)
    assert rows_of(looking) == (1, len(LARGE) // CHUNK_BYTES)
    with pytest.raises(BrokenOffError):
        await other.put(KEY, broken_off(LARGE), content_type="image/png", length=len(LARGE) + 1)
    assert rows_of(looking) == (1, len(LARGE) // CHUNK_BYTES)
    await other.delete(KEY)
    assert rows_of(looking) == (0, 0)


async def test_nobody_sees_what_is_not_whole_and_what_a_dead_process_left_is_swept(stores: Stores) -> None:
    store, other, looking = stores
    has_begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield LARGE[:CHUNK_BYTES]
        yield b"more"
        has_begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(store.put(KEY, endless(), content_type="image/png", length=10**6))
    await has_begun.wait()
    assert rows_of(looking) == (1, 1)
    assert await other.size(KEY) is None
    assert (await other.sweep(3_600), rows_of(looking)) == (0, (1, 1))
    assert (await other.sweep(0), rows_of(looking)) == (1, (0, 0))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("is_whole_row_gone", [True, False])
async def test_chunks_that_were_lost_on_the_way_are_missed_at_the_end(
    stores: Stores, *, is_whole_row_gone: bool
) -> None:
    store, _, looking = stores
    await put(store, b"earlier")

    async def losing() -> AsyncIterator[bytes]:
        yield LARGE[: CHUNK_BYTES + 1]
        looking.execute("DELETE FROM catalog_blob_chunk WHERE octet_length(bytes) > 100")
        if is_whole_row_gone:
            looking.execute("DELETE FROM catalog_blob WHERE key IS NULL")
        yield b"end"

    with pytest.raises(UnavailableError) as lost:
        await store.put(KEY, losing(), content_type="image/png", length=CHUNK_BYTES + 4)
    assert lost.value.code == "blob_lost"
    assert await read(store) == b"earlier"
    assert rows_of(looking) == (1, 1)


async def test_a_reader_may_finish_what_another_process_replaces_and_is_told_what_is_deleted(stores: Stores) -> None:
    store, other, _ = stores
    await put(store, LARGE)
    reading = store.read(KEY)
    begun = await anext(reading)
    await put(other, b"later")
    assert begun + b"".join([chunk async for chunk in reading]) == LARGE
    assert (await other.sweep(0), await read(store)) == (1, b"later")
    await put(other, LARGE)
    reading = store.read(KEY)
    await anext(reading)
    await other.delete(KEY)
    with pytest.raises(NotFoundError):
        await anext(reading)


async def test_puts_and_deletes_of_one_key_by_two_processes_leave_it_whole_or_gone(stores: Stores) -> None:
    store, other, looking = stores
    contents = [bytes([number]) * (CHUNK_BYTES + number) for number in range(12)]
    puts = [put((store, other)[number % 2], content) for number, content in enumerate(contents)]
    await asyncio.gather(*puts, *(each.delete(KEY) for each in (store, other) * 4))
    await put(store, contents[0])
    assert await read(other) in contents
    await store.sweep(0)
    assert rows_of(looking) == (1, 2 if await store.size(KEY) != CHUNK_BYTES else 1)


async def test_a_connection_that_died_is_replaced(stores: Stores) -> None:
    store, _, looking = stores
    await put(store)
    looking.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    await put(store, b"later")
    assert await read(store) == b"later"


async def test_a_postgres_that_is_away_is_unavailable(tmp_path: Path) -> None:
    store = PostgresBlobStore(f"postgresql://u:s3cret@/x?host={tmp_path}", new_id)
    with pytest.raises(UnavailableError) as away:
        await put(store)
    assert "s3cret" not in away.value.message
    await store.close()
