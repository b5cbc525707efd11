"""Payloads as readers see them: with the resource and scope attributes that are stored once per project."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from panope.adapters.relational.segments.heads import Heads
from panope.adapters.relational.session import Dialect, Record, Session
from panope.domain.merge.codec import StateParts, read_payload
from panope.domain.tracing import Payload

_MAX_SETS: Final = 10_000
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


class AttributeSets:
    """Attribute sets by project and id; they never change, so they are kept."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], dict[str, Any]] = {}

    def find(self, session: Session, project: int, set_id: str) -> dict[str, Any] | None:
        """One set; None when it is not stored."""
        known = self._known.get((project, set_id))
        if known is not None:
            return known
        found = session.execute(
            "SELECT a.json FROM attribute_set a WHERE a.project = ? AND a.id = ?", (project, set_id)
        )
        if not found:
            return None
        if len(self._known) >= _MAX_SETS:
            self._known.clear()
        attributes = _decode_object(found[0][0])
        self._known[project, set_id] = attributes
        return attributes


class Reading(Struct, frozen=True):
    """What reading one project in one read transaction needs."""

    session: Session
    dialect: Dialect
    project: int
    sets: AttributeSets
    heads: Heads = field(default_factory=Heads)

    def payload(self, parts: StateParts | None) -> Payload:
        """The payload of an entity, with the attributes of its sets in the metadata."""
        payload = read_payload(parts) if parts is not None else Payload()
        added = {}
        for name, set_id in (("resourceAttributes", payload.resource), ("scope", payload.scope)):
            attributes = self.sets.find(self.session, self.project, set_id) if set_id else None
            if attributes is not None:
                added[name] = attributes
        if added:
            payload.metadata = dict(sorted({**payload.metadata, **added}.items()))
        return payload

    def payload_select(self) -> str:
        """The payload columns for a SELECT, of alias `p`."""
        return ", ".join(f"p.{column}" for column in self.dialect.payload_columns)

    def parts_by_key(self, table: str, keys: Sequence[int]) -> dict[int, StateParts | None]:
        """Stored payloads of a table by row key."""
        sql = f"SELECT p.key, {self.payload_select()} FROM {table}_payload p WHERE "  # noqa: S608
        return {record[0]: self.dialect.unpack(record[1:]) for record in self.records(sql, "p.key", keys)}

    def records(
        self, sql: str, column: str, values: Sequence[object], *, scope: tuple[object, ...] = (), tail: str = ""
    ) -> Iterator[Record]:
        """Rows where a column is one of many values, a bounded number at a time."""
        size = self.dialect.max_values
        for start in range(0, len(values), size):
            matches = self.dialect.is_in(column, values[start : start + size])
            yield from self.session.execute(f"{sql}{matches.text}{tail}", (*scope, *matches.params))
