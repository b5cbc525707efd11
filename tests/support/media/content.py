"""Media as clients announce, upload and fetch them."""

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 4
"""Begins as a picture does; nobody looks further."""


def sha256_of(content: bytes) -> str:
    """The hash as it is on the wire."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def id_of(content: bytes) -> str:
    """The id that clients work out."""
    return sha256_of(content)[:22].replace("+", "-").replace("/", "_")


def announcement(content: bytes = PNG, content_type: str = "image/png", **fields: Any) -> dict[str, Any]:
    """Body of an announcement, of the input of a trace unless the fields say otherwise; None leaves a field out."""
    body = {
        "contentType": content_type,
        "contentLength": len(content),
        "sha256Hash": sha256_of(content),
        "field": "input",
        "traceId": "trace-1",
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def upload_headers(content: bytes = PNG, content_type: str = "image/png") -> dict[str, str]:
    """What every SDK sends with the bytes."""
    return {"Content-Type": content_type, "x-amz-checksum-sha256": sha256_of(content), "x-ms-blob-type": "BlockBlob"}


async def chunks_of(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """The content as it comes over a network."""
    for start in range(0, len(content), size):
        yield content[start : start + size]
