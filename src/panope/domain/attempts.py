"""How often somebody may try a password: counts by place within a window of time, bounded whatever is sent."""

from collections.abc import Iterable, Mapping

from msgspec import Struct


class AttemptLimit(Struct, frozen=True, kw_only=True):
    """So many attempts from one place within a window that begins with the first of them."""

    place: str
    """An account or an address, hashed."""
    most: int
    window_us: int


class AttemptCount(Struct, frozen=True, kw_only=True):
    """How many attempts a place has made."""

    place: str
    since_us: int
    """When its window began."""
    until_us: int
    """When it ends."""
    count: int


def take_attempt(
    kept: Mapping[str, AttemptCount], limits: Iterable[AttemptLimit], now_us: int
) -> tuple[list[AttemptCount], int | None]:
    """Count one attempt in all places, or in none when one of them is full.

    Returns the counts that change, and the moment at which it may be tried again when it may not now. A count whose
    window has ended is none.
    """
    changed = []
    blocked_until_us = None
    for limit in limits:
        found = kept.get(limit.place)
        if found is None or found.until_us <= now_us:
            found = AttemptCount(place=limit.place, since_us=now_us, until_us=now_us + limit.window_us, count=0)
        if found.count >= limit.most:
            blocked_until_us = max(blocked_until_us or 0, found.until_us)
        changed.append(
            AttemptCount(place=found.place, since_us=found.since_us, until_us=found.until_us, count=found.count + 1)
        )
    return ([], blocked_until_us) if blocked_until_us is not None else (changed, None)
