"""How much work a test does, chosen on the command line: `pytest --load bounded`."""

from enum import StrEnum


class Load(StrEnum):
    """Three sizes of the same test."""

    SMALL = "small"
    """`make test`: a taste."""
    BOUNDED = "bounded"
    """`make ci`: minutes in all."""
    FULL = "full"
    """The figures of `docs/verification.md`: as long as it takes."""

    def choose(self, *, small: int, bounded: int, full: int) -> int:
        """The number that goes with this size: examples, rounds, rows."""
        return {Load.SMALL: small, Load.BOUNDED: bounded, Load.FULL: full}[self]
