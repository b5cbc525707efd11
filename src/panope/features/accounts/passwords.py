"""Hashing of passwords, slow on purpose and therefore never on the event loop."""

import asyncio
from typing import Final, Protocol

import argon2

from panope.domain.errors import InvalidError, RateLimitedError

MIN_CHARS: Final = 8
MAX_CHARS: Final = 1024
_CONCURRENT: Final = 2
"""Hashes at a time: each takes 64 MiB and a core for a fifth of a second."""
_MOST_WAITING: Final = 50
_RETRY_AFTER_S: Final = 5


class PasswordHasher(Protocol):
    """Turns a password into what may be stored of it."""

    async def hash(self, password: str) -> str:
        """Return a salted hash that names its own parameters."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether a hash is of this password; None, of nobody, is of none and takes as long to find out."""


class Argon2PasswordHasher:
    """Implements `PasswordHasher` with argon2id at the library's recommended cost, unless another is given."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._nobodys: str | None = None
        """What the password is compared with of somebody who has none."""
        self._waiting = 0
        self._slots = asyncio.Semaphore(_CONCURRENT)

    async def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """See `PasswordHasher.verify`. Raises `RateLimitedError` when too many others wait."""
        if self._waiting >= _MOST_WAITING:
            text = "Many people are signing in at once: try again in a few seconds"
            raise RateLimitedError(text, code="too_many_sign_ins", retry_after_s=_RETRY_AFTER_S)
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(self._verify, password, password_hash)
        finally:
            self._waiting -= 1

    def _verify(self, password: str, password_hash: str | None) -> bool:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("the password of nobody")
        try:
            self._hasher.verify(password_hash or self._nobodys, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return password_hash is not None


def check_password(password: str) -> None:
    """Raise `InvalidError` unless the password is long enough to be worth hashing."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise InvalidError(
            f"A password has {MIN_CHARS} to {MAX_CHARS} characters: choose another", code="invalid_password"
        )
