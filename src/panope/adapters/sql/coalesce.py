"""One read for everybody who asks at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")


class Coalescer(Generic[_Answer]):
    """Answers each asker with a read that began after the asker asked, and one read with all who wait for it.

    So a burst of requests costs one round trip and nobody is told what was true before they came.
    """

    def __init__(self, read: Callable[[], Awaitable[_Answer]]) -> None:
        self._read = read
        self._running: asyncio.Task[_Answer] | None = None
        self._waiting: asyncio.Task[_Answer] | None = None

    async def ask(self) -> _Answer:
        """The answer of a read that begins from now on; raises what the read raises."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_task(self._follow(self._running))
            self._waiting.add_done_callback(_retrieve)
        return await asyncio.shield(self._waiting)

    async def _follow(self, running: asyncio.Task[_Answer] | None) -> _Answer:
        if running is not None:
            await asyncio.wait([running])
        self._running, self._waiting = self._waiting, None
        return await self._read()


def _retrieve(task: asyncio.Task[_Answer]) -> None:
    """Take note of a failure that no asker is left to see."""
    if not task.cancelled():
        task.exception()
