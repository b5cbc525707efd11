"""One write transaction over many jobs of many projects: what the engines run between BEGIN and COMMIT."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from panope.adapters.relational.changes import ChangeSetWriter
from panope.adapters.relational.session import Dialect, Session, WriteSession
from panope.adapters.relational.store import RelationalRowStore
from panope.adapters.relational.tables import RECEIPTS, write_receipt
from panope.domain.events import AttributeSet
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.projection.deletion import project_deletion
from panope.domain.projection.events import project_events
from panope.domain.projection.store import ChangeSet
from panope.domain.rollups import BucketKey
from panope.kit.clock import monotonic_s
from panope.ports.telemetry import IngestBatch

_MAX_KNOWN_SETS: Final = 50_000
_SETS_KNOWN_S: Final = 240.0
"""Less than the five minutes that lie at least between a project's last event and its erasure by another process."""
_RECEIPT_COLUMNS: Final = ("project", *RECEIPTS.columns)
_RECORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "operation": ("project", "id"),
    "attribute_set": ("project", "id"),
    "ledger": ("key",),
    "tombstone": ("project", "kind", "id"),
}
"""What is kept about a project beside its rows and their index: tables, and the columns of their keys."""
_BUCKET_KEY: Final = ("project", *BucketKey.__struct_fields__)


class Deletion(Struct, frozen=True, kw_only=True):
    """Traces and scores to delete, with their cut."""

    project_id: ProjectId
    trace_ids: tuple[str, ...] = ()
    score_ids: tuple[str, ...] = ()
    at_us: int


class Erasing(Struct, frozen=True, kw_only=True):
    """A piece of what is kept about a project, to go for good."""

    project_id: ProjectId
    limit: int


class Recording(Struct, frozen=True, kw_only=True):
    """A receipt of a request that brought nothing."""

    project_id: ProjectId
    receipt: Receipt


class Procedure(Struct, frozen=True, kw_only=True):
    """Anything else that is done in a write transaction, between the batches that came before and after it."""

    project_id: ProjectId
    observation_ids: tuple[str, ...] = ()
    """Observations whose rows it may write."""
    run: Callable[["Workplace"], Any]
    """Its result is the answer. May be called again when the transaction has to be repeated."""


class Workplace(NamedTuple):
    """What a procedure works with, inside the transaction."""

    session: WriteSession
    dialect: Dialect
    project: int
    open_store: Callable[[], RelationalRowStore]
    write: Callable[[RelationalRowStore, ChangeSet], None]


WriteJob = IngestBatch | Deletion | Erasing | Recording | Procedure


class Known(Struct):
    """What is known to be committed. Numbers of projects never change; sets may be erased, so they are forgotten."""

    projects: dict[str, int] = field(default_factory=dict)
    sets: set[tuple[int, str]] = field(default_factory=set)
    sets_since_s: float = field(default_factory=monotonic_s)

    def forget_old_sets(self) -> None:
        """Forget all sets now and then: what another process erased has to be written again."""
        now_s = monotonic_s()
        if now_s - self.sets_since_s > _SETS_KNOWN_S or len(self.sets) > _MAX_KNOWN_SETS:
            self.sets.clear()
            self.sets_since_s = now_s

    def forget_sets(self, project: int) -> None:
        """Forget the sets of one project."""
        self.sets = {kept for kept in self.sets if kept[0] != project}


