"""Time buckets: sums that move by differences, so that totals cost the same at any size."""

from collections.abc import Mapping

from msgspec import Struct

from panope.domain.events import EntityKind

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


class BucketKey(Struct, frozen=True, kw_only=True, order=True):
    """What a bucket sums. Text that an entity lacks is ""."""

    kind: str
    """`EntityKind`: trace or observation; in a store also the kind of a counter, see `counter_kind`."""
    hour_us: int
    """Start of the hour of the trace's timestamp or the observation's start."""
    environment: str = ""
    name: str = ""
    """Trace name, or observation type."""
    model: str = ""
    """Model name as sent; "" for traces."""


class BucketTotals(Struct, kw_only=True):
    """Sums, and as a difference: what to add to them."""

    count: int = 0
    error_count: int = 0
    """Observations of level ERROR."""
    unpriced_count: int = 0
    """Observations with usage and without a cost."""
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    total_cost: int = 0

    def add(self, other: "BucketTotals", sign: int = 1) -> None:
        """Add `other` `sign` times."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))

    def is_zero(self) -> bool:
        """Whether nothing is left."""
        return not any(getattr(self, name) for name in self.__struct_fields__)


def counter_kind(kind: str) -> str:
    """The kind of the buckets that count entities of `kind` over all hours, so that a total reads a few rows."""
    return f"{kind} counter"


def count_all_hours(differences: Mapping[BucketKey, BucketTotals]) -> dict[BucketKey, BucketTotals]:
    """What differences of hours do to the counters: one per environment, of observations also per type."""
    counters: dict[BucketKey, BucketTotals] = {}
    for key, totals in differences.items():
        if totals.count:
            name = key.name if key.kind == EntityKind.OBSERVATION else ""
            counter = BucketKey(kind=counter_kind(key.kind), hour_us=0, environment=key.environment, name=name)
            counters.setdefault(counter, BucketTotals()).count += totals.count
    return {key: totals for key, totals in counters.items() if totals.count}
