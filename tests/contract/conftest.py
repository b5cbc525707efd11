"""The `engine` fixture: every contract case runs unchanged on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.engines import ENGINES, Engine, open_engine


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """A fresh, empty store."""
    opened = await open_engine(request.param, request, tmp_path)
    yield opened
    await opened.writer.close()
    await opened.reader.close()
    await opened.metrics.close()
    await opened.row_metrics.close()
