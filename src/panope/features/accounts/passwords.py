"""Hashing of passwords, slow on purpose and therefore never on the event loop."""

import asyncio
from typing import Final, Protocol

import argon2

from panope.domain.errors import InvalidError

MIN_CHARS: Final = 8
MAX_CHARS: Final = 1024
_CONCURRENT: Final = 2
"""Hashes at a time: each takes 64 MiB and a core for a fifth of a second."""


class PasswordHasher(Protocol):
    """Turns a password into what may be stored of it."""

    async def hash(self, password: str) -> str:
        """Return a salted hash that names its own parameters."""


class Argon2PasswordHasher:
    """Implements `PasswordHasher` with argon2id at the library's recommended cost, unless another is given."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._slots = asyncio.Semaphore(_CONCURRENT)

    async def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)


def check_password(password: str) -> None:
    """Raise `InvalidError` unless the password is long enough to be worth hashing."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise InvalidError(
            f"A password has {MIN_CHARS} to {MAX_CHARS} characters: choose another", code="invalid_password"
        )
