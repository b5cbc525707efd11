"""Whether a password is somebody's, asked only so often."""

import ipaddress
from collections.abc import Sequence
from typing import Final

from panope.domain.accounts import User
from panope.domain.attempts import AttemptLimit
from panope.domain.errors import InvalidError, RateLimitedError
from panope.features.accounts.passwords import PasswordHasher
from panope.features.accounts.sessions import UserSessions
from panope.features.accounts.users import normalize_email
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog

WINDOW_US: Final = 15 * 60 * 1_000_000
MOST_PER_ACCOUNT: Final = 10
MOST_PER_ADDRESS: Final = 60
MOST_PER_PEER: Final = 600
"""Of whoever is connected, which may be a proxy with everybody behind it."""
_SECOND_US: Final = 1_000_000
_NETWORK_BITS: Final = 64
"""What one subscriber has of IPv6."""


class Client:
    """Where an attempt comes from."""

    def __init__(self, peer: str, forwarded: str | None = None) -> None:
        """`peer` is the address of the connection, `forwarded` what a proxy says of whom it speaks for."""
        self.peer = peer
        self.forwarded = forwarded

    def limits(self) -> Sequence[tuple[str, int]]:
        """Places and how many attempts each may make. What is said to be forwarded may be made up: so both count."""
        if self.forwarded is None:
            return [(f"address:{_network(self.peer)}", MOST_PER_ADDRESS)]
        return [
            (f"address:{_network(self.forwarded)}", MOST_PER_ADDRESS),
            (f"peer:{_network(self.peer)}", MOST_PER_PEER),
        ]


class PasswordCheck:
    """Compares passwords; wrong ones are counted by account and by address, on all servers together."""

    def __init__(self, catalog: Catalog, sessions: UserSessions, passwords: PasswordHasher, clock: Clock) -> None:
        self._catalog = catalog
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock

    async def find(self, email: str, password: str, client: Client) -> User | None:
        """The user of this address and password, or None: for an unknown address after as long as for a known one.

        Raises `RateLimitedError`, which says when it may be tried again, after too many wrong ones.
        """
        account = _account(email)
        limits = [
            AttemptLimit(place=await self._sessions.seal("attempt", place), most=most, window_us=WINDOW_US)
            for place, most in ((f"account:{account}", MOST_PER_ACCOUNT), *client.limits())
        ]
        now_us = self._clock()
        blocked_until_us = await self._catalog.attempts.take(limits, now_us)
        if blocked_until_us is not None:
            raise _too_many(blocked_until_us - now_us)
        user = await self._catalog.users.find_by_email(account)
        if not await self._passwords.verify(password, None if user is None else user.password_hash):
            return None
        await self._catalog.attempts.give_back([limit.place for limit in limits])
        return user


def _account(email: str) -> str:
    """The address as it is kept; of what is none, that nobody has it."""
    try:
        return normalize_email(email)
    except InvalidError:
        return ""


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))


def _too_many(wait_us: int) -> RateLimitedError:
    minutes = -(-wait_us // (60 * _SECOND_US))
    text = f"Too many attempts: try again in {minutes} minute{'' if minutes == 1 else 's'}"
    return RateLimitedError(text, code="too_many_attempts", retry_after_s=-(-wait_us // _SECOND_US))
