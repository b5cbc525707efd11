"""Steps of time of one width, by a clock that may be put forward and back."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from panope.domain.rollups import DAY_US, HOUR_US

WEEK_US: Final = 7 * DAY_US
MONDAY_US: Final = -3 * DAY_US
"""1969-12-29; the epoch was a Thursday."""


class Grid(Struct, frozen=True):
    """Numbers moments by the step they lie in. All in microseconds."""

    width_us: int
    origin_us: int
    """Where step 0 begins, by the clock as it went at first."""
    shifts: tuple[tuple[int, int], ...] = ()
    """Moments in order, and how far the clock is ahead from each of them on, compared with the first time."""

    def number(self, us: int) -> int:
        """The step that a moment lies in."""
        ahead_us = next((by_us for at_us, by_us in reversed(self.shifts) if us >= at_us), 0)
        return (us - self.origin_us + ahead_us) // self.width_us

    def start(self, number: int) -> int:
        """The first moment of a step."""
        shown_us = self.origin_us + number * self.width_us
        since_us: int | None = None
        ahead_us = 0
        for at_us, by_us in self.shifts:
            if shown_us - ahead_us < at_us:
                break
            since_us, ahead_us = at_us, by_us
        start_us = shown_us - ahead_us
        return start_us if since_us is None else max(start_us, since_us)

    def floor(self, us: int) -> int:
        """The first moment of the step that a moment lies in."""
        return self.start(self.number(us))

    def starts(self, from_us: int, until_us: int) -> Iterator[int]:
        """The first moments of the steps that a window touches, in order."""
        number = self.number(from_us)
        while (start_us := self.start(number)) < until_us:
            yield start_us
            number += 1

    def is_made_of(self, width_us: int) -> bool:
        """Whether each step consists of whole steps of another width, counted from the epoch."""
        bounds = (self.width_us, self.origin_us, *(us for shift in self.shifts for us in shift))
        return all(us % width_us == 0 for us in bounds)


def clock_grid(width_us: int, from_us: int, offset_us: int, changes: Sequence[tuple[int, int]]) -> Grid:
    """Steps from that of `from_us` on by the clock of a place, which is `offset_us` ahead of UTC at first.

    `changes` are moments, and how far it is ahead from each on; the first offset has to be that of a step before
    `from_us`. Steps shorter than an hour are counted from the epoch. An hour is an hour, also when the clock is put
    back in it; longer steps begin when the clock shows a multiple of them, weeks on Mondays.
    """
    if width_us < HOUR_US:
        return Grid(width_us, from_us - from_us % width_us)
    if width_us == HOUR_US:
        return Grid(width_us, from_us - (from_us + offset_us) % width_us)
    shifts = tuple((at_us, ahead_us - offset_us) for at_us, ahead_us in changes)
    shown_us = from_us + offset_us + next((by_us for at_us, by_us in reversed(shifts) if from_us >= at_us), 0)
    anchor_us = MONDAY_US if width_us % WEEK_US == 0 else 0
    return Grid(width_us, shown_us - (shown_us - anchor_us) % width_us - offset_us, shifts)
