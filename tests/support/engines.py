"""Opens each telemetry engine for tests; the suites never know which one they run on."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec import Struct

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.ports.telemetry import TelemetryReader, TelemetryWriter


class Engine(Struct):
    """One engine under test."""

    name: str
    writer: TelemetryWriter
    reader: TelemetryReader


async def _memory(_request: pytest.FixtureRequest, _folder: Path) -> Engine:
    telemetry = MemoryTelemetry()
    return Engine("memory", telemetry, telemetry)


async def _sqlite(_request: pytest.FixtureRequest, folder: Path) -> Engine:
    telemetry = SqliteTelemetry.open(folder / "telemetry.db")
    return Engine("sqlite", telemetry.writer, telemetry.reader)


_OPENERS: dict[str, Callable[[pytest.FixtureRequest, Path], Awaitable[Engine]]] = {
    "memory": _memory,
    "sqlite": _sqlite,
}
ENGINES = tuple(_OPENERS)


async def open_engine(name: str, request: pytest.FixtureRequest, folder: Path) -> Engine:
    """A fresh, empty store of the named engine."""
    return await _OPENERS[name](request, folder)
