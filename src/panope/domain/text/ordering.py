"""Putting tokens in the order of their bytes, in arrays: the few longer ones among the many of up to 16 bytes."""

import numpy as np

from panope.domain.text.cutting import Array
from panope.domain.text.segments import TOKEN_BYTES


def put_in_order(heads: Array, tails: Array, longer: list[bytes]) -> tuple[bytes, Array, Array]:
    """All tokens, each with a line feed after it; the place of each short one, and of each longer one.

    Short ones come as their two numbers, in any order, longer ones sorted; each of them once. No token holds a NUL.
    """
    order = np.lexsort((tails, heads))
    lines = np.empty((len(order), TOKEN_BYTES + 1), np.uint8)
    lines[:, :TOKEN_BYTES] = (
        np.stack([heads[order], tails[order]], axis=1).astype(">u8").view(np.uint8).reshape(-1, TOKEN_BYTES)
    )
    lines[:, TOKEN_BYTES] = ord("\n")
    listed = lines.tobytes().translate(None, b"\0")
    before = _count_before(lines, longer)
    places = np.zeros(len(order), np.uint32)
    places[order] = np.arange(len(order)) + np.cumsum(np.bincount(before, minlength=len(order)))[: len(order)]
    return _insert(listed, lines, before, longer), places, (before + np.arange(len(longer))).astype(np.uint32)


def _count_before(lines: Array, longer: list[bytes]) -> Array:
    """How many short tokens stand before each longer one: those that are no greater than its first bytes."""
    short = np.ascontiguousarray(lines[:, :TOKEN_BYTES]).view(f"S{TOKEN_BYTES}").reshape(-1)
    return np.searchsorted(short, np.array([token[:TOKEN_BYTES] for token in longer], f"S{TOKEN_BYTES}"), side="right")


def _insert(listed: bytes, lines: Array, before: Array, longer: list[bytes]) -> bytes:
    if not longer:
        return listed
    ends = np.append(0, np.cumsum(np.count_nonzero(lines, axis=1)))[before].tolist()
    pieces: list[bytes] = []
    start = 0
    for end, token in zip(ends, longer, strict=True):
        pieces += [listed[start:end], token, b"\n"]
        start = end
    return b"".join([*pieces, listed[start:]])
