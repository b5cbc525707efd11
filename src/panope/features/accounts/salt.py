"""The salt of a catalog's key hashes: given by the operator, or made once and kept in the catalog."""

from msgspec import Struct

from panope.features.accounts.secrets import NewId, SecretHasher
from panope.ports.catalog import SettingStore

_SALT = "salt"
_FINGERPRINT = "salt_fingerprint"


class ResolvedSalt(Struct, frozen=True):
    """The salt to hash with, and what the operator has to know about it."""

    value: str
    warning: str | None = None

    def __repr__(self) -> str:
        return f"ResolvedSalt(value=…, warning={self.warning!r})"


async def resolve_salt(settings: SettingStore, configured: str | None, new_id: NewId) -> ResolvedSalt:
    """Return the salt: the configured one, else the catalog's own, made now if there is none.

    A configured salt is never stored, only its fingerprint, so that a salt that no longer fits the keys is noticed.
    """
    value = configured or await settings.set_if_missing(_SALT, new_id() + new_id())
    fingerprint = SecretHasher(value).fingerprint()
    if await settings.set_if_missing(_FINGERPRINT, fingerprint) == fingerprint:
        return ResolvedSalt(value)
    return ResolvedSalt(
        value,
        "SALT is not the one that this catalog's keys were made with, so none of them will be accepted: "
        "set SALT as it was, or make new keys with `panope keys create`",
    )


async def is_salt_of_keys(settings: SettingStore, configured: str | None) -> bool:
    """Whether the keys of a catalog were made with the salt in force; writes nothing. True where there is none yet."""
    value = configured or await settings.get(_SALT)
    kept = await settings.get(_FINGERPRINT)
    return value is None or kept is None or SecretHasher(value).fingerprint() == kept
