"""Remembering keys that were refused, so that somebody can be told: a handful of counters, written now and then."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import structlog
from msgspec.structs import replace

from panope.domain.errors import PanopeError
from panope.domain.key_failures import KeyFailure, KeyFailureReason, Place, add_failures
from panope.domain.rollups import HOUR_US
from panope.kit.clock import Clock
from panope.ports.catalog import KeyFailureStore

PREFIX_CHARS: Final = 14
"""`pk-lf-` and eight digits: enough to find a key by, too little to be one."""
KEPT_US: Final = 7 * 24 * HOUR_US
_MOST_PER_HOUR: Final = 100
_MOST_WAITING: Final = 50
"""Rows of one hour."""
_MOST_HOURS_WAITING: Final = 3
_FLUSH_S: Final = 15.0
_log = structlog.get_logger("panope.accounts")
_LOOKS_LIKE_A_KEY: Final = re.compile(r"pk-[A-Za-z0-9-]{3,80}")


class KeyFailureLog:
    """Counts refused keys in memory and hands the counts to the catalog.

    A flood of them costs a dictionary of a bounded size here, and a bounded number of rows an hour there.
    """

    def __init__(self, store: KeyFailureStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[Place, KeyFailure] = {}

    def note(self, public_key: str, reason: KeyFailureReason) -> None:
        """Count one refusal; `public_key` is what was sent as such. Never raises, waits for nothing."""
        prefix = public_key[:PREFIX_CHARS]
        if public_key.startswith("sk-"):
            prefix, reason = "", KeyFailureReason.SECRET_FIRST
        elif reason is KeyFailureReason.UNKNOWN_KEY and not _LOOKS_LIKE_A_KEY.fullmatch(public_key):
            prefix, reason = "", KeyFailureReason.NOT_A_KEY
        now_us = self._clock()
        hour_us = now_us // HOUR_US * HOUR_US
        found = self._waiting.get((hour_us, prefix, reason.value))
        if found is not None:
            self._waiting[found.place] = replace(found, count=found.count + 1, last_us=now_us)
            return
        self._keep([KeyFailure(hour_us=hour_us, key_prefix=prefix, reason=reason.value, count=1, last_us=now_us)])

    async def flush(self) -> None:
        """Write what was counted. When the store is away it is kept for the next time."""
        if not self._waiting:
            return
        written = list(self._waiting.values())
        self._waiting = {}
        try:
            keep_from_us = self._clock() - KEPT_US
            await self._store.add(written, keep_from_us=keep_from_us, most_per_hour=_MOST_PER_HOUR)
        except PanopeError as error:
            _log.debug("refused keys not written", code=error.code)
            self._keep(written)
        except Exception as error:  # noqa: BLE001 - a server serves without this memory as well
            _log.warning("refused keys cannot be written, and were forgotten", reason=type(error).__name__)

    def _keep(self, failures: list[KeyFailure]) -> None:
        self._waiting.update(add_failures(self._waiting, failures, _MOST_WAITING))
        hours = sorted({hour_us for hour_us, _, _ in self._waiting})
        if len(hours) > _MOST_HOURS_WAITING:  # the store has been away for long
            self._waiting = {place: kept for place, kept in self._waiting.items() if place[0] != hours[0]}


class Log(Protocol):
    """What waits in memory to be written."""

    async def flush(self) -> None:
        """Write it; it may be kept for the next time instead."""


@asynccontextmanager
async def kept_up(log: Log, every_s: float = _FLUSH_S) -> AsyncIterator[None]:
    """Flush now and then for the time of the block, and at its end."""

    async def flush_for_ever() -> None:
        while True:
            await asyncio.sleep(every_s)
            await log.flush()

    task = asyncio.create_task(flush_for_ever())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await log.flush()
