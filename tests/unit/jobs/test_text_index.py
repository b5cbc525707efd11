"""The runner that keeps indexes of texts up: which it works on, when it rests, and how it stops."""

import asyncio
from collections.abc import Sequence

import pytest

from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.jobs.text_index import TextIndexRunner
from panope.ports.texts.index import TextIndexState

_S = 1_000_000


class Script:
    """Indexes with steps that are counted down."""

    def __init__(self, **steps: int) -> None:
        self.steps = steps
        self.taken: set[str] = set()
        self.failures: list[Exception] = []
        self.runner: TextIndexRunner | None = None
        self.claimed: list[str] = []

    async def settle(self) -> Sequence[TextIndexState]:
        return [
            TextIndexState(project_id=ProjectId(name), waiting_rows=left, lag_us=left * _S, rows=0, segments=0, bytes=0)
            for name, left in self.steps.items()
        ]

    async def claim(self, project_id: ProjectId) -> bool:
        self.claimed.append(project_id)
        return project_id not in self.taken

    async def advance(self, project_id: ProjectId) -> int:
        if self.failures:
            raise self.failures.pop()
        if self.runner is not None:
            self.runner.stop()
        left = self.steps[project_id]
        self.steps[project_id] = max(0, left - 1)
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
    script.runner = TextIndexRunner(script)
    await asyncio.wait_for(script.runner.run(), 10)
    assert script.steps == {"a": 999}
