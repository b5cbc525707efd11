"""Sessions of people who are signed in: opened, found by their token, listed and ended."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.accounts import User, UserSession
from panope.domain.errors import NotFoundError, UnauthenticatedError
from panope.domain.ids import UserId, UserSessionId
from panope.features.accounts.secrets import NewId
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog

SETTING: Final = "session_key"
DAY_US: Final = 24 * 3600 * 1_000_000
_SEEN_EVERY_US: Final = 5 * 60 * 1_000_000
"""A session that is in use is written so often, not with every request."""
_MOST_PER_USER: Final = 50
_MAX_AGENT_CHARS: Final = 200
_MAX_TOKEN_CHARS: Final = 200


class SignedIn(Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, and where."""

    user: User
    session: UserSession


class NewSession(Struct, frozen=True, kw_only=True):
    """A session with its token, which is in the browser alone from now on."""

    session: UserSession
    token: str

    def __repr__(self) -> str:
        return f"NewSession(session={self.session!r}, token=…)"


class UserSessions:
    """All sessions of a catalog.

    What is kept of a token is keyed: with another `secret` nobody is signed in any more. Without one the catalog's own
    key is used, which all servers share.
    """

    def __init__(
        self, catalog: Catalog, *, clock: Clock, new_id: NewId, secret: str | None = None, ttl_us: int = 30 * DAY_US
    ) -> None:
        self._catalog = catalog
        self._clock = clock
        self._new_id = new_id
        self._key = None if secret is None else secret.encode()
        self.ttl_us = ttl_us
        """For so long a session lives on after it was last used."""

    async def open(self, user: User, user_agent: str) -> NewSession:
        """Sign somebody in whose password, as `user` has it, was found right.

        Raises `UnauthenticatedError` when they have another by now, or are gone.
        """
        token = self._new_id() + self._new_id()
        now_us = self._clock()
        session = UserSession(
            id=UserSessionId(self._new_id()),
            user_id=user.id,
            token_hash=await self.seal("session", token),
            user_agent=" ".join(user_agent.split())[:_MAX_AGENT_CHARS],
            created_us=now_us,
            seen_us=now_us,
            expires_us=now_us + self.ttl_us,
        )
        opened = await self._catalog.user_sessions.open(session, password_hash=user.password_hash, most=_MOST_PER_USER)
        if not opened:
            raise UnauthenticatedError("The password was changed meanwhile: sign in again", code="not_signed_in")
        return NewSession(session=session, token=token)

    async def find(self, token: str | None) -> SignedIn:
        """Whom a token speaks for; the session lives on from now.

        Raises `UnauthenticatedError` for a token that is missing, unknown, or of a session that was ended or expired.
        """
        if not token or len(token) > _MAX_TOKEN_CHARS:
            raise _nobody()
        now_us = self._clock()
        session = await self._catalog.user_sessions.find(await self.seal("session", token), now_us)
        user = None if session is None else await self._catalog.users.get(session.user_id)
        if session is None or user is None:
            raise _nobody()
        if now_us - session.seen_us >= _SEEN_EVERY_US:
            session = replace(session, seen_us=now_us, expires_us=now_us + self.ttl_us)
            await self._catalog.user_sessions.touch(session.id, seen_us=now_us, expires_us=session.expires_us)
        return SignedIn(user=user, session=session)

    async def list(self, user_id: UserId) -> Sequence[UserSession]:
        """Sessions of a user, the last used first."""
        return await self._catalog.user_sessions.list(user_id, self._clock())

    async def end(self, user_id: UserId, session_id: str) -> None:
        """End a session of a user. Raises `NotFoundError` when they have none of that id."""
        if not await self._catalog.user_sessions.end(user_id, UserSessionId(session_id)):
            raise NotFoundError("You have no session of this id: list them again", code="unknown_session")

    async def csrf_of(self, session: UserSession) -> str:
        """What unsafe requests in the session carry, to show that a page of this server made them."""
        return await self.seal("csrf", session.token_hash)

    async def seal(self, purpose: str, text: str) -> str:
        """Hex HMAC of a text for one purpose, the same on all servers of a catalog."""
        if self._key is None:
            kept = await self._catalog.settings.set_if_missing(SETTING, self._new_id() + self._new_id())
            self._key = kept.encode()
        return hmac.digest(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).hex()


def _nobody() -> UnauthenticatedError:
    return UnauthenticatedError("You are not signed in: sign in first", code="not_signed_in")
