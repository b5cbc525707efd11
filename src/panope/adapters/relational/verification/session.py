"""What a snapshot asks of an engine's connection, and how what cannot be decoded is told."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from panope.adapters.relational.session import Record
from panope.ports.verification import Project, Unreadable

Decoded = TypeVar("Decoded")


class StreamSession(Protocol):
    """One connection inside one read transaction."""

    def execute(self, sql: str, params: Sequence[object] = ()) -> list[Record]:
        """Run one statement and return all its rows."""

    def stream(self, sql: str, params: Sequence[object] = ()) -> Iterator[Record]:
        """Run one statement and read its rows a few at a time; others may be run and read meanwhile."""


def attempt(decode: Callable[[Record], Decoded], record: Record) -> Decoded | Unreadable:
    """Decode, or say that it cannot be done: what a damaged store holds may fail in any way."""
    try:
        return decode(record)
    except Exception as error:  # noqa: BLE001 - decompression, MessagePack, JSON and types all fail in their own ways
        return Unreadable(type(error).__name__)


def scope(alias: str, within: Project, *, and_where: str = "") -> tuple[str, tuple[object, ...]]:
    """A WHERE clause that limits an alias to one project, with its parameters; empty for the whole store."""
    conditions = [f"{alias}.project = ?"] if within is not None else []
    conditions += [and_where] if and_where else []
    text = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return text, () if within is None else (within,)
