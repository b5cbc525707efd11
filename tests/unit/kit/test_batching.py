import asyncio
import threading
from collections.abc import Sequence

import pytest

from panope.kit.batching import GroupCommit, Limits, QueueClosedError, QueueFullError


class Ledger:
    """Commits jobs that are numbers; holds the first commit until told to go on, so that the rest has to wait."""

    def __init__(self, *, bad: Sequence[int] = (), error: Exception | None = None) -> None:
        self.groups: list[list[int]] = []
        self.threads: set[str] = set()
        self.began = threading.Event()
        self.may_go_on = threading.Event()
        self._bad = bad
        self._error = error or ValueError("bad job")

    def commit(self, jobs: Sequence[int]) -> list[int]:
        self.groups.append(list(jobs))
        self.threads.add(threading.current_thread().name)
        self.began.set()
        assert self.may_go_on.wait(10)
        if any(job in self._bad for job in jobs):
            raise self._error
        return [job * 10 for job in jobs]


async def _hold_first(queue: GroupCommit[int, int], ledger: Ledger) -> asyncio.Task[int]:
    first = asyncio.create_task(queue.submit(0, 1))
    await asyncio.to_thread(ledger.began.wait, 10)
    return first


async def _submit_behind(queue: GroupCommit[int, int], jobs: Sequence[int], size: int = 1) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(queue.submit(job, size)) for job in jobs]
    before = queue.depth
    await asyncio.sleep(0)
    assert queue.depth == before + len(jobs)
    return tasks


async def test_jobs_that_wait_are_committed_together() -> None:
    ledger = Ledger()
    queue = GroupCommit(ledger.commit, name="writer")
    first = await _hold_first(queue, ledger)
    tasks = await _submit_behind(queue, [1, 2, 3])
    ledger.may_go_on.set()
    assert await asyncio.gather(first, *tasks) == [0, 10, 20, 30]
    assert ledger.groups == [[0], [1, 2, 3]]
    assert ledger.threads == {"writer"}
    await queue.close()


async def test_a_group_is_bounded_by_jobs_and_by_bytes() -> None:
    ledger = Ledger()
    queue = GroupCommit(ledger.commit, name="writer", limits=Limits(group_jobs=3, group_bytes=25))
    first = await _hold_first(queue, ledger)
    light = await _submit_behind(queue, [1, 2, 3, 4])
    heavy = [asyncio.create_task(queue.submit(job, 10)) for job in (5, 6, 7)]
    await asyncio.sleep(0)
    assert queue.depth == 7
    ledger.may_go_on.set()
    await asyncio.gather(first, *light, *heavy)
    assert ledger.groups == [[0], [1, 2, 3], [4, 5, 6], [7]]
    await queue.close()


async def test_a_job_larger_than_a_group_is_committed_alone() -> None:
    ledger = Ledger()
    ledger.may_go_on.set()
    queue = GroupCommit(ledger.commit, name="writer", limits=Limits(group_bytes=10, queue_bytes=10))
    assert await queue.submit(4, 1000) == 40
    await queue.close()


async def test_one_bad_job_harms_nobody_else() -> None:
    ledger = Ledger(bad=[2])
    queue = GroupCommit(ledger.commit, name="writer")
    first = await _hold_first(queue, ledger)
    tasks = await _submit_behind(queue, [1, 2, 3])
    ledger.may_go_on.set()
    outcomes = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert outcomes[:2] == [0, 10]
    assert isinstance(outcomes[2], ValueError)
    assert outcomes[3] == 30
    assert ledger.groups == [[0], [1, 2, 3], [1], [2], [3]]
    await queue.close()


async def test_a_hopeless_failure_is_not_tried_job_by_job() -> None:
    ledger = Ledger(bad=[2], error=OSError("disk full"))
    queue = GroupCommit(ledger.commit, name="writer", is_hopeless=lambda error: isinstance(error, OSError))
    first = await _hold_first(queue, ledger)
    tasks = await _submit_behind(queue, [1, 2, 3])
    ledger.may_go_on.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(outcome, OSError) for outcome in outcomes)
    assert ledger.groups == [[0], [1, 2, 3]]
    assert await first == 0
    assert await queue.submit(5, 1) == 50, "the thread goes on after a failure"
    await queue.close()


async def test_a_full_queue_refuses_at_once_by_count_and_by_bytes() -> None:
    ledger = Ledger()
    queue = GroupCommit(ledger.commit, name="writer", limits=Limits(queue_jobs=2, queue_bytes=100))
    first = await _hold_first(queue, ledger)
    tasks = await _submit_behind(queue, [1], size=60)
    with pytest.raises(QueueFullError):
        await queue.submit(2, 41)
    tasks += [asyncio.create_task(queue.submit(3, 40))]
    await asyncio.sleep(0)
    assert queue.depth == 2
    with pytest.raises(QueueFullError):
        await queue.submit(4, 0)
    ledger.may_go_on.set()
    assert await asyncio.gather(first, *tasks) == [0, 10, 30]
    assert await queue.submit(5, 100) == 50, "room is given back"
    await queue.close()


async def test_close_finishes_what_is_queued_and_then_refuses() -> None:
    ledger = Ledger()
    queue = GroupCommit(ledger.commit, name="writer")
    first = await _hold_first(queue, ledger)
    tasks = await _submit_behind(queue, [1, 2])
    closing = asyncio.create_task(queue.close())
    await asyncio.sleep(0)
    with pytest.raises(QueueClosedError):
        await queue.submit(3, 1)
    ledger.may_go_on.set()
    await closing
    assert await asyncio.gather(first, *tasks) == [0, 10, 20]
    await queue.close()


async def test_a_queue_that_was_never_used_closes() -> None:
    await GroupCommit(Ledger().commit, name="writer").close()


async def test_a_caller_that_goes_away_does_not_stop_its_job_or_its_neighbours() -> None:
    ledger = Ledger()
    queue = GroupCommit(ledger.commit, name="writer")
    first = await _hold_first(queue, ledger)
    tasks = await _submit_behind(queue, [1, 2])
    tasks[0].cancel()
    await asyncio.sleep(0)
    ledger.may_go_on.set()
    assert await first == 0
    assert await tasks[1] == 20
    assert tasks[0].cancelled()
    assert ledger.groups == [[0], [1, 2]]
    await queue.close()


def test_callers_on_a_closed_loop_do_not_stop_the_thread() -> None:
    ledger = Ledger()
    queue = GroupCommit(ledger.commit, name="writer")
    lost = asyncio.new_event_loop()
    task = lost.create_task(queue.submit(1, 1))
    lost.run_until_complete(asyncio.sleep(0))
    task.cancel()
    lost.run_until_complete(asyncio.gather(task, return_exceptions=True))
    lost.close()
    ledger.may_go_on.set()

    async def go_on() -> int:
        answer = await queue.submit(2, 1)
        await queue.close()
        return answer

    assert asyncio.run(go_on()) == 20
