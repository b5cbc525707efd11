"""The runner that keeps indexes of texts up: which it works on, when it rests, and how it stops."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.jobs import text_index as module
from panope.jobs.text_index import TextIndexRunner
from panope.ports.texts.index import TextIndexState

_S = 1_000_000


class Script:
    """Indexes with steps that are counted down."""

    def __init__(self, **steps: int) -> None:
        self.steps = steps
        self.taken: set[str] = set()
        self.failures: list[Exception] = []
        self.after_step: Callable[[], None] = lambda: None
        self.claimed: list[str] = []
        self.is_silent = False
        """Whether no rows wait although there are steps: those that unite segments."""

    async def settle(self) -> Sequence[TextIndexState]:
        return [
            TextIndexState(project_id=ProjectId(name), waiting_rows=rows, lag_us=rows * _S, rows=0, segments=0, bytes=0)
            for name, left in self.steps.items()
            for rows in [0 if self.is_silent else left]
        ]

    async def claim(self, project_id: ProjectId) -> bool:
        self.claimed.append(project_id)
        return project_id not in self.taken

    async def advance(self, project_id: ProjectId) -> int:
        if self.failures:
            raise self.failures.pop()
        left = self.steps[project_id]
        self.steps[project_id] = max(0, left - 1)
        self.after_step()
        return left


async def test_every_index_comes_as_far_as_it_goes_and_the_greatest_lag_is_told() -> None:
    script = Script(a=2, b=3)
    runner = TextIndexRunner(script)
    await runner.run_once()
    assert script.steps == {"a": 0, "b": 0}
    assert (runner.lag_s, runner.waiting_rows) == (3.0, 5)
    await runner.run_once()
    assert (runner.lag_s, runner.waiting_rows) == (0.0, 0)


async def test_an_index_that_another_process_works_on_is_left_to_it() -> None:
    script = Script(a=2, b=2)
    script.taken = {"a"}
    await TextIndexRunner(script).run_once()
    assert script.steps == {"a": 2, "b": 0}


async def test_what_has_nothing_waiting_is_looked_at_now_and_then() -> None:
    script = Script(a=0)
    runner = TextIndexRunner(script)
    for _ in range(31):
        await runner.run_once()
    assert script.claimed == ["a", "a"]


async def test_one_index_that_fails_keeps_no_other_waiting() -> None:
    script = Script(a=1, b=1)
    script.failures = [UnavailableError("The store is away")]
    with pytest.raises(UnavailableError):
        await TextIndexRunner(script).run_once()
    assert script.steps == {"a": 1, "b": 0}


async def test_a_runner_that_is_stopped_ends_after_its_step() -> None:
    script = Script(a=1_000)
    runner = TextIndexRunner(script)
    script.after_step = runner.stop
    await asyncio.wait_for(runner.run(), 10)
    assert script.steps == {"a": 999}


async def test_indexes_take_turns_without_a_rest_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TURN_S", 0.0)
    script = Script(a=3, b=2)
    runner = TextIndexRunner(script)
    script.after_step = lambda: None if any(script.steps.values()) else runner.stop()
    await asyncio.wait_for(runner.run(), 1)
    assert script.claimed == ["a", "b", "a", "b", "a", "b"]


async def test_a_runner_that_is_woken_looks_again_after_its_step() -> None:
    script = Script(a=1_000, b=1_000)
    runner = TextIndexRunner(script)
    script.after_step = runner.wake
    await runner.run_once()
    assert script.steps == {"a": 999, "b": 999}


async def test_a_turn_that_was_not_enough_is_followed_by_another_though_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_TURN_S", 0.0)
    script = Script(a=2)
    script.is_silent = True
    runner = TextIndexRunner(script)
    for _ in range(5):
        await runner.run_once()
    assert script.claimed == ["a", "a", "a"]


async def test_memory_is_handed_back_once_the_work_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    trims: list[int] = []
    monkeypatch.setattr(module, "trim", lambda: trims.append(1))
    script = Script(a=2)
    runner = TextIndexRunner(script)
    await runner.run_once()
    await runner.run_once()
    assert len(trims) == 1
    script.steps["a"] = 2
    await runner.run_once()
    assert len(trims) == 1  # not again within the minute
    monkeypatch.setattr(module, "_TRIM_S", 0.0)
    await runner.run_once()
    await runner.run_once()
    assert len(trims) == 2  # nothing was done since
    monkeypatch.setattr(module, "_TURN_S", 0.0)
    script.steps["a"] = 2
    await runner.run_once()
    assert len(trims) == 2  # it has to go on
