"""Sessions of people, and attempts to sign in, in dictionaries."""

from collections.abc import Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore
from panope.domain.accounts import UserSession
from panope.domain.attempts import AttemptLimit, take_attempt
from panope.domain.errors import ConflictError
from panope.domain.ids import UserId, UserSessionId


class MemoryUserSessionStore(CatalogStore):
    """Implements `UserSessionStore`."""

    async def open(self, session: UserSession, *, password_hash: str | None, most: int) -> bool:
        """See `UserSessionStore.open`."""
        rows = self._tables.user_sessions
        user = self._tables.users.get(session.user_id)
        if user is None or user.password_hash != password_hash:
            return False
        for expired in [row for row in rows.values() if row.expires_us <= session.created_us]:
            del rows[expired.id]
        if session.id in rows or any(row.token_hash == session.token_hash for row in rows.values()):
            raise ConflictError("A session with this id or token exists already", code="session_taken")
        for surplus in self._of(session.user_id)[most - 1 :]:
            del rows[surplus.id]
        rows[session.id] = session
        return True

    async def find(self, token_hash: str, now_us: int) -> UserSession | None:
        """See `UserSessionStore.find`."""
        rows = self._tables.user_sessions.values()
        return next((row for row in rows if row.token_hash == token_hash and row.expires_us > now_us), None)

    async def touch(self, session_id: UserSessionId, *, seen_us: int, expires_us: int) -> None:
        """See `UserSessionStore.touch`."""
        found = self._tables.user_sessions.get(session_id)
        if found is not None:
            self._tables.user_sessions[session_id] = replace(found, seen_us=seen_us, expires_us=expires_us)

    async def list(self, user_id: UserId, now_us: int) -> Sequence[UserSession]:
        """See `UserSessionStore.list`."""
        return [row for row in self._of(user_id) if row.expires_us > now_us]

    async def end(self, user_id: UserId, session_id: UserSessionId) -> bool:
        """See `UserSessionStore.end`."""
        found = self._tables.user_sessions.get(session_id)
        if found is None or found.user_id != user_id:
            return False
        del self._tables.user_sessions[session_id]
        return True

    async def end_all(self, user_id: UserId, *, but: UserSessionId | None = None) -> int:
        """See `UserSessionStore.end_all`."""
        ended = [row for row in self._of(user_id) if row.id != but]
        for row in ended:
            del self._tables.user_sessions[row.id]
        return len(ended)

    def _of(self, user_id: UserId) -> Sequence[UserSession]:
        own = [row for row in self._tables.user_sessions.values() if row.user_id == user_id]
        return sorted(own, key=lambda row: (-row.seen_us, row.id))


class MemoryAttemptStore(CatalogStore):
    """Implements `AttemptStore`."""

    async def take(self, limits: Sequence[AttemptLimit], now_us: int) -> int | None:
        """See `AttemptStore.take`."""
        kept = {place: row for place, row in self._tables.attempts.items() if row.until_us > now_us}
        changed, blocked_until_us = take_attempt(kept, limits, now_us)
        self._tables.attempts = kept | {row.place: row for row in changed}
        return blocked_until_us

    async def give_back(self, places: Sequence[str]) -> None:
        """See `AttemptStore.give_back`."""
        for place in places:
            found = self._tables.attempts.get(place)
            if found is not None:
                self._tables.attempts[place] = replace(found, count=max(0, found.count - 1))
