"""What verifying asks of a store, answered from dictionaries: what the other engines' answers are compared with."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from panope.adapters.memory.fields import read_link
from panope.adapters.memory.rows import ProjectRows, Projects
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.events import AttributeSet, EntityKind
from panope.domain.experiments.links import ExperimentLink, link_trace
from panope.domain.ids import ProjectId
from panope.domain.projection.store import Stored
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow
from panope.ports.verification import (
    Arrivals,
    CutRow,
    Integrity,
    ObservationFacts,
    OrphanedLink,
    OrphanedState,
    Project,
    StampedRow,
    StoredLink,
    StoredReceipt,
    StoredRow,
    TagEntry,
    TraceFacts,
    Unreadable,
)

_SHARED: Final = (
    "id trace_id type start_us end_us level environment model "
    "input_tokens output_tokens total_tokens input_cost output_cost total_cost"
).split()


class _Numbered:
    """The projects of a store by number, in the order in which they came."""

    def __init__(self, projects: Projects) -> None:
        self._named = {number: ProjectId(name) for number, name in enumerate(projects, 1)}
        self._rows = {number: projects[name] for number, name in self._named.items()}

    def _within(self, within: Project) -> Iterator[tuple[int, ProjectRows]]:
        return iter((number, rows) for number, rows in self._rows.items() if within in (None, number))


class MemoryStates(_Numbered):
    """Implements `StoredStates`."""

    def projects(self) -> Mapping[int, ProjectId]:
        """See the port."""
        return self._named

    def sizes(self, within: Project) -> Mapping[str, int]:
        """See the port."""
        sizes = dict.fromkeys(("trace", "observation", "score", "session"), 0)
        for _, rows in self._within(within):
            for name in sizes:
                sizes[name] += len(getattr(rows, f"{name}s"))
        return sizes

    def rows(self, kind: EntityKind, within: Project) -> Iterator[StoredRow]:
        """See the port."""
        for project, rows in self._within(within):
            for found in _stored(rows, kind).values():
                yield _told(kind, project, found)

    def orphans(self) -> Iterator[OrphanedState]:
        """None: a row holds its state."""
        return iter(())

    def orphaned_links(self, within: Project) -> Iterator[OrphanedLink]:
        """None: links are worked out from the rows."""
        del within
        return iter(())

    def cut_rows(self, within: Project) -> Iterator[CutRow]:
        """See the port."""
        for project, rows in self._within(within):
            for (cut_kind, cut_id), cut_us in rows.cuts.items():
                for kind in EntityKind:
                    for found in _stored(rows, kind).values():
                        told = _told(kind, project, found)
                        if kind == cut_kind and found.row.id == cut_id:
                            yield CutRow(stored=told, cut_us=cut_us, is_of_trace=False)
                        if cut_kind == EntityKind.TRACE and getattr(found.row, "trace_id", None) == cut_id:
                            yield CutRow(stored=told, cut_us=cut_us, is_of_trace=True)

    def attribute_sets(self, within: Project) -> Iterator[tuple[int, AttributeSet]]:
        """See the port."""
        for project, rows in self._within(within):
            for set_id in sorted(rows.attribute_sets):
                yield project, AttributeSet(set_id, rows.attribute_sets[set_id])

    def has_attribute_set(self, project: int, set_id: str) -> bool:
        """See the port."""
        return set_id in self._rows[project].attribute_sets


class MemorySums(_Numbered):
    """Implements `StoredSums`."""

    def traces_by_id(self, within: Project) -> Iterator[TraceFacts]:
        """See the port."""
        return self._traces(within, "id")

    def traces_by_session(self, within: Project) -> Iterator[TraceFacts]:
        """See the port."""
        for project, rows in self._within(within):
            named = [found.row for found in rows.traces.values() if found.row.session_id]
            for row in sorted(named, key=attrgetter("session_id", "timestamp_us", "id")):
                yield _trace_facts(project, row)

    def traces_by_time(self, within: Project) -> Iterator[TraceFacts]:
        """See the port."""
        return self._traces(within, "timestamp_us")

    def observations_by_trace(self, within: Project) -> Iterator[ObservationFacts]:
        """See the port."""
        return self._observations(within, "trace_id")

    def observations_by_time(self, within: Project) -> Iterator[ObservationFacts]:
        """See the port."""
        return self._observations(within, "start_us")

    def sessions(self, within: Project) -> Iterator[tuple[int, SessionRow]]:
        """See the port."""
        for project, rows in self._within(within):
            for session_id in sorted(rows.sessions):
                yield project, rows.sessions[session_id]

    def tags(self, within: Project) -> Iterator[TagEntry]:
        """See the port. The rows are the index."""
        for facts in self.traces_by_id(within):
            for tag in facts.tags if not isinstance(facts.tags, Unreadable) else ():
                yield TagEntry(project=facts.project, trace_id=facts.id, tag=tag, timestamp_us=facts.timestamp_us)

    def buckets(self, kind: EntityKind, within: Project) -> Iterator[tuple[int, BucketKey, BucketTotals]]:
        """See the port."""
        for project, rows in self._within(within):
            for key in sorted(found for found in rows.buckets if found.kind == kind):
                yield project, key, rows.buckets[key]

    def _traces(self, within: Project, order: str) -> Iterator[TraceFacts]:
        for project, rows in self._within(within):
            for row in sorted((found.row for found in rows.traces.values()), key=attrgetter(order)):
                yield _trace_facts(project, row)

    def _observations(self, within: Project, order: str) -> Iterator[ObservationFacts]:
        for project, rows in self._within(within):
            for row in sorted((found.row for found in rows.observations.values()), key=attrgetter(order)):
                yield _observation_facts(project, row)


class MemoryLedger(_Numbered):
    """Implements `StoredLedger`."""

    def receipts(self, within: Project) -> Iterator[StoredReceipt]:
        """See the port."""
        for project, rows in self._within(within):
            for receipt in sorted(rows.receipts, key=attrgetter("received_us")):
                yield StoredReceipt(project=project, received_us=receipt.received_us, receipt=receipt)

    def last_receipt_us(self) -> int:
        """See the port."""
        return max((receipt.received_us for rows in self._rows.values() for receipt in rows.receipts), default=0)

    def arrivals(self, within: Project) -> Iterator[Arrivals]:
        """See the port."""
        for project, rows in self._within(within):
            arrived: dict[int, list[tuple[str, str]]] = {}
            for kind in EntityKind:
                for found in _stored(rows, kind).values():
                    arrived.setdefault(found.row.created_us, []).append((kind.value, found.row.id))
            for session in rows.sessions.values():
                arrived.setdefault(session.created_us, []).append(("session", session.id))
            for created_us in sorted(arrived):
                counts = Counter(kind for kind, _ in arrived[created_us])
                example = min(arrived[created_us])[1]
                yield Arrivals(project=project, created_us=created_us, counts=counts, example=example)

    def repeated_stamps(self, limit: int) -> Sequence[StampedRow]:
        """None: there is no change sequence."""
        del limit
        return []

    def stamps_ahead(self, limit: int) -> Sequence[StampedRow]:
        """None: there is no change sequence."""
        del limit
        return []


class MemoryStoreSnapshot(MemoryStates, MemorySums, MemoryLedger):
    """Implements `StoreSnapshot`; of one moment only as long as nobody writes."""

    def __init__(self, telemetry: MemoryTelemetry) -> None:
        super().__init__(telemetry._projects)  # noqa: SLF001 - two views of one store

    def integrity(self, *, deep: bool) -> Integrity:
        """Nothing to check: there are no files."""
        del deep
        return Integrity()

    def close(self) -> None:
        """Nothing to give up."""


def _stored(rows: ProjectRows, kind: EntityKind) -> Mapping[str, Stored[Any]]:
    found: Mapping[str, Stored[Any]] = getattr(rows, f"{kind.value}s")
    return found


def _told(kind: EntityKind, project: int, found: Stored[Any]) -> StoredRow:
    link = _LINKERS[kind](found)
    stored = None if link is None else StoredLink(project=project, link=link)
    return StoredRow(kind=kind, project=project, id=found.row.id, row=found.row, parts=found.parts, link=stored)


def _link_of_trace(found: Stored[TraceRow]) -> ExperimentLink | None:
    state = found.state()
    return None if state is None else link_trace(found.row, state)


_LINKERS: Final[dict[EntityKind, Callable[[Stored[Any]], ExperimentLink | None]]] = {
    EntityKind.TRACE: _link_of_trace,
    EntityKind.OBSERVATION: read_link,
    EntityKind.SCORE: lambda _: None,
}


def _trace_facts(project: int, row: TraceRow) -> TraceFacts:
    return TraceFacts(
        project=project,
        id=row.id,
        timestamp_us=row.timestamp_us,
        name=row.name,
        session_id=row.session_id,
        environment=row.environment,
        has_state=row.has_state,
        tags=row.tags,
        totals=row.totals,
    )


def _observation_facts(project: int, row: ObservationRow) -> ObservationFacts:
    return ObservationFacts(
        project=project,
        is_root=row.parent_id is None or row.is_app_root,
        lacks_price=bool(row.detail.usage) and row.total_cost is None,
        **{name: getattr(row, name) for name in _SHARED},
    )
