"""Cutting many texts into tokens at once: which token is in which group of rows, worked out in arrays.

A token of up to 16 bytes is two numbers, its bytes from the left, so that tokens are told apart, put in order and
counted without an object for each. The few that are longer are kept as they are.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from msgspec import Struct

from panope.domain.text.folding import fold
from panope.domain.text.tokens import DIGITS, LETTERS, SPACE, any_tokens

Array = np.ndarray[Any, Any]

_WORD: Final = 8
_FACTORS: Final = tuple(np.uint64(0x9E3779B97F4A7C15 * power % 2**64 | 1) for power in (1, 3**7, 5**11, 7**13, 11**9))
"""Of as many hashes. Whoever makes tokens that none of them tells apart gets time of a Python's loop for them."""
_SMALL: Final = bytes(range(128)).lower() + bytes(range(128, 256))
_CLASSES: Final = bytes((LETTERS[at] != SPACE) + 2 * (DIGITS[at] != SPACE) for at in range(128)) + bytes(128)
"""Of ASCII: a token is a run of 1 or of 2."""
_LISTED: Final = bytes(0 if at == ord("\n") else 1 for at in range(256))
"""Of tokens with a line feed between them."""


class Tokens(Struct, frozen=True):
    """Tokens of up to 16 bytes, in no order, and which groups have them."""

    heads: Array
    """Its first eight bytes, the first of them the greatest."""
    tails: Array
    """Its other bytes."""
    of: Array
    """Tokens by their place, and with each of these in `groups` one that has it: no such pair is there twice."""
    groups: Array
    longer: dict[bytes, list[int]]
    """Groups of tokens of more than 16 bytes."""


class Text(Struct):
    """Bytes to cut, and what each of them is: 0 stands between tokens, and a token is a run of one other class."""

    raw: bytes
    classes: bytes


def prepare(texts: Iterable[str]) -> Text:
    """Texts of one group, folded."""
    pieces = list(texts)
    whole = "\n".join(pieces)
    if whole.isascii():
        raw = whole.encode().translate(_SMALL)
        return Text(raw, raw.translate(_CLASSES))
    raw = "\n".join([piece for piece in pieces if piece.isascii()]).encode().translate(_SMALL)
    other = [piece for piece in pieces if not piece.isascii()]
    listed = list_tokens(any_tokens(fold("\n".join(other))))
    return Text(raw + b"\n" + listed.raw, raw.translate(_CLASSES) + b"\0" + listed.classes)


def list_tokens(tokens: Iterable[bytes]) -> Text:
    """Tokens as a text."""
    raw = b"\n".join(tokens)
    return Text(raw, raw.translate(_LISTED))


def cut(texts: list[tuple[int, Text]]) -> Tokens:
    """The tokens of the texts of some groups, rising; each with the groups that have it."""
    raw = b"\n".join([b"", *(text.raw for _, text in texts), b"", bytes(2 * _WORD)])
    starts, lengths = _find(b"\0".join([b"", *(text.classes for _, text in texts), b""]))
    bounds = np.cumsum([1 + len(text.raw) for _, text in texts])
    counts = np.diff(np.searchsorted(starts, bounds), prepend=0)
    groups = np.repeat(np.array([group for group, _ in texts]), counts)
    longer: dict[bytes, list[int]] = {}
    is_short = lengths <= 2 * _WORD
    if not is_short.all():
        for at in np.flatnonzero(~is_short).tolist():
            known = longer.setdefault(raw[starts[at] : starts[at] + lengths[at]], [])
            if known[-1:] != [int(groups[at])]:
                known.append(int(groups[at]))
        starts, lengths, groups = starts[is_short], lengths[is_short], groups[is_short]
    heads, tails = _words(raw, starts, lengths)
    return gather(heads, tails, groups, longer)


def split(tokens: Text) -> tuple[Array, Array, dict[int, bytes]]:
    """Heads and tails of listed tokens in their order; those that are longer by their place, where both are 0."""
    raw = b"\n" + tokens.raw + b"\n" + bytes(2 * _WORD)
    starts, lengths = _find(b"\0" + tokens.classes + b"\0")
    heads, tails = _words(raw, starts, lengths)
    longer = np.flatnonzero(lengths > 2 * _WORD).tolist()
    heads[longer] = tails[longer] = 0
    return heads, tails, {at: raw[starts[at] : starts[at] + lengths[at]] for at in longer}


