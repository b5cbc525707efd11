"""Groups of tokens as a segment stores them, read and written for all tokens at once.

Of each token, in order, there is the number of its first group, and for the others: nothing, or the difference of each
from the one before in 16 bits, or, where that is smaller, a bitmap of all groups.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np

from panope.domain.text.cutting import Array, arrange

_PART_BYTES: Final = 32_768
_AT_ONCE: Final = 4_000_000
"""Bits of bitmaps that are bytes in memory at once."""


class Postings:
    """What a segment stores of its tokens."""

    def __init__(self, of: Array, groups: Array, count: int) -> None:
        """From arranged pairs, in which each token is, and the number of groups that there are."""
        starts = np.append(np.arange(min(1, len(of))), np.flatnonzero(of[1:] != of[:-1]) + 1)
        sizes = np.diff(starts, append=len(of))
        width = (count + 7) // 8
        is_dense = (sizes > 1) & (2 * (sizes - 1) >= width)
        lengths = np.where(is_dense, width, 2 * (sizes - 1))
        offsets = np.cumsum(lengths) - lengths
        stream = np.zeros(int(lengths.sum()), np.uint8)
        _write_steps(stream, offsets, groups, starts, is_dense)
        _write_bitmaps(stream, offsets, (of, groups), is_dense, count)
        ends = offsets + lengths
        self.firsts = _bytes(groups[starts], "H")
        self.lengths = _bytes(lengths, "H")
        bounds = list(_cut(ends, len(stream)))
        self.starts = _bytes(np.array(bounds[:-1] or [0]), "I")
        self.parts = [stream[start:end].tobytes() for start, end in pairwise(bounds)] or [b""]


def read_pairs(firsts: Iterable[int], lengths: Iterable[int], stream: bytes, count: int) -> tuple[Array, Array]:
    """The pairs of what was stored, arranged: tokens, and a group of each."""
    first, length = np.asarray(firsts, np.int64), np.asarray(lengths, np.int64)
    width = (count + 7) // 8
    is_dense = length == width
    offsets = np.cumsum(length) - length
    raw = np.frombuffer(stream, np.uint8)
    found = [_read_steps(raw, offsets, first, np.where(is_dense, 0, length), ~is_dense)]
    for dense in _slabs(np.flatnonzero(is_dense), count):
        bits = np.unpackbits(raw[offsets[dense][:, None] + np.arange(width)], axis=1, bitorder="little")
        rows, groups = np.nonzero(bits)
        found.append((dense[rows], groups))
    of, numbers = zip(*found, strict=True)
    return arrange(np.concatenate(of), np.concatenate(numbers), count)


def _write_steps(stream: Array, offsets: Array, groups: Array, starts: Array, is_dense: Array) -> None:
    sizes = np.diff(starts, append=len(groups))
    is_step = np.repeat(~is_dense, sizes)
    is_step[starts] = False
    at = np.flatnonzero(is_step)
    steps = (groups[at] - groups[at - 1]).view(np.uint8).reshape(-1, 2)
    to = np.repeat(offsets - 2 * (starts + 1), sizes)[at] + 2 * at
    stream[to], stream[to + 1] = steps[:, 0], steps[:, 1]


def _write_bitmaps(stream: Array, offsets: Array, told: tuple[Array, Array], is_dense: Array, count: int) -> None:
    of, groups = told
    width = (count + 7) // 8
    for dense in _slabs(np.flatnonzero(is_dense), count):
        start, end = np.searchsorted(of, [dense[0], dense[-1] + 1])
        rows = np.full(dense[-1] - dense[0] + 1, -1)
        rows[dense - dense[0]] = np.arange(len(dense))
        row, group = rows[of[start:end] - dense[0]], groups[start:end]
        bits = np.zeros((len(dense), count), bool)
        bits[row[row >= 0], group[row >= 0]] = True
        stream[offsets[dense][:, None] + np.arange(width)] = np.packbits(bits, axis=1, bitorder="little")


def _read_steps(raw: Array, offsets: Array, firsts: Array, lengths: Array, is_kept: Array) -> tuple[Array, Array]:
    tokens = np.flatnonzero(is_kept)
    sizes = 1 + lengths[tokens] // 2
    starts = np.cumsum(sizes) - sizes
    owners = np.repeat(tokens.astype(np.uint32), sizes)
    steps = np.zeros(len(owners), np.int32)
    is_step = np.ones(len(owners), bool)
    is_step[starts] = False
    at = np.flatnonzero(is_step)
    spot = offsets[owners[at]] + 2 * (at - np.repeat(starts, sizes)[at] - 1)
    steps[at] = np.stack([raw[spot], raw[spot + 1]], axis=1).reshape(-1).view(np.uint16)
    rising = np.cumsum(steps, dtype=np.int64)
    return owners, rising - np.repeat(rising[starts] - firsts[tokens], sizes)


def _slabs(tokens: Array, count: int) -> Iterator[Array]:
    size = max(1, _AT_ONCE // max(1, count))
    return (tokens[start : start + size] for start in range(0, len(tokens), size))


def _cut(ends: Array, total: int) -> Iterator[int]:
    """Where parts begin and end: between tokens, and no longer than need be."""
    start = 0
    yield start
    while start < total:
        fitting = int(np.searchsorted(ends, start + _PART_BYTES, side="right")) - 1
        reached = int(ends[fitting]) if fitting >= 0 else 0
        start = reached if reached > start else int(ends[np.searchsorted(ends, start, side="right")])
        yield start


def _bytes(values: Any, kind: str) -> bytes:
    raw: bytes = values.astype(np.dtype(kind)).tobytes()
    return raw