class WriteTransaction:
    """Runs jobs inside a transaction that the engine has begun and will commit or roll back."""

    def __init__(self, session: WriteSession, dialect: Dialect, known: Known) -> None:
        self._session = session
        self._dialect = dialect
        self._known = known
        self._new = Known()

    def run(self, jobs: Sequence[WriteJob]) -> list[Any]:
        """Write the jobs in their order; events of one project are joined together.

        The answers are in the order of the jobs: how many traces or scores a deletion removed, what a procedure
        returned, how many rows were erased, 0 for the rest.
        """
        answers: list[Any] = [0] * len(jobs)
        waiting: dict[ProjectId, list[IngestBatch]] = {}
        for at, job in enumerate(jobs):
            if isinstance(job, IngestBatch):
                waiting.setdefault(job.project_id, []).append(job)
            elif isinstance(job, Deletion):
                self._apply(job.project_id, waiting.pop(job.project_id, []))
                answers[at] = self._delete(job)
            elif isinstance(job, Procedure):
                self._apply(job.project_id, waiting.pop(job.project_id, []))
                answers[at] = job.run(self._workplace(job.project_id))
            elif isinstance(job, Erasing):
                self._apply(job.project_id, waiting.pop(job.project_id, []))
                answers[at] = self._erase(job)
            else:
                self._record(self._number(job.project_id), [job.receipt])
        for project_id, batches in waiting.items():
            self._apply(project_id, batches)
        return answers

    def remember(self) -> None:
        """To be called once the transaction is committed."""
        self._known.projects.update(self._new.projects)
        self._known.sets.update(self._new.sets)

    def _open_store(self, project: int) -> RelationalRowStore:
        return RelationalRowStore(self._session, self._dialect, project)

    def _workplace(self, project_id: ProjectId) -> Workplace:
        project = self._number(project_id)

        def write(store: RelationalRowStore, changes: ChangeSet) -> None:
            ChangeSetWriter(self._session, self._dialect, project, store).write(changes)

        return Workplace(self._session, self._dialect, project, lambda: self._open_store(project), write)

    def _apply(self, project_id: ProjectId, batches: Sequence[IngestBatch]) -> None:
        if not batches:
            return
        project = self._number(project_id)
        events = [event for batch in batches for event in batch.events]
        if events:
            store = self._open_store(project)
            now_us = max(batch.receipt.received_us for batch in batches)
            changes = project_events(store, events, batches[-1].prices, now_us)
            ChangeSetWriter(self._session, self._dialect, project, store).write(changes)
        self._keep_sets(project, [kept for batch in batches for kept in batch.attribute_sets])
        self._record(project, [batch.receipt for batch in batches])

    def _delete(self, job: Deletion) -> int:
        project = self._number(job.project_id)
        store = self._open_store(project)
        changes = project_deletion(store, job.trace_ids, job.score_ids, job.at_us)
        ChangeSetWriter(self._session, self._dialect, project, store).write(changes)
        return len(changes.removed_traces) if job.trace_ids else len(changes.removed_scores)

    def _erase(self, job: Erasing) -> int:
        project = self._number(job.project_id)
        for known in (self._known, self._new):
            known.forget_sets(project)
        count = 0
        for table, key in {**_RECORDS, self._dialect.bucket_table: _BUCKET_KEY}.items():
            if count < job.limit:
                sql = f"DELETE FROM {table} WHERE {self._dialect.is_in_piece(table, key)} RETURNING 1"  # noqa: S608
                count += len(self._session.execute(sql, (project, job.limit - count)))
        return count

    def _keep_sets(self, project: int, sets: Sequence[AttributeSet]) -> None:
        self._known.forget_old_sets()
        new = {
            kept.id: kept.json
            for kept in sets
            if (project, kept.id) not in self._known.sets and (project, kept.id) not in self._new.sets
        }
        if new:
            self._session.keep_sets(project, new)
            self._new.sets.update((project, set_id) for set_id in new)

    def _record(self, project: int, receipts: Sequence[Receipt]) -> None:
        self._session.insert("ledger", _RECEIPT_COLUMNS, [(project, *write_receipt(receipt)) for receipt in receipts])

    def _number(self, project_id: ProjectId) -> int:
        """The project's number, given at first sight."""
        number = self._known.projects.get(project_id) or self._new.projects.get(project_id)
        if number is None:
            self._session.execute("INSERT INTO project (id) VALUES (?) ON CONFLICT (id) DO NOTHING", (project_id,))
            number = find_project(self._session, project_id)
            if number is None:
                message = "a project that was just inserted is not there"
                raise LookupError(message)
            self._new.projects[project_id] = number
        return number


def find_project(session: Session, project_id: ProjectId) -> int | None:
    """The number of a project; None when it never had telemetry."""
    found = session.execute("SELECT number FROM project WHERE id = ?", (project_id,))
    return int(found[0][0]) if found else None
