"""A segment of an index of texts: which of some groups of rows have which tokens. It never changes once it is built.

Rows are indexed in groups of neighbours, whose texts have much in common: a search names groups, and their rows are
looked at one by one. The head holds the keys of the rows, the tokens, sorted, and the first group of each token; the
other groups of a token follow in parts, so that a search reads heads, which are small, and the parts that it needs.
Groups are numbered: in a part they stand as differences of 16 bits, or as a bitmap where that is smaller.
"""

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final

import msgspec
from msgspec import Struct

from panope.domain.text.tokens import MARK

MAX_GROUPS: Final = 65_535
GROUP_ROWS: Final = 32
"""Rows of a group at most."""
_MANY_TOKENS: Final = 400
"""More tokens than this that hold a part of a word say little: their groups are not looked up."""
_FEW_GROUPS: Final = 2
"""So few groups are sooner looked at than narrowed down."""
_LONGER: Final = re.compile(rb"[^\n]{17,}")
TOKEN_BYTES: Final = 16
"""What a builder holds of a token of at most so many bytes."""
PAIR_BYTES: Final = 6
"""… of a token and a group that has it."""
LONGER_BYTES: Final = 200
"""… of a longer token, besides its bytes."""
_ONES: Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))

Fetch = Callable[[Sequence[int]], Mapping[int, bytes]]
"""Parts by number."""


class StoredHead(Struct, frozen=True, array_like=True):
    """A head as MessagePack."""

    keys: bytes
    sizes: bytes
    """Rows of each group."""
    tokens: bytes
    firsts: bytes
    lengths: bytes
    """Bytes of the other groups of each token."""
    parts: bytes


_decode = msgspec.msgpack.Decoder(StoredHead).decode


class Head:
    """What a search needs of a segment before it reads parts."""

    def __init__(self, stored: bytes) -> None:
        """From the bytes that `build` made."""
        head = _decode(stored)
        self.keys = array("q", head.keys)
        """Of the rows, group after group."""
        self._tokens = head.tokens
        self._sizes = head.sizes
        self._firsts = array("H", head.firsts)
        self._lengths = head.lengths
        self._offsets: array[int] | None = None
        self._parts = array("I", head.parts)
        self.size = len(stored) + 2 * len(head.lengths)
        """Bytes that it takes in memory, roughly."""

    def find(self, needles: Sequence[bytes], fetch: Fetch) -> list[int] | None:
        """Keys of the rows that may hold all needles; None when they say nothing."""
        found: set[int] | None = None
        for needle in needles:
            ordinals = self._ordinals(needle)
            if ordinals is None:
                continue
            numbers = self._groups_of(ordinals, fetch)
            found = numbers if found is None else found & numbers
            if len(found) <= _FEW_GROUPS:
                break
        if found is None:
            return None
        found |= self._groups_of(self._marked(), fetch)
        starts = list(accumulate(self._sizes, initial=0))
        return [key for number in found for key in self.keys[starts[number] : starts[number + 1]]]

    def groups(self) -> "list[array[int]]":
        """Keys of the rows by group."""
        return [self.keys[start:end] for start, end in pairwise(accumulate(self._sizes, initial=0))]

    @property
    def held_bytes(self) -> int:
        """What a builder holds of it once it is added, at most."""
        groups = len(self._sizes)
        width = (groups + 7) // 8
        dense = self._lengths.count(width)
        pairs = len(self._firsts) + (sum(self._lengths) - dense * width) // 2 + dense * (groups - 1)
        longer = _LONGER.findall(self._tokens)
        return TOKEN_BYTES * len(self._firsts) + PAIR_BYTES * pairs + sum(LONGER_BYTES + len(token) for token in longer)

    def postings(self, fetch: Fetch) -> "tuple[bytes, array[int], array[int], bytes]":
        """Every token, with a line feed between them; the first group of each, the bytes of its others, and those."""
        parts = fetch(range(len(self._parts)))
        stream = b"".join(parts[number] for number in range(len(self._parts)))
        return self._tokens[1:-1], self._firsts, array("H", self._lengths), stream

    def _marked(self) -> list[int]:
        return [0] if self._tokens.startswith(b"\n" + MARK + b"\n") else []

    def _ordinals(self, needle: bytes) -> list[int] | None:
        """Which tokens hold a needle; None when they are too many."""
        tokens, found = self._tokens, []
        at = tokens.find(needle)
        counted, ordinal = 0, -1
        while at >= 0:
            first = at + (1 if needle[:1] == b"\n" else 0)
            ordinal += tokens.count(b"\n", counted, first)
            found.append(ordinal)
            if len(found) > _MANY_TOKENS:
                return None
            counted = first
            at = tokens.find(needle, tokens.index(b"\n", first))
        return found

    def _at(self) -> "array[int]":
        if self._offsets is None:
            self._offsets = array("I", accumulate(array("H", self._lengths), initial=0))
        return self._offsets

    def _groups_of(self, ordinals: Sequence[int], fetch: Fetch) -> set[int]:
        """The groups of any of these tokens."""
        found = {self._firsts[ordinal] for ordinal in ordinals}
        if not ordinals:
            return found
        offsets, starts = self._at(), self._parts
        wanted: list[tuple[int, int, int, int]] = []
        number = 0
        for ordinal in ordinals:
            start, end = offsets[ordinal], offsets[ordinal + 1]
            if start == end:
                continue
            while number + 1 < len(starts) and starts[number + 1] <= start:
                number += 1
            wanted.append((number, start - starts[number], end - starts[number], self._firsts[ordinal]))
        parts = fetch(sorted({number for number, *_ in wanted})) if wanted else {}
        for number, start, end, first in wanted:
            found.update(_decode_groups(first, parts[number][start:end], len(self._sizes)))
        return found


class Segment(Struct, frozen=True):
    """A segment as it is stored."""

    rows: int
    head: bytes
    parts: list[bytes]


def _decode_groups(first: int, encoded: bytes, count: int) -> list[int]:
    if len(encoded) == (count + 7) // 8:
        return [8 * at + bit for at, byte in enumerate(encoded) if byte for bit in _ONES[byte]]
    return list(accumulate(array("H", encoded), initial=first))
