"""Media in the web app."""

from msgspec import Struct

from panope.domain.media.media import Media
from panope.wire.langfuse.jsonvalues import encode


class UiMediaBody(Struct, rename="camel", kw_only=True):
    """A media whose content is there."""

    media_id: str
    content_type: str
    content_length: int
    """Bytes."""


def encode_ui_media(media: Media) -> bytes:
    """Write what a media is."""
    return encode(UiMediaBody(media_id=media.id, content_type=media.content_type, content_length=media.content_length))
