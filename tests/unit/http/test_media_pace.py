"""Uploads that never end are given up, however often they send a byte."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from panope.http.fast.media import MediaContentEndpoint
from panope.http.limits import Admission, BodyLimits

TIMEOUT_S = 1.0


async def receive(_token: str, _sent: Any, chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def send(sends: Callable[[int], Message]) -> int:
    """Put what is sent every few milliseconds; the status of the answer."""
    sent = 0

    async def next_message() -> Message:
        nonlocal sent
        await asyncio.sleep(TIMEOUT_S / 20)
        sent += 1
        return sends(sent)

    services: Any = SimpleNamespace(uploads=SimpleNamespace(receive=receive), reading=None)
    endpoint = MediaContentEndpoint(services, Admission(BodyLimits(body_timeout_s=TIMEOUT_S)))
    scope = {"type": "http", "method": "PUT", "headers": [], "path_params": {"token": "t"}}
    return (await endpoint.put_content(Request(scope, next_message))).status_code


async def test_a_byte_now_and_then_does_not_hold_a_place_for_ever() -> None:
    with pytest.raises(HTTPException) as refused:
        async with asyncio.timeout(10):
            await send(lambda _number: {"type": "http.request", "body": b"x", "more_body": True})
    assert refused.value.status_code == 408


async def test_a_client_that_keeps_sending_may_take_longer_than_one_pause() -> None:
    part = b"x" * 1_024
    status = await send(lambda number: {"type": "http.request", "body": part, "more_body": number < 40})
    assert status == 200
