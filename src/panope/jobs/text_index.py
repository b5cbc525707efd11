"""Keeps the indexes of texts up: a step at a time, resting between the steps."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol

from panope.domain.ids import ProjectId
from panope.jobs.rounds import Rounds
from panope.kit.clock import monotonic_s
from panope.kit.memory import trim
from panope.ports.texts.index import TextIndexState

_REST_S: Final = 2.0
"""How soon after a commit it is seen that there is something to index."""
_MAX_PAUSE_S: Final = 1.0
_TURN_S: Final = 5.0
"""After so long, the other projects have their turn, and it is seen what is wanted now."""
_ALL_EVERY: Final = 30
"""In every so-manieth round, indexes are looked at that have nothing waiting: they may have segments to unite."""
_TRIM_S: Final = 60.0
"""Memory that steps took is handed back this often at most: a few ms of the processor, and of page faults after it."""
_US_PER_S: Final = 1_000_000


class Indexes(Protocol):
    """What carries out the steps."""

    async def settle(self) -> Sequence[TextIndexState]:
        """Start and drop indexes as they are wanted, and tell how far each has come."""

    async def claim(self, project_id: ProjectId) -> bool:
        """Take or keep the work on one."""

    async def advance(self, project_id: ProjectId) -> int:
        """Do one step of it; 0 when there is nothing to do."""


class TextIndexRunner(Rounds):
    """Looks for texts to index for as long as the process lives."""

    def __init__(self, indexes: Indexes) -> None:
        super().__init__("panope.texts", "texts have to wait to be indexed", rest_s=_REST_S)
        self._indexes = indexes
        self._rounds = 0
        self._unfinished: set[ProjectId] = set()
        """Projects whose turn was over before their index had come as far as it goes."""
        self._has_worked = False
        self._trimmed_s = -_TRIM_S
        self.lag_s = 0.0
        """How long the text that waits longest has waited, at the beginning of the last round."""
        self.waiting_rows = 0
        """Rows that waited then, or that there could be at most of them."""

    async def run_once(self) -> None:
        """Give every project that has something to index a turn. The next round begins at once if one needs another."""
        states = await self._indexes.settle()
        self.lag_s = max((state.lag_us for state in states), default=0) / _US_PER_S
        self.waiting_rows = sum(state.waiting_rows for state in states)
        looks_at_all = self._rounds % _ALL_EVERY == 0
        self._rounds += 1
        unfinished, self._unfinished = self._unfinished, set()
        due = [
            state.project_id for state in states if looks_at_all or state.waiting_rows or state.project_id in unfinished
        ]
        try:
            await self.serve_each(due, self._follow)
        finally:
            if self._unfinished:
                self.wake()
            else:
                await self._trim()

    async def _follow(self, project_id: ProjectId) -> None:
        if not await self._indexes.claim(project_id):
            return
        turn_s = monotonic_s()
        while not self._stopping.is_set():
            began_s = monotonic_s()
            if not await self._indexes.advance(project_id):
                return
            self._has_worked = True
            # As long as the step took: half of the writer's and of the processor's time stays with what arrives.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(monotonic_s() - began_s, _MAX_PAUSE_S))
            if self._wanted.is_set() or monotonic_s() - turn_s >= _TURN_S:
                self._unfinished.add(project_id)
                return

    async def _trim(self) -> None:
        """Steps take tens of MB at a time: what they leave behind is handed back once they rest."""
        if self._has_worked and monotonic_s() - self._trimmed_s >= _TRIM_S:
            self._has_worked, self._trimmed_s = False, monotonic_s()
            await asyncio.to_thread(trim)
