"""Engines for the contract suites: every case runs unchanged on each of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from msgspec import Struct

from panope.adapters.memory.telemetry import MemoryTelemetry
#from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.ports.telemetry import TelemetryReader, TelemetryWriter

ENGINES = ("memory",)


class Engine(Struct):
    """One engine under test."""

    name: str
    writer: TelemetryWriter
    reader: TelemetryReader


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """A fresh, empty store."""
    opener: Callable[[pytest.FixtureRequest, Path], Awaitable[Engine]] = _OPENERS[request.param]
    opened = await opener(request, tmp_path)
    yield opened
    await opened.writer.close()
    await opened.reader.close()


async def _memory(_request: pytest.FixtureRequest, _path: Path) -> Engine:
    telemetry = MemoryTelemetry()
    return Engine("memory", telemetry, telemetry)


async def _sqlite(_request: pytest.FixtureRequest, path: Path) -> Engine:
    telemetry = SqliteTelemetry.open(path / "telemetry.db")
    return Engine("sqlite", telemetry.writer, telemetry.reader)


_OPENERS = {"memory": _memory, "sqlite": _sqlite}
