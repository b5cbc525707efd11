"""Stands in for the slow hash of passwords."""

import asyncio


class PlainPasswords:
    """Implements `PasswordHasher` at once; counts what it was asked to compare."""

    def __init__(self) -> None:
        self.verified: list[str | None] = []
        """The hashes that passwords were compared with."""

    async def hash(self, password: str) -> str:
        return f"hash of {password[::-1]}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified.append(password_hash)
        await asyncio.sleep(0)
        return password_hash == await self.hash(password)
