"""Browsers in which people are signed in, and how often passwords were tried.

Nothing here moves a version, as nobody caches sessions: one that is ended anywhere is over at once everywhere.
"""

from collections.abc import Sequence
from typing import Protocol

from panope.domain.accounts import UserSession
from panope.domain.attempts import AttemptLimit
from panope.domain.ids import UserId, UserSessionId


class UserSessionStore(Protocol):
    """Sessions of all people. One that has expired is as good as none."""

    async def open(self, session: UserSession, *, password_hash: str | None, most: int) -> bool:
        """Add a session, unless the user is gone or has another password than the one of this hash by now.

        Returns whether it was added. Forgets sessions that had expired when it began, and the user's longest unused
        ones beyond `most`. Raises `ConflictError` when its id or token hash is taken.
        """

    async def find(self, token_hash: str, now_us: int) -> UserSession | None:
        """The session of a token that has not expired at `now_us`, or None."""

    async def touch(self, session_id: UserSessionId, *, seen_us: int, expires_us: int) -> None:
        """Note that a session was used, and when it expires now; nothing happens without such a session."""

    async def list(self, user_id: UserId, now_us: int) -> Sequence[UserSession]:
        """Sessions of one user that have not expired, the last used first, then by id."""

    async def end(self, user_id: UserId, session_id: UserSessionId) -> bool:
        """End a session of the user for good; False when they have none of that id."""

    async def end_all(self, user_id: UserId, *, but: UserSessionId | None = None) -> int:
        """End all sessions of the user, or all but one; return how many."""


class AttemptStore(Protocol):
    """Attempts to sign in, counted across all servers of a catalog."""

    async def take(self, limits: Sequence[AttemptLimit], now_us: int) -> int | None:
        """Count an attempt in all places; when one of them is full, count nothing and say until when, in epoch us.

        Forgets counts whose window has ended. No two callers get the last attempt of a place.
        """

    async def give_back(self, places: Sequence[str]) -> None:
        """Take back one attempt of each place: it was no failure."""
