"""Signature version 4 of S3 in the query of an address: what obstore cannot sign is headers, and clients send some."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from msgspec import Struct


class Credentials(Struct, frozen=True):
    """A key pair of a bucket. Never shown."""

    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return "Credentials(…)"


def sign_url(
    method: str,
    url: str,
    credentials: Credentials,
    *,
    region: str,
    at: datetime,
    ttl_s: int,
    headers: Mapping[str, str],
    query: Mapping[str, str],
) -> str:
    """The address with everything in it that S3 asks for.

    Whoever uses it has to send these headers, with these values. `url` is without a query, `at` in UTC.
    """
    parts = urlsplit(url)
    time, date = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    scope = f"{date}/{region}/s3/aws4_request"
    signed = {**{name.lower(): value.strip() for name, value in headers.items()}, "host": parts.netloc}
    names = ";".join(sorted(signed))
    full = {
        **query,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials.access_key_id}/{scope}",
        "X-Amz-Date": time,
        "X-Amz-Expires": str(ttl_s),
        "X-Amz-SignedHeaders": names,
    }
    path = quote(parts.path or "/", safe="/-_.~")
    encoded = "&".join(f"{_encode(name)}={_encode(value)}" for name, value in sorted(full.items()))
    lines = [f"{name}:{signed[name]}" for name in sorted(signed)]
    request = "\n".join([method, path, encoded, *lines, "", names, "UNSIGNED-PAYLOAD"])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_access_key}".encode()
    for step in (date, region, "s3", "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{parts.scheme}://{parts.netloc}{path}?{encoded}&X-Amz-Signature={signature}"


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
