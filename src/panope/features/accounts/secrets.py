"""Key pairs and the one-way form in which their secrets are kept."""

import hashlib
from collections.abc import Callable

from msgspec import Struct

NewId = Callable[[], str]
"""Makes an id that nobody has made before."""
_SHOWN_FROM = 16
"""Secrets shorter than this show nothing of themselves."""


class KeyPair(Struct, frozen=True):
    """Both halves of a key. Exists in memory only, between making it and showing it once."""

    public_key: str
    secret_key: str

    def __repr__(self) -> str:
        return f"KeyPair(public_key={self.public_key!r}, secret_key=…)"


class SecretHasher:
    """Hashes secrets with the salt of one catalog.

    Fast on purpose: secrets are random, so nothing is gained by making each request wait.
    """

    def __init__(self, salt: str) -> None:
        self._pepper = hashlib.sha256(salt.encode()).hexdigest().encode()

    def hash(self, secret_key: str) -> str:
        """Hex sha256 of the secret followed by the hex sha256 of the salt."""
        return hashlib.sha256(secret_key.encode() + self._pepper).hexdigest()

    def fingerprint(self) -> str:
        """What tells two salts apart and gives neither away."""
        return hashlib.sha256(b"fingerprint of " + self._pepper).hexdigest()[:16]


def make_pair(new_id: NewId) -> KeyPair:
    """Make a pair that nobody has."""
    return KeyPair(f"pk-lf-{new_id()}", f"sk-lf-{new_id()}")


def display_secret(secret_key: str) -> str:
    """What lists show of a secret: `sk-lf-...abcd`."""
    return f"{secret_key[:6]}...{secret_key[-4:]}" if len(secret_key) >= _SHOWN_FROM else "..."
