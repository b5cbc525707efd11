"""How the bytes of media are reached: in the store itself where it signs addresses, else through the server."""

from typing import Final

from msgspec import Struct

from panope.domain.ids import ProjectId
from panope.domain.media.content_types import file_name, is_shown_inline
from panope.domain.media.media import Media, blob_key
from panope.features.media.links import LinkSigner
from panope.kit.clock import Clock
from panope.ports.blobs import BlobStore

UPLOAD_TTL_S: Final = 3_600
_SECOND_US: Final = 1_000_000


class Address(Struct, frozen=True):
    """Where bytes may be put or got without a key, for a while."""

    url: str
    expires_us: int


class MediaOptions(Struct, frozen=True, kw_only=True):
    """What an operator decides about media."""

    max_bytes: int = 1_000_000_000
    """Largest media that is taken."""
    link_ttl_s: int = 3_600
    """How long a link to download one is good."""


class MediaAccess:
    """Addresses of bytes."""

    def __init__(self, blobs: BlobStore, signer: LinkSigner, options: MediaOptions, clock: Clock) -> None:
        self.blobs = blobs
        self.signer = signer
        self.options = options
        self._clock = clock

    async def upload_address(self, project_id: ProjectId, media: Media, content_url: str) -> Address:
        """Where a client may put the bytes; `content_url` is the address of the server's own content route."""
        signed = await self.blobs.sign_upload(
            blob_key(project_id, media),
            content_type=media.content_type,
            length=media.content_length,
            sha256=media.sha256,
            ttl_s=UPLOAD_TTL_S,
        )
        if signed is not None:
            return Address(signed, self._clock() + UPLOAD_TTL_S * _SECOND_US)
        token, expires_us = await self.signer.sign("upload", project_id, media, UPLOAD_TTL_S)
        return Address(f"{content_url}/{token}", expires_us)

    async def download_address(self, project_id: ProjectId, media: Media, content_url: str) -> Address:
        """Where anybody may get the bytes."""
        ttl_s = self.options.link_ttl_s
        is_saved = not is_shown_inline(media.content_type)
        signed = await self.blobs.sign_download(
            blob_key(project_id, media),
            content_type=media.content_type,
            file_name=file_name(media.id, media.content_type) if is_saved else None,
            ttl_s=ttl_s,
        )
        if signed is not None:
            return Address(signed, self._clock() + ttl_s * _SECOND_US)
        token, expires_us = await self.signer.sign("download", project_id, media, ttl_s)
        return Address(f"{content_url}/{token}", expires_us)
