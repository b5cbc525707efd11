"""Sealing what panope keeps for calling others: encrypted and authenticated, readable only where it belongs."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from panope.domain.errors import UnavailableError
from panope.ports.catalog import SettingStore

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_SETTING: Final = "encryption_key"
_KEY_BYTES: Final = 32


class Sealer:
    """Seals texts by a key of their place, which derives from the installation's.

    The installation's key is the operator's, or else one that the catalog made and keeps: that protects a copy of a
    table, not a copy of the whole catalog.
    """

    def __init__(self, settings: SettingStore, configured: str | None, new_id: Callable[[], str]) -> None:
        self._settings = settings
        self._configured = configured
        self._new_id = new_id

    async def seal(self, text: str, place: str) -> str:
        """Encrypt a text; the same one is another each time. `place` names what it belongs to."""
        return (await self._cipher(place)).encrypt(text.encode()).decode()

    async def open(self, sealed: str, place: str) -> str:
        """Return a text that was sealed for this place.

        Raises `UnavailableError` when it was not, or the installation's key is another one now.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see `_cipher`

        try:
            return (await self._cipher(place)).decrypt(sealed.encode()).decode()
        except InvalidToken:
            text = "A stored secret cannot be read: set ENCRYPTION_KEY as it was when it was stored, or store it anew"
            raise UnavailableError(text, code="secret_unreadable") from None

    async def _cipher(self, place: str) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - 8 MB, for those who have connections
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        secret = self._configured or await self._settings.set_if_missing(_SETTING, self._new_id() + self._new_id())
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"panope sealed {place}".encode()).derive(secret.encode())
        return Fernet(base64.urlsafe_b64encode(derived))
