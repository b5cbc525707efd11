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
_AT_ONCE: Final = 1_000_000
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
        _write_steps(stream, lengths, groups, starts, is_dense)
        for dense in _slabs(np.flatnonzero(is_dense), count):
            pairs = slice(starts[dense[0]], starts[dense[-1]] + sizes[dense[-1]])
            tokens = slice(dense[0], dense[-1] + 1)
            bitmaps = _bitmaps(groups[pairs], sizes[tokens], is_dense[tokens], count)
            stream[offsets[dense][:, None] + np.arange(width)] = bitmaps
        ends = offsets + lengths
        self.firsts = _bytes(groups[starts], "H")
        self.lengths = _bytes(lengths, "H")
        bounds = list(_cut(ends, len(stream)))
        self.starts = _bytes(np.array(bounds[:-1] or [0]), "I")
        self.parts = [stream[start:end].tobytes() for start, end in pairwise(bounds)] or [b""]


def read_pairs(firsts: Iterable[int], lengths: Iterable[int], stream: bytes, count: int) -> tuple[Array, Array]:
    """The pairs of what was stored, arranged: tokens, and a group of each."""
    first, length = np.asarray(firsts, np.uint32), np.asarray(lengths, np.int64)
    width = (count + 7) // 8
    is_dense = length == width
    raw = np.frombuffer(stream, np.uint8)
    found = [_read_steps(raw, first, length, is_dense)]
    offsets = np.cumsum(length) - length
    for dense in _slabs(np.flatnonzero(is_dense), count):
        bits = np.unpackbits(raw[offsets[dense][:, None] + np.arange(width)], axis=1, bitorder="little")
        rows, groups = np.nonzero(bits)
        found.append((dense.astype(np.uint32)[rows], groups.astype(np.uint16)))
    of, numbers = (np.concatenate(some) for some in zip(*found, strict=True))
    del found
    return arrange(of, numbers, count)


def _write_steps(stream: Array, lengths: Array, groups: Array, starts: Array, is_dense: Array) -> None:
    """Into the places of the stream that are of no bitmap: they follow each other as the steps do."""
    is_step = np.repeat(~is_dense, np.diff(starts, append=len(groups)))
    is_step[starts] = False
    rises = np.zeros_like(groups)
    rises[1:] = groups[1:] - groups[:-1]
    stream[np.repeat(~is_dense, lengths)] = rises[is_step].view(np.uint8)


def _bitmaps(groups: Array, sizes: Array, is_dense: Array, count: int) -> Array:
    """Of some neighbouring tokens those that are dense, a row for each; pairs and how many each token has."""
    dense_sizes = sizes[is_dense]
    bits = np.zeros((len(dense_sizes), count), bool)
    rows = np.repeat(np.arange(len(dense_sizes), dtype=np.uint32), dense_sizes)
    bits[rows, groups[np.repeat(is_dense, sizes)]] = True
    return np.packbits(bits, axis=1, bitorder="little")


def _read_steps(raw: Array, firsts: Array, lengths: Array, is_dense: Array) -> tuple[Array, Array]:
    tokens = np.flatnonzero(~is_dense)
    sizes = 1 + lengths[tokens] // 2
    starts = np.cumsum(sizes) - sizes
    steps = np.zeros(int(sizes.sum()), np.uint16)
    is_step = np.ones(len(steps), bool)
    is_step[starts] = False
    steps[is_step] = (raw[~np.repeat(is_dense, lengths)] if is_dense.any() else raw).view(np.uint16)
    rising = np.cumsum(steps, dtype=np.uint32)  # over all tokens: what runs over is taken off again
    rising -= np.repeat(rising[starts] - firsts[tokens], sizes)
    return np.repeat(tokens.astype(np.uint32), sizes), rising.astype(np.uint16)


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
