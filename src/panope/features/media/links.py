"""Links that need no key: what they allow stands in them, signed with a key that the catalog keeps."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Final, Literal

import msgspec
from msgspec import Struct

from panope.domain.errors import ForbiddenError
from panope.domain.ids import ProjectId
from panope.domain.media.media import Media, MediaId
from panope.kit.clock import Clock
from panope.ports.catalog import SettingStore

SETTING: Final = "media_signing_key"
_SECOND_US: Final = 1_000_000


class Grant(Struct, frozen=True, kw_only=True, array_like=True):
    """What a link allows, to whoever has it."""

    purpose: Literal["upload", "download"]
    project_id: ProjectId
    media_id: MediaId
    created_us: int
    """Which announcement of the media: after it was deleted, the link is worth nothing."""
    content_type: str
    content_length: int
    expires_us: int


class LinkSigner:
    """Makes and reads the signed part of links. All servers over one catalog accept each other's."""

    def __init__(self, settings: SettingStore, clock: Clock, new_id: Callable[[], str]) -> None:
        self._settings = settings
        self._clock = clock
        self._new_id = new_id
        self._key: bytes | None = None

    async def sign(
        self, purpose: Literal["upload", "download"], project_id: ProjectId, media: Media, ttl_s: int
    ) -> tuple[str, int]:
        """The token of a link, and when it ends. Letters, digits, `-`, `_` and one dot."""
        expires_us = self._clock() + ttl_s * _SECOND_US
        grant = Grant(
            purpose=purpose,
            project_id=project_id,
            media_id=media.id,
            created_us=media.created_us,
            content_type=media.content_type,
            content_length=media.content_length,
            expires_us=expires_us,
        )
        payload = msgspec.json.encode(grant)
        return f"{_encode(payload)}.{_encode(await self._mac(payload))}", expires_us

    async def read(self, token: str, purpose: Literal["upload", "download"]) -> Grant:
        """What a token allows. Raises `ForbiddenError` for one that is forged, over, or for something else."""
        payload, _, signature = token.partition(".")
        try:
            sent, content = _decode(signature), _decode(payload)
        except (binascii.Error, ValueError):
            raise _refused() from None
        if not hmac.compare_digest(sent, await self._mac(content)):
            raise _refused()
        grant = msgspec.json.decode(content, type=Grant)
        if grant.purpose != purpose or grant.expires_us <= self._clock():
            raise _refused()
        return grant

    async def _mac(self, payload: bytes) -> bytes:
        if self._key is None:
            kept = await self._settings.set_if_missing(SETTING, self._new_id() + self._new_id())
            self._key = kept.encode()
        return hmac.digest(self._key, payload, hashlib.sha256)


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _refused() -> ForbiddenError:
    return ForbiddenError("The link is not valid, or not any more: ask the API for a new one", code="link_refused")
