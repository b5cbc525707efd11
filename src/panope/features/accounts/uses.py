"""Remembering when keys were used last: one moment per key, written now and then."""

from typing import Final

import structlog

from panope.domain.errors import PanopeError
from panope.domain.ids import ApiKeyId
from panope.kit.clock import Clock
from panope.ports.catalog import KeyStore

FLUSH_S: Final = 30.0
_log = structlog.get_logger("panope.accounts")


class KeyUseLog:
    """Notes uses in memory and hands them to the catalog; costs a request one entry of a dictionary."""

    def __init__(self, store: KeyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[ApiKeyId, int] = {}

    def note(self, key_id: ApiKeyId) -> None:
        """Note that a key is used now. Never raises, waits for nothing."""
        self._waiting[key_id] = self._clock()

    async def flush(self) -> None:
        """Write what was noted. When the store is away it is kept for the next time."""
        if not self._waiting:
            return
        written = self._waiting
        self._waiting = {}
        try:
            await self._store.note_uses(written)
        except PanopeError as error:
            _log.debug("uses of keys not written", code=error.code)
            self._waiting = written | self._waiting