def gather(heads: Array, tails: Array, groups: Array, longer: dict[bytes, list[int]]) -> Tokens:
    """Tokens, each of one group, in any order and any number of times."""
    of, firsts = distinguish(heads, tails)
    first_group, last_group = (int(groups.min()), int(groups.max())) if len(groups) else (0, 0)
    width = last_group - first_group + 1
    has = np.zeros(len(firsts) * width, bool)
    has[of.astype(np.int64) * width + (groups - first_group)] = True
    tokens, at = np.divmod(np.flatnonzero(has), width)
    return Tokens(heads[firsts], tails[firsts], tokens.astype(np.uint32), (at + first_group).astype(np.uint16), longer)


def distinguish(heads: Array, tails: Array) -> tuple[Array, Array]:
    """Number the tokens that differ: the number of each token, and the place of one token of each number.

    All of them write their place into a table, at their hash, and those that read their own token there have met; the
    others try again with another hash.
    """
    leader = left = np.arange(len(heads), dtype=np.uint32)
    own_heads, own_tails = heads, tails
    for factor in _FACTORS:
        bits = len(left).bit_length() + 1
        slots = ((own_heads + own_tails * factor) * factor >> np.uint64(64 - bits)).view(np.int64)
        table = np.empty(1 << bits, np.uint32)
        table[slots] = left
        met = table[slots]
        is_own = (heads[met] == own_heads) & (tails[met] == own_tails)
        if len(left) == len(leader):
            leader = np.where(is_own, met, left)
        else:
            leader[left[is_own]] = met[is_own]
        left = left[~is_own]
        if not len(left):
            break
        own_heads, own_tails = heads[left], tails[left]
    seen: dict[tuple[int, int], int] = {}
    for at, token in zip(left.tolist(), zip(heads[left].tolist(), tails[left].tolist(), strict=True), strict=True):
        leader[at] = seen.setdefault(token, at)
    is_leader = np.zeros(len(heads), bool)
    is_leader[leader] = True
    return (np.cumsum(is_leader, dtype=np.uint32) - np.uint32(1))[leader], np.flatnonzero(is_leader)


def arrange(of: Array, groups: Array, count: int) -> tuple[Array, Array]:
    """Pairs in order of the tokens, and of one token in order of the groups; of groups there are so many."""
    bits = count.bit_length()
    is_narrow = not len(of) or int(of.max()) >> (32 - bits) == 0
    kind: Any = np.uint32 if is_narrow else np.uint64  # the narrow are sorted in half of the time
    pairs: Any = of.astype(kind)
    pairs <<= kind(bits)
    pairs |= groups.astype(kind)
    pairs.sort()
    groups = (pairs & kind((1 << bits) - 1)).astype(np.uint16)
    pairs >>= kind(bits)
    of = pairs.astype(np.uint32, copy=False)
    return of, groups


def _find(classes: bytes) -> tuple[Array, Array]:
    """Where the tokens begin and how long they are; the first and the last byte belong to none."""
    array = np.frombuffer(classes, np.uint8)
    edges = np.flatnonzero(array[1:] != array[:-1]) + 1
    is_token = array[edges] != 0
    starts = edges[is_token]
    return starts, edges[1:][is_token[:-1]] - starts


def _words(raw: bytes, starts: Array, lengths: Array) -> tuple[Array, Array]:
    """The first and the second eight bytes of each token; 16 bytes follow the last of them."""
    window = np.ndarray((len(raw) - _WORD + 1,), ">u8", raw, 0, (1,))
    heads = _left(window[starts].astype(np.uint64), lengths)
    tails = np.zeros_like(heads)
    has_tail = np.flatnonzero(lengths > _WORD)
    tails[has_tail] = _left(window[starts[has_tail] + _WORD].astype(np.uint64), lengths[has_tail] - _WORD)
    return heads, tails


def _left(words: Array, lengths: Array) -> Array:
    """Words with nothing but their first bytes, of which there is at least one."""
    spare = (8 * (_WORD - np.minimum(lengths, _WORD))).astype(np.uint64)
    return words >> spare << spare
