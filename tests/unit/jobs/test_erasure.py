"""The runner that erases deleted projects: what it does when things go wrong, and how it stops."""

import asyncio
from typing import Any

import pytest

from panope.domain.accounts import DeletedProject
from panope.domain.errors import UnavailableError
from panope.domain.ids import ProjectId
from panope.jobs import rounds
from panope.jobs.erasure import ErasureRunner


class Script:
    """Projects whose pages are counted down, and what happens meanwhile."""

    def __init__(self, pages: dict[str, int], *failures: Exception) -> None:
        self.pages = pages
        self.failures = list(failures)
        self.finished: list[str] = []
        self.has_finished = asyncio.Event()
        self.when_emptied: Any = None

    async def list_due(self) -> list[DeletedProject]:
        if self.failures:
            raise self.failures.pop(0)
        return [DeletedProject(id=ProjectId(name), deleted_us=1) for name in self.pages if name not in self.finished]

    async def empty(self, project: DeletedProject) -> int:
        left = self.pages[project.id]
        self.pages[project.id] = max(0, left - 1)
        if self.when_emptied is not None:
            self.when_emptied()
        return left

    async def finish(self, project: DeletedProject) -> bool:
        self.finished.append(project.id)
        self.has_finished.set()
        return True


async def test_every_page_of_every_project_goes_before_it_is_finished() -> None:
    script = Script({"a": 3, "b": 0})
    await ErasureRunner(script).run_once()
    assert script.pages == {"a": 0, "b": 0}
    assert script.finished == ["a", "b"]


async def test_a_project_that_fails_keeps_no_other_waiting() -> None:
    script = Script({"a": 1, "b": 1})

    def fail_once() -> None:
        script.when_emptied = None
        raise UnavailableError("The store is away")

    script.when_emptied = fail_once
    with pytest.raises(UnavailableError):
        await ErasureRunner(script).run_once()
    assert script.finished == ["b"]


async def test_a_runner_that_is_stopped_finishes_nothing_half_done() -> None:
    script = Script({"a": 1_000})
    runner = ErasureRunner(script)
    script.when_emptied = runner.stop
    await asyncio.wait_for(runner.run(), 10)
    assert script.finished == []
    assert script.pages == {"a": 999}


async def test_failures_end_nothing_and_a_call_wakes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_RETRY_S", 0.0)
    monkeypatch.setattr(rounds, "_REST_S", 0.01)
    script = Script({"a": 0}, UnavailableError("The store is away"), ValueError("unforeseen"))
    runner = ErasureRunner(script)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(10):
        await script.has_finished.wait()
        monkeypatch.setattr(rounds, "_REST_S", 3_600.0)
        script.pages["b"] = 0
        script.has_finished.clear()
        runner.wake()
        await script.has_finished.wait()
        runner.stop()
        await running
    assert script.finished == ["a", "b"]
