"""Images, sounds and documents in the web app."""

from msgspec import Struct

from panope.domain.media.media import Media
from panope.wire.langfuse.jsonvalues import encode


class MediaBody(Struct, rename="camel", kw_only=True):
    """What a reference in a text stands for, and where to get it for a while."""

    id: str
    content_type: str
    content_length: int
    """Bytes."""
    url: str
    url_expires_us: int


def encode_media(media: Media, url: str, expires_us: int) -> bytes:
    """Write one of them."""
    body = MediaBody(
        id=media.id,
        content_type=media.content_type,
        content_length=media.content_length,
        url=url,
        url_expires_us=expires_us,
    )
    return encode(body)
