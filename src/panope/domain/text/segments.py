"""A segment of an index of texts: which of some rows have which tokens. It never changes once it is built.

The head holds the tokens, sorted, and the keys of the rows; the postings of the tokens follow in parts, so that a
search reads the heads, which are small, and of the postings only the parts that it needs. Postings are places of rows
in the list of keys: as differences of 16 bits, or as a bitmap where that is smaller.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from sys import byteorder
from typing import Final

import msgspec
from msgspec import Struct

from panope.domain.text.tokens import MARK

MAX_ROWS: Final = 16_384
"""Rows of one segment; places have 16 bits."""
_PART_BYTES: Final = 32_768
_MANY_TOKENS: Final = 400
"""More tokens than this that hold a part of a word say little: their rows are not looked up."""
_ALONE: Final = 2
"""Bytes of the place of a single row."""
_FEW_ROWS: Final = 8
"""So few rows are sooner looked at than narrowed down."""
_MAX_TOKEN_BYTES: Final = 64
"""A row with a longer token is found by every search."""
_ONES: Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_encode = msgspec.msgpack.Encoder().encode

Fetch = Callable[[Sequence[int]], Mapping[int, bytes]]
"""Parts by number."""


class _StoredHead(Struct, frozen=True, array_like=True):
    keys: bytes
    tokens: bytes
    lengths: bytes
    parts: bytes


_decode = msgspec.msgpack.Decoder(_StoredHead).decode


class Head:
    """What a search needs of a segment before it reads postings."""

    def __init__(self, stored: bytes) -> None:
        """From the bytes that `build` made."""
        head = _decode(stored)
        self.keys = array("q", head.keys)
        """Of the rows, by place."""
        self.tokens = head.tokens
        self._lengths = head.lengths
        self._offsets: array[int] | None = None
        self._parts = array("I", head.parts)
        self.size = 2 * len(stored) + len(head.lengths)
        """Bytes that it takes in memory, roughly."""

    def find(self, needles: Sequence[bytes], fetch: Fetch) -> list[int] | None:
        """Keys of the rows that may hold all needles; None when they say nothing."""
        found: set[int] | None = None
        for needle in needles:
            ordinals = self._ordinals(needle)
            if ordinals is None:
                continue
            places = self._places(ordinals, fetch)
            found = places if found is None else found & places
            if len(found) <= _FEW_ROWS:
                break
        if found is None:
            return None
        found |= self._places(self._opaque(), fetch)
        return [self.keys[place] for place in found]

    def postings(self, fetch: Fetch) -> Iterable[tuple[bytes, Sequence[int]]]:
        """Every token with the places of its rows, in the order of the tokens."""
        parts = fetch(range(len(self._parts)))
        stream = b"".join(parts[number] for number in range(len(self._parts)))
        tokens = self.tokens[1:-1].split(b"\n") if len(self.tokens) > 1 else []
        for token, (start, end) in zip(tokens, pairwise(self._at()), strict=True):
            yield token, _decode_places(stream[start:end], len(self.keys))

    def _opaque(self) -> list[int]:
        return [0] if self.tokens.startswith(b"\n" + MARK + b"\n") else []

    def _ordinals(self, needle: bytes) -> list[int] | None:
        """Which tokens hold a needle; None when they are too many."""
        tokens, found = self.tokens, []
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

    def _places(self, ordinals: Sequence[int], fetch: Fetch) -> set[int]:
        """The rows of any of these tokens."""
        if not ordinals:
            return set()
        offsets, starts = self._at(), self._parts
        wanted: list[tuple[int, int, int]] = []
        number = 0
        for ordinal in ordinals:
            start, end = offsets[ordinal], offsets[ordinal + 1]
            while number + 1 < len(starts) and starts[number + 1] <= start:
                number += 1
            wanted.append((number, start - starts[number], end - starts[number]))
        parts = fetch(sorted({number for number, _, _ in wanted}))
        found: set[int] = set()
        for number, start, end in wanted:
            found.update(_decode_places(parts[number][start:end], len(self.keys)))
        return found


class Segment(Struct, frozen=True):
    """A segment as it is stored."""

    rows: int
    head: bytes
    parts: list[bytes]


class _Places(dict[bytes, Callable[[int], None]]):
    """For each token what adds a row to its places; a loop over the tokens of a row then does little else."""

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[bytes, list[int]] = {}

    def __missing__(self, token: bytes) -> Callable[[int], None]:
        is_long = len(token) > _MAX_TOKEN_BYTES
        add = self.lists.setdefault(MARK if is_long else token, []).append
        if not is_long:
            self[token] = add
        return add


class SegmentBuilder:
    """Collects rows. One that is added twice stays as it was added first."""

    def __init__(self) -> None:
        self._keys: dict[int, int] = {}
        self._places = _Places()

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int, tokens: Iterable[bytes]) -> None:
        """Add a row with its tokens."""
        place = len(self._keys)
        if self._keys.setdefault(key, place) != place:
            return
        for add in map(self._places.__getitem__, tokens):
            add(place)

    def add_segment(self, head: Head, fetch: Fetch, without: frozenset[int] = frozenset()) -> None:
        """Add the rows of a segment, some of them left out."""
        base, keys = len(self._keys), self._keys
        left_out = without.union(keys).intersection(head.keys)
        lists = self._places.lists
        if not left_out:
            keys.update(zip(head.keys, range(base, base + len(head.keys)), strict=True))
            for token, places in head.postings(fetch):
                lists.setdefault(token, []).extend([place + base for place in places])
            return
        moved: list[int] = []
        for key in head.keys:
            moved.append(-1 if key in left_out else len(keys))
            if key not in left_out:
                keys[key] = len(keys)
        for token, places in head.postings(fetch):
            kept = [moved[place] for place in places if moved[place] >= 0]
            if kept:
                lists.setdefault(token, []).extend(kept)

    def build(self) -> Segment:
        """The segment of all rows so far, of which there may be `MAX_ROWS`."""
        places = self._places.lists
        tokens = sorted(places)
        parts: list[bytearray] = [bytearray()]
        lengths = array("H")
        for token in tokens:
            encoded = _encode_places(places[token], len(self._keys))
            if len(parts[-1]) + len(encoded) > _PART_BYTES and parts[-1]:
                parts.append(bytearray())
            parts[-1] += encoded
            lengths.append(len(encoded))
        starts = array("I", accumulate((len(part) for part in parts[:-1]), initial=0))
        listed = b"\n" + b"".join(token + b"\n" for token in tokens)
        head = _StoredHead(array("q", self._keys).tobytes(), listed, lengths.tobytes(), starts.tobytes())
        return Segment(len(self._keys), _encode(head), [bytes(part) for part in parts])


def _encode_places(places: Sequence[int], rows: int) -> bytes:
    """Rising places, of at least one row; of a row that has several long tokens the same again."""
    if 2 * len(places) >= (rows + 7) // 8:
        bits = bytearray((rows + 7) // 8)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return bytes(bits)
    if len(places) == 1:
        return places[0].to_bytes(2, byteorder)
    return array("H", [places[0], *[after - before for before, after in pairwise(places)]]).tobytes()


def _decode_places(encoded: bytes, rows: int) -> Sequence[int]:
    if len(encoded) == (rows + 7) // 8:
        return [8 * at + bit for at, byte in enumerate(encoded) if byte for bit in _ONES[byte]]
    if len(encoded) == _ALONE:
        return (int.from_bytes(encoded, byteorder),)
    return list(accumulate(array("H", encoded)))
