"""What a media is, whom it belongs to, and by which name its bytes are kept."""

import base64
import binascii
import hashlib
from typing import Final, NewType

from msgspec import Struct

from panope.domain.ids import ProjectId

MediaId = NewType("MediaId", str)
"""The first 132 bits of the SHA-256 of the bytes, in base64 for URLs; clients work it out for themselves."""

BlobKey = NewType("BlobKey", str)
"""By what name a blob store keeps bytes: lower-case letters and digits, with `/` and `-` between; never empty."""

TRACE_FIELDS: Final = ("input", "output", "metadata")
"""Where in a trace or an observation a media may stand."""
ITEM_FIELDS: Final = ("input", "expectedOutput", "metadata")
"""Where in a dataset item a media may stand."""

_ID_CHARS: Final = 22
_HASH_BYTES: Final = 32
_PROJECT_CHARS: Final = 32


class Media(Struct, frozen=True, kw_only=True):
    """Bytes that somebody announced, and what became of them. One per project and hash."""

    id: MediaId
    sha256: str
    """Of the bytes, in base64 with padding, as it is on the wire."""
    content_type: str
    """As the last announcement has it: a label, as the bytes are told apart by their hash."""
    content_length: int
    created_us: int
    """Time of the announcement; part of the name of the bytes, so that a media that was deleted and announced again
    never shares a file with what it was."""
    stored_us: int | None = None
    """When the bytes were there, whole and checked; None until then."""
    uploaded_us: int | None = None
    """When the client says that it uploaded them; so are the following."""
    upload_status: int | None = None
    upload_error: str | None = None


class MediaLink(Struct, frozen=True, order=True, kw_only=True):
    """One place that refers to a media: a field of a trace, of an observation, or of a dataset item."""

    media_id: MediaId
    field: str
    trace_id: str = ""
    observation_id: str = ""
    """Empty when the trace itself refers to it."""
    dataset_id: str = ""
    dataset_item_id: str = ""


class MediaPlace(Struct, frozen=True, kw_only=True):
    """Everything of one trace, its observations included, or of one dataset item: exactly one of the two."""

    trace_id: str = ""
    dataset_item_id: str = ""


class UploadReport(Struct, frozen=True, kw_only=True):
    """What a client says of its upload."""

    uploaded_us: int
    status: int
    error: str | None = None


class OwnedMedia(Struct, frozen=True):
    """A media with the project that it belongs to."""

    project_id: ProjectId
    media: Media


def media_id_of(sha256: str) -> MediaId:
    """The id of bytes with this hash in base64."""
    return MediaId(sha256[:_ID_CHARS].replace("+", "-").replace("/", "_"))


def decode_hash(sha256: str) -> bytes | None:
    """The hash itself; None for a text that is not the base64 of 32 bytes as everybody writes it."""
    try:
        decoded = base64.b64decode(sha256, validate=True)
    except (binascii.Error, ValueError):
        return None
    is_canonical = len(decoded) == _HASH_BYTES and base64.b64encode(decoded).decode() == sha256
    return decoded if is_canonical else None


def blob_key(project_id: ProjectId, media: Media) -> BlobKey:
    """By what name the bytes of a media are kept: made of hashes alone, so that no id can lead anywhere else."""
    project = hashlib.sha256(project_id.encode()).hexdigest()[:_PROJECT_CHARS]
    digest = base64.b64decode(media.sha256).hex()
    return BlobKey(f"{project}/{digest[:2]}/{digest}-{media.created_us:x}")
