"""A short memory of keys that were refused: counts by hour, bounded whatever is sent."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class KeyFailureReason(StrEnum):
    """Why a request was not let in."""

    NO_HEADER = "no_header"
    """It came without an `Authorization` header."""
    UNREADABLE_HEADER = "unreadable_header"
    """The header is neither Basic with two halves nor Bearer."""
    SECRET_FIRST = "secret_first"  # noqa: S105 - no password, a word
    """A secret key stands where the public key belongs."""
    NOT_A_KEY = "not_a_key"
    """What stands where the public key belongs does not look like one."""
    UNKNOWN_KEY = "unknown_key"
    WRONG_SECRET = "wrong_secret"  # noqa: S105
    EXPIRED = "expired"


class KeyFailure(Struct, frozen=True, kw_only=True):
    """How often a key was refused for one reason within an hour. Holds nothing of any secret."""

    hour_us: int
    """Start of the hour."""
    key_prefix: str
    """First characters of the public key; "" for what does not look like a key, and for those beyond the bound."""
    reason: str
    """A `KeyFailureReason`."""
    count: int
    last_us: int

    @property
    def place(self) -> "Place":
        """What it is counted under."""
        return (self.hour_us, self.key_prefix, self.reason)


Place = tuple[int, str, str]
"""Hour, prefix, reason."""


def add_failures(
    kept: Mapping[Place, KeyFailure], failures: Iterable[KeyFailure], most_per_hour: int
) -> dict[Place, KeyFailure]:
    """The rows that change when failures are added to what is kept of their hours.

    A prefix that finds its hour full is counted under "", so an hour has a row per reason more at most.
    """
    changed: dict[Place, KeyFailure] = {}
    sizes: dict[int, int] = {}
    for hour_us, _, _ in kept:
        sizes[hour_us] = sizes.get(hour_us, 0) + 1
    for failure in failures:
        found = changed.get(failure.place) or kept.get(failure.place)
        if found is None and sizes.get(failure.hour_us, 0) >= most_per_hour:
            failure = replace(failure, key_prefix="")  # noqa: PLW2901 - the same failure under another name
            found = changed.get(failure.place) or kept.get(failure.place)
        if found is None:
            sizes[failure.hour_us] = sizes.get(failure.hour_us, 0) + 1
            changed[failure.place] = failure
        else:
            last_us = max(found.last_us, failure.last_us)
            changed[failure.place] = replace(found, count=found.count + failure.count, last_us=last_us)
    return changed
