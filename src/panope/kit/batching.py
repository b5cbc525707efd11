"""Group commit: many callers wait, one thread does their work together.

A bounded queue feeds one thread. It takes all that waits, up to a limit, and commits it as one; when that fails, it
commits each job alone, so that a bad one harms nobody else. Callers are `async`, the commit function is not.

The thread also runs errands: work that prepares a job and needs the processor. Only one thread of Python makes progress
at a time, and threads that compete for that turn wait for it in milliseconds; so both are done in one place, in turns.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from panope.kit.clock import monotonic_s

Job = TypeVar("Job")
Answer = TypeVar("Answer")
Result = TypeVar("Result")
OnCommit = Callable[[int, float], None]
"""Told how many jobs a commit made durable, and in how many seconds."""


class QueueFullError(Exception):
    """The queue holds as many jobs or bytes as it may."""


class QueueClosedError(Exception):
    """The queue takes no more jobs."""


class Limits:
    """Bounds of the queue and of one group. A group always takes one job, however large."""

    def __init__(
        self,
        *,
        queue_jobs: int = 2000,
        queue_bytes: int = 64_000_000,
        group_jobs: int = 128,
        group_bytes: int = 4_000_000,
    ) -> None:
        self.queue_jobs = queue_jobs
        self.queue_bytes = queue_bytes
        self.group_jobs = group_jobs
        self.group_bytes = group_bytes


class _Waiting(Generic[Job, Answer]):
    """A job with the caller that waits for it."""

    __slots__ = ("future", "job", "loop", "size")

    def __init__(self, job: Job, size: int) -> None:
        self.job = job
        self.size = size
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Answer] = self.loop.create_future()


_Errand = _Waiting[Callable[[], Any], Any]


class GroupCommit(Generic[Job, Answer]):
    """The queue and its thread, which starts with the first job."""

    def __init__(
        self,
        commit: Callable[[Sequence[Job]], Sequence[Answer]],
        *,
        name: str,
        limits: Limits | None = None,
        is_hopeless: Callable[[Exception], bool] | None = None,
        on_commit: OnCommit | None = None,
    ) -> None:
        """Commit groups with `commit`, which answers each job in order or raises, having done none.

        `is_hopeless` tells which failures would befall every job alone as well, so that a split would be in vain.
        `on_commit` is told of every commit that succeeded, on the thread that commits.
        """
        self._commit = commit
        self._name = name
        self._limits = limits or Limits()
        self._is_hopeless = is_hopeless or (lambda _: False)
        self._on_commit = on_commit or (lambda _count, _duration_s: None)
        self._changed = threading.Condition()
        self._queue: deque[_Waiting[Job, Answer]] = deque()
        self._errands: deque[_Errand] = deque()
        self._queued_bytes = 0
        self._is_closed = False
        self._thread: threading.Thread | None = None

    async def submit(self, job: Job, size: int) -> Answer:
        """Queue a job of about `size` bytes and wait for its answer.

        Raises `QueueFullError` or `QueueClosedError` at once, or what the commit raised. A caller that is cancelled
        while it waits does not stop the job.
        """
        waiting: _Waiting[Job, Answer] = _Waiting(job, size)
        with self._changed:
            self._admit(waiting)
        return await waiting.future

    async def run(self, errand: Callable[[], Result]) -> Result:
        """Run something on the thread, before the next commit. Raises `QueueClosedError`, or what it raised."""
        waiting: _Errand = _Waiting(errand, 0)
        with self._changed:
            if self._is_closed:
                raise QueueClosedError
            self._errands.append(waiting)
            self._wake()
        result: Result = await waiting.future
        return result

    async def close(self) -> None:
        """Finish what is queued, refuse what comes. Idempotent."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            await asyncio.to_thread(thread.join)

    @property
    def depth(self) -> int:
        """Jobs that wait for the next group."""
        return len(self._queue)

    def _admit(self, waiting: _Waiting[Job, Answer]) -> None:
        if self._is_closed:
            raise QueueClosedError
        is_full = len(self._queue) >= self._limits.queue_jobs
        if is_full or (self._queue and self._queued_bytes + waiting.size > self._limits.queue_bytes):
            raise QueueFullError
        self._queue.append(waiting)
        self._queued_bytes += waiting.size
        self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        while self._await_work():
            while self._errands:
                errand = self._errands.popleft()
                _answer([(errand, _result_of(errand.job))])
            if group := self._take():
                _answer(self._work(group))

    def _await_work(self) -> bool:
        """Wait for something to do; False when closed and drained."""
        with self._changed:
            while not self._queue and not self._errands and not self._is_closed:
                self._changed.wait()
            return bool(self._queue or self._errands)

    def _take(self) -> list[_Waiting[Job, Answer]]:
        """Take a group of what waits."""
        with self._changed:
            group: list[_Waiting[Job, Answer]] = []
            size = 0
            while self._queue and len(group) < self._limits.group_jobs:
                if group and size + self._queue[0].size > self._limits.group_bytes:
                    break
                waiting = self._queue.popleft()
                size += waiting.size
                group.append(waiting)
            self._queued_bytes -= size
            return group

    def _work(self, group: list[_Waiting[Job, Answer]]) -> list[tuple[_Waiting[Job, Answer], Answer | Exception]]:
        began_s = monotonic_s()
        try:
            answers = self._commit([waiting.job for waiting in group])
        except Exception as error:  # noqa: BLE001 - whatever failed belongs to those who wait, never to this thread
            if len(group) == 1 or self._is_hopeless(error):
                return [(waiting, error) for waiting in group]
            return [outcome for waiting in group for outcome in self._work([waiting])]
        self._on_commit(len(group), monotonic_s() - began_s)
        return list(zip(group, answers, strict=True))


def _result_of(errand: Callable[[], Any]) -> Any:
    try:
        return errand()
    except Exception as error:  # noqa: BLE001 - it belongs to the caller that waits
        return error


def _answer(outcomes: list[tuple[_Waiting[Job, Answer], Answer | Exception]]) -> None:
    """Wake the callers: one call per event loop, however many wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Answer], Answer | Exception]]] = {}
    for waiting, outcome in outcomes:
        by_loop.setdefault(waiting.loop, []).append((waiting.future, outcome))
    for loop, settled in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, settled)
        except RuntimeError:
            # The loop is closed: nobody waits there any more.
            continue


def _settle(outcomes: Iterable[tuple[asyncio.Future[Answer], Answer | Exception]]) -> None:
    for future, outcome in outcomes:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
