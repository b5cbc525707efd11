"""Walking two ordered streams side by side."""

from collections.abc import Iterator
from typing import Any, TypeVar

Left = TypeVar("Left")
Right = TypeVar("Right")

Key = tuple[Any, ...]
"""Compared as tuples are; the streams rise by it."""


def side_by_side(
    left: Iterator[tuple[Key, Left]], right: Iterator[tuple[Key, Right]]
) -> Iterator[tuple[Key, Left | None, Right | None]]:
    """Pairs of what has the same key on both sides, and singles of what has a key on one side alone, by key.

    A side that repeats a key has its second one alone.
    """
    ours, theirs = next(left, None), next(right, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours[0] < theirs[0]):
            assert ours is not None
            yield ours[0], ours[1], None
            ours = next(left, None)
        elif ours is None or theirs[0] < ours[0]:
            yield theirs[0], None, theirs[1]
            theirs = next(right, None)
        else:
            yield ours[0], ours[1], theirs[1]
            ours, theirs = next(left, None), next(right, None)
