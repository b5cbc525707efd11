"""The ingestion ledger: one receipt per request, written in the commit of what it brought."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

ANNOTATION: Final = "annotation"
SHARING: Final = "sharing"
BY_PEOPLE: Final = (ANNOTATION, SHARING)
"""Protocols of what people do in the web app, which no client sent."""


class Receipt(Struct, kw_only=True):
    """What one ingestion request was and what became of it. Holds counts and codes, never a payload or a secret."""

    request_id: str
    received_us: int
    protocol: str
    """`langfuse`, `otlp-protobuf`, `otlp-json`, `scores` or `legacy` of what clients sent, or one of `BY_PEOPLE`."""
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


class SdkUse(Struct, kw_only=True):
    """What one client sent: all receipts of one SDK, version and protocol added up."""

    sdk_name: str | None
    sdk_version: str | None
    protocol: str
    requests: int = 0
    refused: int = 0
    """Requests that were refused whole, with a status of 400 or above."""
    accepted: int = 0
    """Events."""
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """How many events, or whole requests, per rejection code."""
    repairs: dict[str, int] = field(default_factory=dict)
    last_us: int = 0
    """Arrival of the newest request."""


class LedgerSummary(Struct, kw_only=True):
    """Receipts of a time range by client, without those `BY_PEOPLE`.

    The one with most requests first, then by name, version and protocol.
    """

    uses: list[SdkUse] = field(default_factory=list)
    is_cut: bool = False
    """Whether there are more receipts than were read; those that were are the newest."""


def add_up_uses(parts: Iterable[SdkUse]) -> list[SdkUse]:
    """One use per client, in the order of a summary."""
    found: dict[tuple[str | None, str | None, str], SdkUse] = {}
    for part in parts:
        client = (part.sdk_name, part.sdk_version, part.protocol)
        use = found.setdefault(client, SdkUse(sdk_name=client[0], sdk_version=client[1], protocol=client[2]))
        use.requests += part.requests
        use.refused += part.refused
        use.accepted += part.accepted
        use.rejected += part.rejected
        use.last_us = max(use.last_us, part.last_us)
        _add_counts(use.reasons, part.reasons)
        _add_counts(use.repairs, part.repairs)
    return sorted(
        found.values(), key=lambda use: (-use.requests, use.sdk_name or "", use.sdk_version or "", use.protocol)
    )


def _add_counts(totals: dict[str, int], counts: dict[str, int]) -> None:
    for code, count in counts.items():
        totals[code] = totals.get(code, 0) + count
