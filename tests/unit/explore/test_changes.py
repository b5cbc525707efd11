"""The feed of changes: one loop while somebody listens, none while nobody does."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.errors import RateLimitedError, UnavailableError
from panope.domain.ids import ProjectId
from panope.features.explore import changes as module
from panope.features.explore.changes import ChangeFeed, Listener
from panope.ports.exploration import Changes
from tests.support.batches import batch
from tests.support.told import minute, trace

PROJECT = ProjectId("one")
OTHER = ProjectId("two")
SOON_S = 5.0


class Store(MemoryTelemetry):
    """Counts how often it is asked, and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.is_away = False
        self.go_on = asyncio.Event()
        self.is_held = False
        """Whether whatever is asked waits for `go_on` before it looks."""

    async def read_changes(self, *args: object, **named: object) -> Changes:
        self.asked += 1
        if self.is_away:
            raise UnavailableError("away")
        if self.is_held:
            await self.go_on.wait()
        return await super().read_changes(*args, **named)  # type: ignore[arg-type]


class Stage:
    """A feed over a store."""

    def __init__(self) -> None:
        self.store = Store()
        self.is_stopping = False
        self.feed = ChangeFeed(self.store, lambda: minute(60), lambda: self.is_stopping, every_s=0.001)

    async def tell(self, trace_id: str, project_id: ProjectId = PROJECT) -> None:
        await self.store.apply(batch(project_id, [trace(trace_id, 30)]))


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def heard(listener: Listener) -> list[str]:
    changes = await listener.wait(SOON_S)
    assert changes is not None
    return changes.trace_ids


async def until(holds: Callable[[], bool], act: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)) -> None:
    async with asyncio.timeout(SOON_S):
        while not holds():
            await act()
            await asyncio.sleep(0)


async def test_listeners_hear_of_their_own_project(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT) as (one, first), stage.feed.listen(OTHER) as (two, _):
        assert first.trace_ids == []
        await stage.tell("a")
        await stage.tell("b", OTHER)
        assert await heard(one) == ["a"]
        assert await heard(two) == ["b"]


async def test_two_who_listen_to_the_same_are_told_the_same_by_one_loop(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT) as (one, _), stage.feed.listen(PROJECT) as (two, _):
        await stage.tell("a")
        assert await heard(one) == await heard(two) == ["a"]
        rounds = stage.store.asked
        await until(lambda: stage.store.asked >= rounds + 3)
        assert await one.wait(0) is None


async def test_nothing_is_asked_while_nobody_listens(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT):
        assert stage.feed.is_running
    await until(lambda: not stage.feed.is_running)
    assert stage.feed._places == {}
    async with stage.feed.listen(PROJECT) as (listener, _):
        await stage.tell("again")
        assert await heard(listener) == ["again"]


async def test_who_comes_back_hears_what_happened_meanwhile(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT) as (_, first):
        pass
    await stage.tell("meanwhile")
    async with stage.feed.listen(PROJECT, after=first.place) as (_, missed):
        assert missed.trace_ids == ["meanwhile"]
    async with stage.feed.listen(PROJECT) as (_, none):
        assert none.trace_ids == []


async def test_who_comes_while_the_store_is_asked_misses_nothing(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT) as (one, _):
        stage.store.is_held = True
        asked = stage.store.asked
        await until(lambda: stage.store.asked > asked)
        stage.store.is_held = False
        async with stage.feed.listen(PROJECT) as (two, first):
            assert first.trace_ids == []
            await stage.tell("a")
            stage.store.go_on.set()
            assert await heard(one) == ["a"]
            assert await heard(two) == ["a"]
            await until(lambda: stage.feed._places[PROJECT] != first.place)


async def test_a_store_that_is_away_is_asked_again(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT) as (listener, _):
        stage.store.is_away = True
        await stage.tell("a")
        asked = stage.store.asked
        await until(lambda: stage.store.asked > asked + 1)
        stage.store.is_away = False
        assert await heard(listener) == ["a"]


async def test_who_does_not_keep_up_is_let_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_WAITING", 1)
    async with stage.feed.listen(PROJECT) as (listener, _):
        numbers = count()
        await until(lambda: listener.is_over, lambda: stage.tell(f"t{next(numbers)}"))
        assert await listener.wait(SOON_S) is not None


async def test_listeners_are_let_go_when_the_server_stops(stage: Stage) -> None:
    async with stage.feed.listen(PROJECT) as (listener, _):
        stage.is_stopping = True
        assert await listener.wait(SOON_S) is None
        assert listener.is_over


async def test_so_many_may_listen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_LISTENERS", 1)
    stage.feed.require_room()
    async with stage.feed.listen(PROJECT):
        with pytest.raises(RateLimitedError):
            stage.feed.require_room()
    stage.feed.require_room()
