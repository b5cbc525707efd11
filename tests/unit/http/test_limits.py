import asyncio
import gzip
import random
import zlib
from collections.abc import AsyncIterator, Iterable

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from panope.domain.errors import InvalidError, RateLimitedError, TooLargeError
from panope.http import limits as limits_module
from panope.http.limits import Admission, BodyLimits, Reservation, read_body, unpack

LIMITS = BodyLimits(max_body_bytes=200_000, max_in_flight_bytes=300_000, max_in_flight_requests=2, body_timeout_s=0.05)


def request_of(chunks: Iterable[bytes], headers: dict[str, str] | None = None, *, never_ends: bool = False) -> Request:
    async def messages() -> AsyncIterator[Message]:
        for chunk in chunks:
            yield {"type": "http.request", "body": chunk, "more_body": True}
        if never_ends:
            await asyncio.Event().wait()
        yield {"type": "http.request", "body": b"", "more_body": False}

    source = messages()
    sent = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": sent}, lambda: anext(source))


async def read(
    chunks: Iterable[bytes],
    headers: dict[str, str] | None = None,
    *,
    limits: BodyLimits = LIMITS,
    never_ends: bool = False,
) -> bytes:
    admission = Admission(limits)
    async with admission.admit() as reservation:
        body = await read_body(request_of(chunks, headers, never_ends=never_ends), reservation, limits)
        assert admission.in_flight_bytes == len(body)
    assert admission.in_flight_bytes == 0
    assert admission.in_flight_requests == 0
    return body


GZIP = {"content-encoding": "gzip"}


async def test_a_body_in_chunks_arrives_whole() -> None:
    assert await read([b"ab", b"", b"cd"]) == b"abcd"


@pytest.mark.parametrize("size", [0, 1, 1000, 199_999, 200_000])
async def test_gzip_unpacks_to_what_was_packed(size: int) -> None:
    body = bytes(index * 7 % 251 for index in range(size))
    packed = gzip.compress(body)
    assert await read([packed[:10], packed[10:]], GZIP) == body


async def test_gzip_of_several_members_unpacks_to_all_of_them() -> None:
    assert await read([gzip.compress(b"one "), gzip.compress(b"two")], GZIP) == b"one two"


async def test_members_that_are_larger_than_a_step_unpack_to_all_of_them() -> None:
    body = bytes(3_000_000) + random.Random(2).randbytes(100_000)
    limits = BodyLimits(max_body_bytes=10_000_000)
    assert await read([gzip.compress(body) * 3], GZIP, limits=limits) == body * 3
    assert await read([zlib.compress(body) * 3], {"content-encoding": "deflate"}, limits=limits) == body * 3


@pytest.mark.parametrize("empty", [zlib.compress(b""), gzip.compress(b"", mtime=0)])
async def test_members_that_unpack_to_nothing_are_counted(empty: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    original = zlib.decompressobj
    monkeypatch.setattr(zlib, "decompressobj", lambda wbits: made.append(wbits) or original(wbits))
    limits = BodyLimits()
    assert await read([empty * 10_000], GZIP, limits=limits) == b""
    made.clear()
    with pytest.raises(InvalidError) as refused:
        await read([empty * 100_000], GZIP, limits=limits)
    assert refused.value.code == "too_many_members"
    assert len(made) <= 10_000


def test_what_a_member_leaves_is_not_copied_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    original = limits_module._step

    def step(member: "zlib._Decompress", piece: memoryview, room: int) -> bytes:
        given.append(len(piece))
        return original(member, piece, room)

    monkeypatch.setattr(limits_module, "_step", step)
    packed = zlib.compress(b"") * 9_000
    with_room = BodyLimits()
    unpack(packed, with_room, Reservation(Admission(with_room)))
    assert max(given) < len(packed) / 4


async def test_deflate_unpacks_to_what_was_packed() -> None:
    packed = zlib.compress(b"hello" * 100)
    assert await read([packed], {"content-encoding": "deflate"}) == b"hello" * 100


async def test_a_large_packed_body_unpacks_off_the_event_loop_to_the_same_bytes() -> None:
    body = random.Random(1).randbytes(150_000)
    packed = gzip.compress(body)
    assert len(packed) > 64 * 1024
    limits = BodyLimits(max_body_bytes=200_000, max_in_flight_bytes=400_000)
    assert await read([packed], GZIP, limits=limits) == body


async def test_a_body_beyond_the_limit_is_refused_by_name_of_the_setting() -> None:
    with pytest.raises(TooLargeError, match="max_body_bytes"):
        await read([b"x" * 150_000, b"x" * 60_000])


async def test_a_declared_length_beyond_the_limit_is_refused_before_reading() -> None:
    with pytest.raises(TooLargeError):
        await read([], {"content-length": "200001"}, never_ends=True)


async def test_a_length_that_is_declared_too_small_does_not_help() -> None:
    with pytest.raises(TooLargeError):
        await read([b"x" * 210_000], {"content-length": "5"})


async def test_a_gzip_bomb_is_refused_without_unpacking_it_all() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(TooLargeError, match="max_body_bytes"):
        await read([bomb], GZIP)


@pytest.mark.parametrize(
    "packed",
    [
        b"not gzip at all",
        gzip.compress(b"hello" * 100, mtime=0)[:-4],
        gzip.compress(b"hello" * 100, mtime=0)[:15],
        gzip.compress(b"a", mtime=0) + b"junk",
    ],
)
async def test_a_broken_gzip_stream_is_invalid(packed: bytes) -> None:
    with pytest.raises(InvalidError) as refused:
        await read([packed], GZIP)
    assert refused.value.code == "broken_gzip"


async def test_another_encoding_is_refused_by_name() -> None:
    with pytest.raises(InvalidError) as refused:
        await read([b"x"], {"content-encoding": "br"})
    assert refused.value.code == "unsupported_encoding"


async def test_a_body_that_does_not_arrive_in_time_is_given_up() -> None:
    with pytest.raises(HTTPException) as refused:
        await read([b"half"], never_ends=True)
    assert refused.value.status_code == 408


async def test_requests_beyond_the_cap_are_told_to_come_back() -> None:
    admission = Admission(LIMITS)
    async with admission.admit(), admission.admit():
        with pytest.raises(RateLimitedError, match="max_in_flight_requests") as refused:
            async with admission.admit():
                pass
        assert refused.value.retry_after_s == 1
    async with admission.admit():
        assert admission.in_flight_requests == 1


async def test_bytes_beyond_the_cap_are_told_to_come_back_and_given_back() -> None:
    admission = Admission(LIMITS)
    async with admission.admit() as first:
        first.hold(150_000)
        with pytest.raises(RateLimitedError, match="max_in_flight_bytes"):
            async with admission.admit() as second:
                await read_body(request_of([b"x" * 160_000]), second, LIMITS)
        assert admission.in_flight_bytes == 150_000
