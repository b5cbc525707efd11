"""Requests that are refused whole, on every route that takes a body."""

import base64
import gzip
import random
import zlib
from typing import Final

from msgspec import Struct, field

from tests.api.bad_inputs import legacy
from tests.api.edge import MAX_BODY_BYTES

JSON: Final = "application/json"
PROTOBUF: Final = "application/x-protobuf"


class Route(Struct, frozen=True, kw_only=True):
    """One way to write."""

    method: str
    path: str
    content_type: str = JSON
    protocol: str | None
    """In the ledger; None: the route writes no telemetry and has no receipts."""
    malformed: str = "malformed_envelope"
    """Code of a body that is none."""
    keys: dict[int, list[str]] = field(default_factory=dict)
    """Keys of the answer's body, by status, where the family has words of its own."""

    @property
    def name(self) -> str:
        """For the test's id."""
        return f"{self.method}-{self.path[1:].replace('/', '-')}-{self.content_type.rpartition('/')[2]}"


_OTEL: Final = {400: ["error"], 413: ["error"]}
TELEMETRY: Final = [
    Route(method="POST", path="/ingestion", protocol="langfuse", keys={400: ["errors", "message"]}),
    Route(method="POST", path="/otel/v1/traces", protocol="otlp-json", malformed="malformed_otlp", keys=_OTEL),
    Route(
        method="POST",
        path="/otel/v1/traces",
        content_type=PROTOBUF,
        protocol="otlp-protobuf",
        malformed="malformed_otlp",
        keys=_OTEL,
    ),
    Route(method="POST", path="/scores", protocol="scores"),
    *(Route(method=method, path=path, protocol="legacy") for method, path in legacy.ROUTES),
]
CATALOG: Final = [
    Route(method="POST", path="/models", protocol=None),
    Route(method="PUT", path="/models/x", protocol=None),
    Route(method="POST", path="/media", protocol=None),
    Route(method="PATCH", path="/media/x", protocol=None),
]
ROUTES: Final = [*TELEMETRY, *CATALOG]


class Whole(Struct, frozen=True, kw_only=True):
    """One body that no route takes."""

    name: str
    body: bytes
    encoding: str | None = None
    status: int = 400
    code: str
    """Reason in the ledger; `malformed` stands for the route's own."""


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1_000_000)
    return b"".join([packer.compress(zeros) for _ in range(size // len(zeros))]) + packer.flush()


_GOOD: Final = gzip.compress(b'{"batch": []}' + b" " * 1_000)
BOMB: Final = _bomb(200_000_000)
assert len(BOMB) < MAX_BODY_BYTES // 4, "a bomb is small"
MALFORMED: Final = "malformed"

PACKED: Final = [
    Whole(name="not gzip", body=b'{"batch": []}', encoding="gzip", code="broken_gzip"),
    Whole(name="half of JSON as gzip", body=gzip.compress(b"{"), encoding="gzip", code=MALFORMED),
    Whole(name="not deflate", body=b'{"batch": []}', encoding="deflate", code="broken_gzip"),
    Whole(name="deflate cut short", body=zlib.compress(b'{"batch": []}')[:-3], encoding="deflate", code="broken_gzip"),
    Whole(
        name="a bomb as deflate",
        body=zlib.compress(bytes(50_000_000)),
        encoding="deflate",
        status=413,
        code="body_too_large",
    ),
    Whole(name="gzip cut short", body=_GOOD[:-9], encoding="gzip", code="broken_gzip"),
    Whole(name="gzip cut in its head", body=_GOOD[:5], encoding="gzip", code="broken_gzip"),
    Whole(name="gzip with a wrong checksum", body=_GOOD[:-8] + bytes(8), encoding="gzip", code="broken_gzip"),
    Whole(name="gzip and rubbish behind it", body=_GOOD + b"rubbish", encoding="gzip", code="broken_gzip"),
    Whole(
        name="gzip with a flipped bit",
        body=_GOOD[:14] + bytes([_GOOD[14] ^ 255]) + _GOOD[15:],
        encoding="x-gzip",
        code="broken_gzip",
    ),
    Whole(name="a bomb", body=BOMB, encoding="gzip", status=413, code="body_too_large"),
    Whole(
        name="many small bombs",
        body=gzip.compress(bytes(100_000)) * 100,
        encoding="gzip",
        status=413,
        code="body_too_large",
    ),
    Whole(
        name="one byte too many once unpacked",
        body=gzip.compress(b" " * (MAX_BODY_BYTES + 1)),
        encoding="gzip",
        status=413,
        code="body_too_large",
    ),
    Whole(name="a bomb in a bomb", body=gzip.compress(BOMB), encoding="gzip, gzip", code="unsupported_encoding"),
    *(
        Whole(name=f"{encoding} encoding", body=_GOOD, encoding=encoding, code="unsupported_encoding")
        for encoding in ("br", "zstd", "compress", "GZIPPED", "gzip;q=1", "chunked")
    ),
]
PLAIN: Final = [
    Whole(name="beyond the limit", body=b" " * (MAX_BODY_BYTES + 1), status=413, code="body_too_large"),
    Whole(name="half of JSON", body=b'{"batch": [', code=MALFORMED),
    Whole(name="two documents", body=b'{"batch": []} {"batch": []}', code=MALFORMED),
    Whole(name="random bytes", body=bytes(range(255, 0, -1)), code=MALFORMED),
    Whole(name="brackets without end", body=b"[" * 1_000_000, code=MALFORMED),
    Whole(name="quotes without end", body=b'{"a":"' * 100_000, code=MALFORMED),
    Whole(name="UTF-16", body='{"batch": []}'.encode("utf-16"), code=MALFORMED),
    Whole(name="XML", body=b"<?xml version='1.0'?><a/>", code=MALFORMED),
]
ROWS: Final = [*PACKED, *PLAIN]

BAD_DELETIONS: Final = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"traceIds": []}',
    b'{"traceIds": "a"}',
    b'{"traceIds": [1]}',
    b'{"traceIds": [null]}',
    b'{"traceIds": ["\xff"]}',
    b'{"traceIds": ["\\ud800"]}',
    b'{"traceIds": ["a"], "more": 1}',
    b"[" * 100_000,
    b'{"traceIds": [%s]}' % b",".join([b'"a"'] * 1_001),
    b'{"traceIds": ["' + b"i" * 801 + b'"]}',
    b'{"traceIds": [""]}',
    b'{"traceIds": ["a\\u0000"]}',
]
"""Of `DELETE /traces`."""

NO_IDS: Final = {
    "6000-random-letters": base64.b64encode(random.Random(7).randbytes(4_500)).decode(),
    "801-bytes": "i" * 801,
    "NUL": "a\0b",
    "a-lone-surrogate": "a\ud800",
    "bytes-that-are-no-text": "a\udcff",
    "dots": "../../etc/passwd",
    "a-percent-sign": "%",
    "SQL": "' OR 1=1 --",
    "a-slash": "/",
}
"""What nothing can be called. Lone surrogates stand for the three bytes that they would have in a path."""
