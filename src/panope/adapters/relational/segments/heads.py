"""Heads of segments, kept in memory as far as they fit: a segment never changes."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import zstandard

from panope.adapters.relational.session import Dialect, Session
from panope.domain.text.segments import Head

MAX_PARTS: Final = 65_536
_MAX_BYTES: Final = 128 << 20
"""Heads of a million observations take 90 MB: read anew for every search, they are most of its time."""
_LEVEL: Final = 3


class _Compressors(threading.local):
    """One per thread."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=_LEVEL).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_zstd = _Compressors()


def pack(raw: bytes) -> bytes:
    """A head or a part as it is stored."""
    return _zstd.compress(raw)


def unpack(stored: bytes) -> bytes:
    """The inverse of `pack`."""
    return _zstd.decompress(stored)


class Heads:
    """Keeps the first that come until there is no room: then reading all of them in turn still finds some.

    Those of the project that nobody asked about for longest make room for another's.
    """

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: dict[int, Head] = {}
        self._scopes: dict[tuple[int, str], set[int]] = {}
        """Keys by project and source, the latest that was asked about at the end."""
        self._bytes = 0

    def read(
        self, session: Session, dialect: Dialect, scope: tuple[int, str], keys: Sequence[int]
    ) -> Iterator[tuple[int, Head]]:
        """The heads of all segments of one project and source, in the given order."""
        self._forget(scope, set(keys))
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            # Held here: somebody who sees a later state may forget what this reader still needs.
            heads = {key: head for key in some if (head := self._kept.get(key)) is not None}
            heads.update(self._load(session, dialect, scope, [key for key in some if key not in heads]))
            for key in some:
                if key in heads:
                    yield key, heads[key]

    def _load(
        self, session: Session, dialect: Dialect, scope: tuple[int, str], keys: Sequence[int]
    ) -> Mapping[int, Head]:
        if not keys:
            return {}
        named = dialect.is_in("s.key", keys)
        sql = f"SELECT s.key, s.head FROM text_segment s WHERE {named.text}"  # noqa: S608
        loaded = {key: Head(unpack(head)) for key, head in session.execute(sql, named.params)}
        with self._lock:
            for key, head in loaded.items():
                if key not in self._kept and self._has_room(scope, head.size):
                    self._kept[key] = head
                    self._bytes += head.size
                    self._scopes.setdefault(scope, set()).add(key)
        return loaded

    def _has_room(self, scope: tuple[int, str], size: int) -> bool:
        while self._bytes + size > self._max_bytes:
            oldest = next((other for other in self._scopes if other[0] != scope[0]), None)
            if oldest is None:
                return False
            self._drop(self._scopes.pop(oldest))
        return True

    def _forget(self, scope: tuple[int, str], keys: set[int]) -> None:
        """Drop what is there no more."""
        with self._lock:
            kept = self._scopes.pop(scope, set())
            self._drop(kept - keys)
            self._scopes[scope] = kept & keys

    def _drop(self, keys: set[int]) -> None:
        for key in keys:
            head = self._kept.pop(key, None)
            self._bytes -= head.size if head else 0


_AT_ONCE: Final = 16
"""So many heads are read by one statement."""


def fetch_parts(session: Session, dialect: Dialect, segment: int, numbers: Sequence[int]) -> Mapping[int, bytes]:
    """Parts of a segment by number."""
    if not numbers:
        return {}
    named = dialect.is_in("p.key", [segment * MAX_PARTS + number for number in numbers])
    sql = f"SELECT p.key, p.postings FROM text_part p WHERE {named.text}"  # noqa: S608
    return {key % MAX_PARTS: unpack(body) for key, body in session.execute(sql, named.params)}
