"""Payloads as readers see them: with the resource and scope attributes that are stored once per project."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from panope.adapters.relational.segments.heads import Heads
from panope.adapters.relational.session import Dialect, Record, Session, Sql
from panope.domain.merge.codec import StateParts, read_payload
from panope.domain.tracing import Payload

_MAX_SETS: Final = 10_000
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


class AttributeSets:
    """Attribute sets by project and id; they never change, so they are kept."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], dict[str, Any]] = {}

    def find(
        self, session: Session, dialect: Dialect, project: int, ids: Iterable[str]
    ) -> dict[str | None, dict[str, Any]]:
        """Those of these sets that are stored, by id; there is none without one."""
        found: dict[str | None, dict[str, Any]] = {}
        missing = []
        for set_id in sorted(set(ids)):
            known = self._known.get((project, set_id))
            if known is None:
                missing.append(set_id)
            else:
                found[set_id] = known
        if missing:
            named = dialect.named("attribute_set a", "a", project, missing)
            for set_id, json in session.execute(f"SELECT a.id, a.json FROM {named.text}", named.params):  # noqa: S608
                if len(self._known) >= _MAX_SETS:
                    self._known.clear()
                found[set_id] = self._known[project, set_id] = _decode_object(json)
        return found


class Reading(Struct, frozen=True):
    """What reading one project in one read transaction needs."""

    session: Session
    dialect: Dialect
    project: int
    sets: AttributeSets
    heads: Heads = field(default_factory=Heads)

    def payloads(self, parts: Iterable[StateParts | None]) -> list[Payload]:
        """The payloads of entities, with the attributes of their sets in the metadata."""
        payloads = [read_payload(stored) if stored is not None else Payload() for stored in parts]
        sets = self.find_sets(payloads)
        for payload in payloads:
            named = (("resourceAttributes", payload.resource), ("scope", payload.scope))
            added = {name: sets[set_id] for name, set_id in named if set_id in sets}
            if added:
                payload.metadata = dict(sorted({**payload.metadata, **added}.items()))
        return payloads

    def find_sets(self, payloads: Iterable[Payload]) -> dict[str | None, dict[str, Any]]:
        """The attribute sets of payloads, by id."""
        named = {set_id for payload in payloads for set_id in (payload.resource, payload.scope) if set_id}
        return self.sets.find(self.session, self.dialect, self.project, named)

    def payload_select(self) -> str:
        """The payload columns for a SELECT, of alias `p`."""
        return ", ".join(f"p.{column}" for column in self.dialect.payload_columns)

    def stored_payloads(self, table: str, keys: Sequence[int]) -> list[Sql]:
        """Statements for the stored payloads of a table, each after the key of its row.

        They are joined to no rows: of a small table the planner would rather read all payloads than look up some.
        """
        return self.among(f"SELECT p.key, {self.payload_select()} FROM {table}_payload p WHERE ", "p.key", keys)  # noqa: S608

    def among(
        self, sql: str, column: str, values: Sequence[object], *, scope: tuple[object, ...] = (), tail: str = ""
    ) -> list[Sql]:
        """Statements for the rows where a column is one of many values, each with a bounded number of them."""
        size = self.dialect.max_values
        pieces = [self.dialect.is_in(column, values[start : start + size]) for start in range(0, len(values), size)]
        return [Sql(f"{sql}{matches.text}{tail}", (*scope, *matches.params)) for matches in pieces]

    def find(self, *asked: Sequence[Sql]) -> list[list[Record]]:
        """The rows of each of these, which may take several statements; of all of them in one journey."""
        statements = list(chain.from_iterable(asked))
        found = iter(self.session.execute_all(statements) if statements else ())
        return [list(chain.from_iterable(islice(found, len(pieces)))) for pieces in asked]
