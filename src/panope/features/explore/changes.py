"""Telling whoever listens which traces have changed: one loop for all of them, and none while nobody listens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

import structlog

from panope.domain.errors import PanopeError, RateLimitedError
from panope.domain.ids import ProjectId
from panope.kit.clock import Clock
from panope.ports.exploration import Changes
from panope.ports.telemetry import TelemetryReader

_EVERY_S: Final = 1.0
_RECENT_US: Final = 3_600_000_000
"""Traces that began so long ago are looked at whether anybody watches them or not."""
_MAX_TRACES: Final = 500
_MAX_LISTENERS: Final = 1_000
_MAX_WAITING: Final = 100
"""Changes that wait for a listener who does not keep up; then it is let go, and may come back."""


class Listener:
    """Somebody who listens to one project."""

    def __init__(self, project_id: ProjectId, watched: frozenset[str]) -> None:
        self.project_id = project_id
        self.watched = watched
        self._waiting: asyncio.Queue[Changes] = asyncio.Queue(_MAX_WAITING)
        self._ended = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._ended.is_set()

    async def wait(self, timeout_s: float) -> Changes | None:
        """The next changes; None when there were none for so long, or when nothing more will come."""
        getting = asyncio.ensure_future(self._waiting.get())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((getting, ending), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() else None
        finally:
            getting.cancel()
            ending.cancel()

    def tell(self, changes: Changes) -> None:
        """Hand changes over, or end when too many wait."""
        if self._waiting.full():
            self.end()
        else:
            self._waiting.put_nowait(changes)

    def end(self) -> None:
        """Let it go."""
        self._ended.set()


class ChangeFeed:
    """Asks the store once a second, for each project that somebody listens to."""

    def __init__(
        self, reader: TelemetryReader, clock: Clock, is_stopping: Callable[[], bool], *, every_s: float = _EVERY_S
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._is_stopping = is_stopping
        self._every_s = every_s
        self._listeners: set[Listener] = set()
        self._places: dict[ProjectId, str] = {}
        self._loop: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("panope.changes")

    @property
    def is_running(self) -> bool:
        """Whether the store is being asked."""
        return self._loop is not None and not self._loop.done()

    def require_room(self) -> None:
        """Raise `RateLimitedError` when as many listen as one process serves."""
        if len(self._listeners) >= _MAX_LISTENERS:
            raise RateLimitedError("Too many pages listen for changes: ask again later", retry_after_s=30)

    async def read(self, project_id: ProjectId, watched: Iterable[str] = (), after: str | None = None) -> Changes:
        """What has changed since `after`, for who asks now and then instead of listening."""
        return await self._read(project_id, after, frozenset(watched))

    @asynccontextmanager
    async def listen(
        self, project_id: ProjectId, watched: Iterable[str] = (), after: str | None = None
    ) -> AsyncIterator[tuple[Listener, Changes]]:
        """Listen, with what has changed since `after` to begin with.

        Traces that are `watched` are looked at however old they are.
        """
        listener = Listener(project_id, frozenset(watched))
        self._listeners.add(listener)
        try:
            first = await self._read(project_id, after, listener.watched)
            # From here on the loop tells this listener all that follows the place at which it began.
            self._places.setdefault(project_id, first.place)
            self._start()
            yield listener, first
        finally:
            self._listeners.discard(listener)
            if not self._listeners_to(project_id):
                self._places.pop(project_id, None)

    def _start(self) -> None:
        if not self.is_running:
            self._loop = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._listeners:
            await asyncio.sleep(self._every_s)
            if self._is_stopping():
                for listener in self._listeners:
                    listener.end()
                return
            for project_id in list(self._places):
                await self._look(project_id)

    async def _look(self, project_id: ProjectId) -> None:
        """Tell the listeners of a project what is new. A store that is away is asked again in the next round."""
        listeners = self._listeners_to(project_id)
        watched = frozenset(trace_id for listener in listeners for trace_id in listener.watched)
        place = self._places.get(project_id)
        try:
            changes = await self._read(project_id, place, watched)
        except PanopeError as error:
            self._log.warning("changes are told later", code=error.code)
            return
        # Who came meanwhile may have begun before this place: then all hear of the same again.
        if project_id in self._places and self._listeners_to(project_id) <= listeners:
            self._places[project_id] = changes.place
        if changes.trace_ids:
            for listener in listeners:
                listener.tell(changes)

    def _listeners_to(self, project_id: ProjectId) -> set[Listener]:
        return {listener for listener in self._listeners if listener.project_id == project_id}

    async def _read(self, project_id: ProjectId, place: str | None, watched: frozenset[str]) -> Changes:
        since_us = self._clock() - _RECENT_US
        return await self._reader.read_changes(
            project_id, place, since_us=since_us, watched=sorted(watched), limit=_MAX_TRACES
        )
