"""The read API in process."""

from collections.abc import AsyncIterator

import pytest

from tests.support.read_api import Api, open_api


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with open_api() as opened:
        yield opened
