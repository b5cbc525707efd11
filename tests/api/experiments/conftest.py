"""The app over every engine, with a clock that moves, and short ways to tell of experiments."""

from collections.abc import AsyncIterator
from itertools import count

import pytest
import pytest_asyncio

from tests.api.conftest import NOW_US
from tests.api.edge import Scene, opened_scene
from tests.api.experiments.teller import Teller
from tests.support.engines import ENGINES


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    ticks = count(NOW_US, 1_000)
    folder = tmp_path_factory.mktemp("scene")
    async with opened_scene(request.param, request, folder, clock=lambda: next(ticks)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def teller(scene: Scene) -> Teller:
    """A project with a dataset of three items."""
    made = Teller(await scene.new_project())
    await made.make_dataset("capitals", "a", "b", "c")
    return made


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(scene: Scene) -> Teller:
    """Another project, empty."""
    return Teller(await scene.new_project())
