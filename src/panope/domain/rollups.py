"""Time buckets: sums that move by differences, so that totals cost the same at any size."""

from msgspec import Struct

HOUR_US = 3_600_000_000


class BucketKey(Struct, frozen=True, kw_only=True, order=True):
    """What a bucket sums. Text that an entity lacks is ""."""

    kind: str
    """`EntityKind`: trace or observation."""
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
