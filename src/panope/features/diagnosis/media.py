"""Whether there is a place for the bytes of media, and whether it takes them."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from msgspec import Struct

from panope.domain.errors import PanopeError
from panope.features.diagnosis.finding import Area, Finding, Severity, show_bytes
from panope.ports.diagnosis import DirectoryFacts

_FULL_BYTES: Final = 256 * 1024 * 1024
_LOW_BYTES: Final = 2 * 1024 * 1024 * 1024
_LOW_SHARE: Final = 0.05
_SUBJECT: Final = "media"
_CHOOSE: Final = "Change its owner, or choose another with PANOPE_MEDIA_DIR."


class MediaSite(Struct, frozen=True, kw_only=True):
    """Where the settings want media to be: a directory, or a bucket, or neither: then Postgres has them."""

    directory: str | None = None
    bucket: str | None = None
    try_bucket: Callable[[], Awaitable[None]] | None = None
    """Writes, reads and deletes a small object; raises `PanopeError`."""


def check_media_directory(facts: DirectoryFacts) -> Iterator[Finding]:
    """Right and room to write. A directory that is not there yet is judged by the one above it."""
    if not facts.is_directory:
        seen = f"{facts.path} is no directory and cannot become one: a file is there, or above it"
        yield _finding("media_directory_unusable", Severity.PROBLEM, seen, "Choose another with PANOPE_MEDIA_DIR.")
        return
    if not facts.can_write:
        whose = facts.owner or "somebody else"
        seen = f"{facts.path} cannot be written by the user who runs this; it belongs to {whose}"
        yield _finding("media_directory_unusable", Severity.PROBLEM, seen, _CHOOSE)
        return
    left = f"{show_bytes(facts.free_bytes)} of {show_bytes(facts.total_bytes)} left"
    if facts.free_bytes < _FULL_BYTES:
        seen = f"{left} for {facts.path}: uploads fail soon or already do"
        yield _finding("media_disk_full", Severity.PROBLEM, seen, "Make room, or choose another directory or a bucket.")
    elif facts.free_bytes < min(_LOW_BYTES, facts.total_bytes * _LOW_SHARE):
        yield _finding("media_disk_low", Severity.WARNING, f"{left} for {facts.path}", "Make room before it is gone.")
    else:
        made = "" if facts.exists else ", made with the first upload"
        yield _finding("media_directory", Severity.OK, f"{facts.path} can be written{made}; {left}")


def check_media_bucket(bucket: str, failure: PanopeError | None) -> Finding:
    """What came of trying the bucket."""
    if failure is not None:
        advice = "Uploads fail before it is right: check the settings PANOPE_MEDIA_S3_*."
        return _finding("media_bucket_unusable", Severity.PROBLEM, failure.message, advice)
    return _finding("media_bucket", Severity.OK, f"the bucket {bucket} takes, gives back and deletes")


def media_in_database() -> Finding:
    """Everything is in Postgres."""
    seen = "they are in the database; for many large ones PANOPE_MEDIA_S3_BUCKET is cheaper"
    return _finding("media_database", Severity.OK, seen)


def _finding(code: str, severity: Severity, seen: str, advice: str = "") -> Finding:
    return Finding(area=Area.MEDIA, code=code, severity=severity, subject=_SUBJECT, seen=seen, advice=advice)
