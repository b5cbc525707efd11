"""Settings of media."""

from pathlib import Path

import pytest

from panope.adapters.blobs.bucket import BucketBlobStore
from panope.adapters.blobs.directory import DirectoryBlobStore
from panope.adapters.postgres.blobs import PostgresBlobStore
from panope.composition import media_directory, open_blobs
from panope.config.load import load_settings
from panope.domain.errors import InvalidError

POSTGRES = {"DATABASE_URL": "postgresql://user:password@localhost/panope"}
KEYS = {"PANOPE_MEDIA_S3_ACCESS_KEY_ID": "id", "PANOPE_MEDIA_S3_SECRET_ACCESS_KEY": "sesame"}


@pytest.mark.parametrize(
    ("environ", "directory"),
    [
        ({"PANOPE_DATA_DIR": "/data"}, Path("/data/media")),
        ({"PANOPE_MEDIA_DIR": "/media"}, Path("/media")),
        (POSTGRES, None),
        ({**POSTGRES, "PANOPE_MEDIA_DIR": "/media"}, Path("/media")),
        ({"PANOPE_MEDIA_DIR": "/media", "PANOPE_MEDIA_S3_BUCKET": "media"}, None),
    ],
)
def test_media_are_beside_sqlite_or_where_they_are_told_to_be(environ: dict[str, str], directory: Path | None) -> None:
    assert media_directory(load_settings(environ=environ)) == directory


def test_the_store_is_the_one_that_the_settings_name() -> None:
    assert isinstance(open_blobs(load_settings(environ={})), DirectoryBlobStore)
    assert isinstance(open_blobs(load_settings(environ=POSTGRES)), PostgresBlobStore)
    bucket = load_settings(environ={**POSTGRES, **KEYS, "LANGFUSE_S3_MEDIA_UPLOAD_BUCKET": "media"})
    assert isinstance(open_blobs(bucket), BucketBlobStore)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PANOPE_MEDIA_S3_ENDPOINT", "minio:9000", "http://"),
        ("PANOPE_MEDIA_S3_PUBLIC_ENDPOINT", "ftp://minio", "http://"),
        ("PANOPE_MEDIA_S3_PREFIX", "a/../b", "prefix"),
        ("PANOPE_MEDIA_S3_ACCESS_KEY_ID", "id", "together"),
        ("PANOPE_MEDIA_S3_SECRET_ACCESS_KEY", "sesame", "together"),
        ("PANOPE_MEDIA_MAX_BYTES", "0", "greater than 0"),
        ("PANOPE_MEDIA_LINK_TTL_S", "0", "greater than 0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_without_its_value(variable: str, value: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says) as refused:
        load_settings(environ={variable: value})
    assert "sesame" not in refused.value.message


@pytest.mark.parametrize(("given", "kept"), [("", ""), ("/", ""), ("media", "media/"), ("/a/b/", "a/b/")])
def test_a_prefix_ends_in_one_slash(given: str, kept: str) -> None:
    assert load_settings(environ={"PANOPE_MEDIA_S3_PREFIX": given}).media.s3_prefix == kept
