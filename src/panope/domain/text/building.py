"""Building segments, of texts or of other segments."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
from msgspec.structs import replace

from panope.domain.text.cutting import (
    Array,
    Text,
    Tokens,
    arrange,
    cut,
    distinguish,
    list_tokens,
    prepare,
    split,
)
from panope.domain.text.ordering import put_in_order
from panope.domain.text.postings import Postings, read_pairs
from panope.domain.text.segments import LONGER_BYTES, PAIR_BYTES, TOKEN_BYTES, Fetch, Head, Segment, StoredHead
from panope.domain.text.tokens import MARK, MAX_CHARS, MAX_TOKENS

_MAX_TOKEN_BYTES: Final = 64
"""A group with a longer token is found by every search."""
_CUT_AT_ONCE: Final = 1 << 18
"""Bytes of text: what is worked out of them takes some twenty times as much, and should stay in the caches."""
_MAX_CUT: Final = 64
"""Groups, likewise: there is a byte for each token and group of them."""
_encode = msgspec.msgpack.Encoder().encode


class SegmentBuilder:
    """Collects groups of rows, up to `MAX_GROUPS`. No row is in two of them."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._keys = array("q")
        self._sizes = bytearray()
        self._waiting: list[tuple[int, Text]] = []
        self._waiting_bytes = 0
        self._done: list[Tokens] = []
        self.held_bytes = 0
        """Of the tokens so far and their groups, but for what is not cut yet."""
        self._marked: set[int] = set()
        """Groups that every search finds."""

    @property
    def rows(self) -> int:
        """So far."""
        return len(self._keys)

    def add(self, keys: Sequence[int], texts: Iterable[str]) -> None:
        """Add a group, of up to 255 rows, with all its texts."""
        number = len(self._sizes)
        self._keys.extend(keys)
        self._sizes.append(len(keys))
        # What one observation got the next one has often got as well, and something after it.
        pieces = dict.fromkeys("{".join(dict.fromkeys(texts)).split("{"))
        if sum(map(len, pieces)) > MAX_CHARS:
            self._marked.add(number)
            return
        text = prepare(pieces)
        self._waiting.append((number, text))
        self._waiting_bytes += len(text.raw)
        if self._waiting_bytes >= _CUT_AT_ONCE or len(self._waiting) == _MAX_CUT:
            self._cut()

    def add_segment(self, head: Head, fetch: Fetch, without: frozenset[int] = frozenset()) -> list[int]:
        """Add the groups of a segment that hold none of some rows; return the keys of the others' rows."""
        left_out: list[int] = []
        moved: list[int] = []
        for keys in head.groups():
            if without.isdisjoint(keys):
                moved.append(len(self._sizes))
                self._keys.extend(keys)
                self._sizes.append(len(keys))
            else:
                moved.append(-1)
                left_out.extend(keys)
        listed, firsts, lengths, stream = head.postings(fetch)
        of, numbers = read_pairs(firsts, lengths, stream, len(moved))
        groups = np.array(moved, np.int32)[numbers]
        if left_out:
            of, groups = of[groups >= 0], groups[groups >= 0]
        self._add_tokens(listed, of, groups)
        return left_out

    def build(self) -> Segment:
        """The segment of all groups so far; what follows is another."""
        self._cut()
        listed, of, groups = self._unite()
        postings = Postings(of, groups, len(self._sizes))
        head = StoredHead(
            keys=self._keys.tobytes(),
            sizes=bytes(self._sizes),
            tokens=b"\n" + listed,
            firsts=postings.firsts,
            lengths=postings.lengths,
            parts=postings.starts,
        )
        segment = Segment(len(self._keys), _encode(head), postings.parts)
        self._begin()
        return segment

    def _cut(self) -> None:
        if not self._waiting:
            return
        found = cut(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        counts = np.bincount(found.groups, minlength=1)
        if counts.max() > MAX_TOKENS:
            full = counts > MAX_TOKENS
            self._marked.update(np.flatnonzero(full).tolist())
            kept = ~full[found.groups]
            found = replace(found, of=found.of[kept], groups=found.groups[kept])
        self._collect(found)

    def _add_tokens(self, listed: bytes, of: Array, groups: Array) -> None:
        """Tokens of a segment, and pairs of their places and their groups."""
        heads, tails, longer = split(list_tokens([listed]))
        if listed.startswith(MARK) and listed[1:2] in {b"", b"\n"}:
            self._marked.update(groups[of == 0].tolist())
            of, groups = of[of > 0], groups[of > 0]
        apart: dict[bytes, list[int]] = {}
        if longer:
            is_longer = np.isin(of, list(longer))
            for place, group in zip(of[is_longer].tolist(), groups[is_longer].tolist(), strict=True):
                apart.setdefault(longer[place], []).append(group)
            of, groups = of[~is_longer], groups[~is_longer]
        self._collect(Tokens(heads, tails, of.astype(np.uint32), groups.astype(np.uint16), apart))

    def _collect(self, found: Tokens) -> None:
        self._done.append(found)
        pairs = len(found.of) + sum(map(len, found.longer.values()))
        self.held_bytes += TOKEN_BYTES * len(found.heads) + PAIR_BYTES * pairs
        self.held_bytes += sum(LONGER_BYTES + len(token) for token in found.longer)

    def _unite(self) -> tuple[bytes, Array, Array]:
        """All tokens in order, each with a line feed after it, and their pairs, arranged; those that no group has go.

        What was collected is given up on the way: it is most of what a segment takes in memory.
        """
        done, self._done = self._done, []
        longer = sorted(self._longer(done).items())
        heads, tails = (_join(getattr(some, name) for some in done) for name in ("heads", "tails"))
        starts = np.cumsum([0, *(len(some.heads) for some in done)], dtype=np.uint32)
        of = _join(start + some.of for start, some in zip(starts, done, strict=False))
        groups = _join([*(some.groups for some in done), *(np.array(groups, np.uint16) for _, groups in longer)])
        del done
        number, firsts = distinguish(heads, tails)
        heads, tails, of = heads[firsts], tails[firsts], number[of]
        del number, firsts
        used = np.flatnonzero(np.bincount(of, minlength=len(heads)))
        listed, ranks, more = put_in_order(heads[used], tails[used], [token for token, _ in longer])
        placed = np.zeros(len(heads), np.uint32)
        placed[used] = ranks
        of = _join([placed[of], np.repeat(more, [len(groups) for _, groups in longer])])
        return listed, *arrange(of, groups, len(self._sizes))

    def _longer(self, done: Sequence[Tokens]) -> dict[bytes, list[int]]:
        longer: dict[bytes, list[int]] = {}
        for some in done:
            for token, groups in some.longer.items():
                if len(token) > _MAX_TOKEN_BYTES:
                    self._marked.update(groups)
                else:
                    longer.setdefault(token, []).extend(groups)
        if self._marked:
            longer[MARK] = sorted(self._marked)
        return longer


def _join(arrays: Iterable[Array]) -> Array:
    return np.concatenate([_NONE, *arrays])


_NONE: Final = np.zeros(0, np.uint8)
