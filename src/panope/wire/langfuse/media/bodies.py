"""Bodies of the media API."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from panope.domain.errors import Issue
from panope.domain.ids import MAX_ID_BYTES, is_possible_id
from panope.domain.media.content_types import CONTENT_TYPES
from panope.domain.media.media import (
    ITEM_FIELDS,
    TRACE_FIELDS,
    Media,
    MediaId,
    MediaLink,
    UploadReport,
    decode_hash,
    media_id_of,
)
from panope.wire.langfuse.requests import invalid_body, read_body
from panope.wire.langfuse.times import format_time, parse_time

CONTENT_PATH: Final = "/api/public/media-content"
"""Where the bytes themselves are put and got, under links that are signed."""
UPDATED: Final = b'{"message":"OK"}'

_INVALID: Final = "invalid_media"
_MAX_ERROR_CHARS: Final = 2_000
_MAX_STATUS: Final = 999


class _Camel(Struct, rename="camel", kw_only=True):
    pass


class AnnouncementRequest(_Camel):
    """What a client is about to upload, and where it stands: in a trace, or in a dataset item."""

    content_type: str
    content_length: Annotated[int, Meta(gt=0)]
    sha256_hash: str
    field: str
    trace_id: str | None = None
    observation_id: str | None = None
    dataset_id: str | None = None
    dataset_item_id: str | None = None


class ReportRequest(_Camel):
    """How an upload went."""

    uploaded_at: str
    upload_http_status: Annotated[int, Meta(gt=0, le=_MAX_STATUS)]
    upload_http_error: str | None = None
    upload_time_ms: float | None = None


class AnnouncedBody(_Camel):
    """Where to upload; null when the bytes are there already."""

    media_id: str
    upload_url: str | None


class MediaBody(_Camel):
    """A media that is there, with an address that needs no key."""

    media_id: str
    content_type: str
    content_length: int
    uploaded_at: str
    url: str
    url_expiry: str


class Announcement(Struct, frozen=True):
    """An announcement that makes sense."""

    media: Media
    """Without times."""
    link: MediaLink


def read_announcement(body: bytes, *, max_bytes: int) -> Announcement:
    """Read an announcement. Raises `InvalidError` with every place that is wrong."""
    request = read_body(body, AnnouncementRequest, code=_INVALID)
    issues = [*_check_content(request, max_bytes), *_check_place(request)]
    if issues:
        raise invalid_body(issues, code=_INVALID)
    media = Media(
        id=media_id_of(request.sha256_hash),
        sha256=request.sha256_hash,
        content_type=request.content_type,
        content_length=request.content_length,
        created_us=0,
    )
    return Announcement(media, _link(request, media.id))


def read_report(body: bytes) -> UploadReport:
    """Read how an upload went. Raises `InvalidError` with the place that is wrong."""
    request = read_body(body, ReportRequest, code=_INVALID)
    try:
        uploaded_us = parse_time(request.uploaded_at)
    except ValueError:
        text = "must be an ISO 8601 time that ends in Z or an offset"
        raise invalid_body([Issue(("uploadedAt",), text, "invalid_time")], code=_INVALID) from None
    error = request.upload_http_error[:_MAX_ERROR_CHARS] if request.upload_http_error else None
    return UploadReport(uploaded_us=uploaded_us, status=request.upload_http_status, error=error)


def encode_announced(media: Media, upload_url: str | None) -> bytes:
    """Encode the answer to an announcement."""
    return msgspec.json.encode(AnnouncedBody(media_id=media.id, upload_url=upload_url))


def encode_media(media: Media, url: str, expires_us: int) -> bytes:
    """Encode a media that is there."""
    return msgspec.json.encode(
        MediaBody(
            media_id=media.id,
            content_type=media.content_type,
            content_length=media.content_length,
            uploaded_at=format_time(media.uploaded_us or media.stored_us or media.created_us),
            url=url,
            url_expiry=format_time(expires_us),
        )
    )


def _check_content(request: AnnouncementRequest, max_bytes: int) -> Iterator[Issue]:
    if request.content_type not in CONTENT_TYPES:
        known = ", ".join(sorted(CONTENT_TYPES))
        yield Issue(("contentType",), f"must be one of {known}", "invalid_content_type")
    if request.content_length > max_bytes:
        text = f"is more than the {max_bytes} bytes that the server takes: send less, or raise PANOPE_MEDIA_MAX_BYTES"
        yield Issue(("contentLength",), text, "too_large")
    if decode_hash(request.sha256_hash) is None:
        yield Issue(("sha256Hash",), "must be the SHA-256 of the content in base64, which has 44 characters")


def _check_place(request: AnnouncementRequest) -> Iterator[Issue]:
    is_item = bool(request.dataset_id or request.dataset_item_id)
    if is_item and (request.trace_id or request.observation_id):
        yield Issue(("traceId",), "cannot stand beside datasetId and datasetItemId: name one place")
    elif is_item and not (request.dataset_id and request.dataset_item_id):
        yield Issue(("datasetItemId",), "and datasetId are needed together")
    elif not is_item and not request.trace_id:
        yield Issue(("traceId",), "is needed, or datasetId and datasetItemId")
    fields = ITEM_FIELDS if is_item else TRACE_FIELDS
    if request.field not in fields:
        yield Issue(("field",), f"must be one of {', '.join(fields)}")
    for name in ("trace_id", "observation_id", "dataset_id", "dataset_item_id"):
        sent = getattr(request, name)
        if sent and not is_possible_id(sent):
            place = msgspec.structs.fields(AnnouncementRequest)
            encoded = next(each.encode_name for each in place if each.name == name)
            yield Issue((encoded,), f"must have at most {MAX_ID_BYTES} bytes", "invalid_id")


def _link(request: AnnouncementRequest, media_id: MediaId) -> MediaLink:
    return MediaLink(
        media_id=media_id,
        field=request.field,
        trace_id=request.trace_id or "",
        observation_id=request.observation_id or "",
        dataset_id=request.dataset_id or "",
        dataset_item_id=request.dataset_item_id or "",
    )
