"""The ingestion ledger: one receipt per request, written in the commit of what it brought."""

from msgspec import Struct, field


class Receipt(Struct, kw_only=True):
    """What one ingestion request was and what became of it. Holds counts and codes, never a payload or a secret."""

    request_id: str
    received_us: int
    protocol: str
    """`langfuse`, `otlp-protobuf`, `otlp-json`, `scores` or `legacy`."""
    key_id: str | None = None
    sdk_name: str | None = None
    sdk_version: str | None = None
    body_bytes: int = 0
    accepted: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """How many events per rejection code."""
    repairs: dict[str, int] = field(default_factory=dict)
    """How many events per repair code."""
    status: int = 207
    """Status of the answer; 4xx when the whole request was refused."""
