"""Addresses of S3 as its documentation signs them."""

from datetime import UTC, datetime

from panope.adapters.blobs.signature import Credentials, sign_url


def test_the_documented_example_has_the_documented_signature() -> None:
    url = sign_url(
        "GET",
        "https://examplebucket.s3.amazonaws.com/test.txt",
        Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region="us-east-1",
        at=datetime(2013, 5, 24, tzinfo=UTC),
        ttl_s=86_400,
        headers={},
        query={},
    )
    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_credentials_are_never_shown() -> None:
    assert "secret" not in repr(Credentials("id", "secret"))
