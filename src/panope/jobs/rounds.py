"""Work that is looked for again and again, as long as the process lives."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from panope.domain.errors import PanopeError
from panope.domain.ids import ProjectId

_REST_S: Final = 60.0
"""How soon what another process left behind is found."""
_RETRY_S: Final = 5.0


class Rounds(ABC):
    """Runs a round, rests until it is woken or a while has passed, and runs the next. Outlives whatever fails."""

    def __init__(self, name: str, late: str, *, rest_s: float | None = None) -> None:
        """`name` is that of the log; `late` is what the log says when a round fails; `rest_s` if not a minute."""
        self._rest_s = rest_s
        self._late = late
        self._stopping = asyncio.Event()
        self._wanted = asyncio.Event()
        self._log = structlog.get_logger(name)

    def wake(self) -> None:
        """Begin a round soon: there is something to do."""
        self._wanted.set()

    def stop(self) -> None:
        """Make `run` return after the step in progress."""
        self._stopping.set()
        self._wanted.set()

    async def run(self) -> None:
        """Run rounds until `stop`. Never raises for a store that is away."""
        while not self._stopping.is_set():
            wait_s = _REST_S if self._rest_s is None else self._rest_s
            self._wanted.clear()
            try:
                await self.run_once()
            except PanopeError as error:
                self._log.warning(self._late, code=error.code)
                wait_s = _RETRY_S
            except Exception as error:  # noqa: BLE001 - whatever is wrong here must not end the server
                self._log.error(self._late, error=type(error).__name__, exc_info=error)
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), wait_s)

    async def serve_each(self, project_ids: Sequence[ProjectId], serve: Callable[[ProjectId], Awaitable[None]]) -> None:
        """Serve projects one after the other: one that fails keeps no other waiting.

        Raises the first failure in the end, so that the next round comes soon.
        """
        failures: list[Exception] = []
        for project_id in project_ids:
            try:
                await serve(project_id)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one project
                self._log.warning("a project has to wait", project=project_id, error=type(error).__name__)
                failures.append(error)
        if failures:
            raise failures[0]

    @abstractmethod
    async def run_once(self) -> None:
        """Do what there is to do now."""
