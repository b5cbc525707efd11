"""What arrives at one project and what is refused, as its people see it. Holds counts and codes, never a secret."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.accounts import ApiKey, RevokedKey
from panope.domain.ids import ProjectId
from panope.domain.key_failures import KeyFailure, KeyFailureReason
from panope.domain.ledger import Receipt, SdkUse

REVOKED: Final = "revoked"
"""Reason beside those of `KeyFailureReason`: the key was one of the project's."""
_AHEAD_US: Final = 1_000_000


class Explained(Struct, frozen=True, kw_only=True):
    """A code of the ledger, how often it came, and what a sender can do about it."""

    code: str
    count: int
    advice: str


class SeenRequest(Struct, frozen=True, kw_only=True):
    """A request that arrived, and the key that it came with."""

    receipt: Receipt
    public_key: str | None
    """None: sent from the web app, or by a key that nobody remembers."""
    note: str | None
    is_revoked: bool
    reasons: list[Explained]
    repairs: list[Explained]


class RefusedKey(Struct, frozen=True, kw_only=True):
    """Requests of late that one key did not open, for one reason."""

    key_prefix: str
    """First characters of what was sent as the public key; "" when that was no key."""
    reason: str
    """A `KeyFailureReason`, or `REVOKED`."""
    count: int
    last_us: int
    public_key: str | None = None
    """The key that is meant, where it is or was one of the project."""
    note: str | None = None
    seen: str = ""
    """What was wrong, in words."""
    advice: str = ""


class Arrivals(Struct, frozen=True, kw_only=True):
    """The newest requests of a project."""

    now_us: int
    requests: list[SeenRequest]
    """Newest first."""
    refused: list[RefusedKey]
    """Of the project's keys, the latest first."""
    strangers: list[RefusedKey] | None
    """Of keys that are nobody's; None for whoever may not see what is not the project's."""


class Lag(Struct, frozen=True, kw_only=True):
    """How long after its start an observation arrived."""

    observations: int
    p50_us: int
    p95_us: int
    ahead: int
    """Observations that began after their arrival, by a second and more: their sender's clock is ahead."""
    ahead_us: int
    """The most of that; 0 without any."""


class SeenClient(Struct, frozen=True, kw_only=True):
    """One SDK of one version, and what became of what it sent."""

    use: SdkUse
    reasons: list[Explained]
    repairs: list[Explained]


class IngestionHealth(Struct, frozen=True, kw_only=True):
    """Who sends, and how quickly it gets here."""

    now_us: int
    since_us: int
    clients: list[SeenClient]
    is_cut: bool
    """Whether more arrived than was read; that was the newest."""
    lag: Lag | None
    """None when nothing arrived."""
    queue_depth: int | None
    """Requests that wait to be made durable; None where there is no queue."""


def attribute_refusals(
    project_id: ProjectId | None,
    failures: Iterable[KeyFailure],
    keys: Sequence[ApiKey],
    revoked: Sequence[RevokedKey],
) -> list[RefusedKey]:
    """What was refused of one project's keys, or, for None, of nobody's; the latest first.

    `keys` and `revoked` are those of all projects: a prefix that keys of several begin with is nobody's.
    """
    found: dict[tuple[str, str], RefusedKey] = {}
    for failure in failures:
        owner, refused = _attribute(failure, keys, revoked)
        if owner != project_id:
            continue
        place = (refused.key_prefix, refused.reason)
        before = found.get(place)
        if before is not None:
            last_us = max(before.last_us, refused.last_us)
            refused = replace(refused, count=before.count + refused.count, last_us=last_us)
        found[place] = refused
    return sorted(found.values(), key=lambda one: (-one.last_us, one.key_prefix, one.reason))


def _attribute(
    failure: KeyFailure, keys: Sequence[ApiKey], revoked: Sequence[RevokedKey]
) -> tuple[ProjectId | None, RefusedKey]:
    prefix = failure.key_prefix
    there = [key for key in keys if prefix and key.public_key.startswith(prefix)]
    gone = [key for key in revoked if prefix and key.public_key.startswith(prefix)]
    owners = {key.project_id for key in there} | {key.project_id for key in gone}
    owner = owners.pop() if len(owners) == 1 else None
    plain = RefusedKey(key_prefix=prefix, reason=failure.reason, count=failure.count, last_us=failure.last_us)
    if owner is None:
        return None, plain
    if failure.reason == KeyFailureReason.UNKNOWN_KEY and gone:
        return owner, replace(plain, reason=REVOKED, public_key=gone[0].public_key, note=gone[0].note)
    meant: ApiKey | RevokedKey = there[0] if there else gone[0]
    return owner, replace(plain, public_key=meant.public_key, note=meant.note)


def measure_lag(delays: Iterable[int]) -> Lag | None:
    """Quantiles of delays from start to arrival in µs, where negative ones count as none; None without any delay."""
    ordered = sorted(delays)
    if not ordered:
        return None
    ahead = [-delay for delay in ordered if delay <= -_AHEAD_US]
    return Lag(
        observations=len(ordered),
        p50_us=max(0, _quantile(ordered, 0.5)),
        p95_us=max(0, _quantile(ordered, 0.95)),
        ahead=len(ahead),
        ahead_us=max(ahead, default=0),
    )


def _quantile(ordered: Sequence[int], share: float) -> int:
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
