"""What the doctor looks at: the machine, the database, and what a project's telemetry says about its senders.

Nothing here changes anything, and everything is bounded: a look at a million observations takes seconds, not minutes.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from panope.domain.ids import ProjectId
from panope.domain.ledger import LedgerSummary
from panope.ports.texts.index import TextIndexState


class RootlessTrace(Struct, kw_only=True):
    """A trace whose observations all name a parent."""

    id: str
    timestamp_us: int
    observation_count: int
    has_state: bool
    """False for a trace that only its observations name."""
    scope: dict[str, Any] | None = None
    """Of its earliest observation, where OpenTelemetry brought one."""
    resource: dict[str, Any] | None = None


class RootlessTraces(Struct, kw_only=True):
    """The traces without a root among the newest of a time range."""

    examined: int = 0
    """Traces that were looked at, newest first."""
    is_cut: bool = False
    """Whether the range holds more."""
    count: int = 0
    """Those without a root that have not changed for a while."""
    newest: list[RootlessTrace] = field(default_factory=list)
    """Some of them, newest first by (timestamp, id)."""


class ClientTime(Struct, frozen=True, kw_only=True):
    """When an observation began by its sender's clock, and when it arrived by the server's."""

    start_us: int
    arrived_us: int


class GenerationCounts(Struct, frozen=True, kw_only=True):
    """How complete generations are."""

    total: int = 0
    nameless: int = 0
    """Those that name no model, and so have no computed cost."""


class ProjectSize(Struct, frozen=True, kw_only=True):
    """How much one project keeps."""

    traces: int = 0
    """Exact, from the time buckets; so are observations."""
    observations: int = 0
    stored_bytes: int = 0
    """Rows and payloads of traces and observations as they are stored, without indexes."""
    is_estimate: bool = False
    """Whether `stored_bytes` was worked out from a sample."""


class TelemetryDiagnosis(Protocol):
    """What a project's telemetry says about who sends it. Sees everything that was acknowledged before the call."""

    async def summarize_ledger(self, project_id: ProjectId, since_us: int, limit: int) -> LedgerSummary:
        """Add up the receipts that came from clients since then, at most so many of the newest."""

    async def find_rootless_traces(
        self, project_id: ProjectId, since_us: int, settled_us: int, limit: int
    ) -> RootlessTraces:
        """Look for traces without a root among the newest by timestamp since then, at most so many.

        One that changed after `settled_us` may still get its root and is not counted.
        """

    async def sample_client_times(self, project_id: ProjectId, limit: int) -> list[ClientTime]:
        """The observations with the latest starts, latest first by (start, id)."""

    async def count_generations(self, project_id: ProjectId, since_us: int) -> GenerationCounts:
        """Count generations that began since then, by whole hours."""

    async def measure_project(self, project_id: ProjectId) -> ProjectSize:
        """Say how much a project keeps; counts are exact, bytes mostly an estimate."""

    async def describe_texts(self, project_id: ProjectId) -> TextIndexState | None:
        """How far the index of a project's texts has come; None without one."""


class TableSize(Struct, frozen=True, kw_only=True):
    """What a table takes on disk, its indexes and large values included."""

    name: str
    rows: int | None
    """None when nobody has counted yet."""
    bytes: int
    is_estimate: bool
    """Whether the bytes were worked out from a sample. `rows` may always be off by what changed lately."""


class FileFacts(Struct, frozen=True, kw_only=True):
    """A database that is a file of this machine."""

    library: str
    """Product and version, such as `SQLite 3.53.4`."""
    is_library_safe: bool
    """Whether the library is free of the error that can lose a commit when a checkpoint races it."""
    journal_mode: str
    file_bytes: int
    free_bytes: int
    """Part of the file that deletions left unused."""
    log_bytes: int
    """Size of the write-ahead log."""
    round_trip_us: int
    """Time of a small read."""


class DeadRows(Struct, frozen=True, kw_only=True):
    """A table that cleaning has not kept up with."""

    table: str
    live: int
    dead: int


class ServerFacts(Struct, frozen=True, kw_only=True):
    """A database that a server keeps."""

    product: str
    """Product and version, such as `Postgres 17.2`."""
    major_version: int
    supported_versions: tuple[int, int]
    """Oldest and newest that panope is tested with."""
    encoding: str
    durability: dict[str, str]
    """Settings by name that must not be off, or acknowledged telemetry may be lost."""
    is_read_only: bool
    """A standby, or told to refuse writes."""
    may_create_tables: bool
    max_connections: int
    """Those that are open to ordinary users."""
    used_connections: int | None
    """Of all databases and users; None when the server does not say."""
    connections_per_process: int
    """As many as one panope process opens at most."""
    round_trip_us: int
    """Median of some."""
    clock_offset_us: int
    """Clock of the server minus clock of this machine."""
    clock_error_us: int
    """By how much that may be wrong."""
    longest_transaction_us: int
    """Age of the oldest open transaction in this database; 0 without any."""
    is_longest_idle: bool
    """Whether that transaction waits for its client."""
    dead_rows: tuple[DeadRows, ...]
    """Tables with many dead rows, most first."""
    is_cleaning_on: bool
    """Whether autovacuum runs."""
    oldest_xid_age: int
    """Transactions since the oldest that is not frozen; at 2.1 thousand million the server stops taking writes."""
    size_bytes: int


class DatabaseProbe(Protocol):
    """Looks at a database from outside, whatever its schema."""

    async def inspect(self) -> FileFacts | ServerFacts | None:
        """Say what it is; None when there is nothing yet.

        Raises `UnavailableError` when it cannot be reached or read.
        """

    async def list_table_sizes(self) -> Sequence[TableSize]:
        """Tables of both planes, largest first; empty when there are none yet."""


class DirectoryFacts(Struct, frozen=True, kw_only=True):
    """The data directory, or the nearest directory above it that is there."""

    path: str
    exists: bool
    is_directory: bool
    """Whether it is one or can become one: not where a file is in its place, or in that of one above it."""
    can_write: bool
    """Whether this user may make files there."""
    can_read_files: bool
    """Whether this user may read and write all of the store's files that are there."""
    owner: str | None
    """Name or number of its owner; None where there are none."""
    user: str | None
    """Who asks."""
    is_private: bool
    """Whether nobody but the owner may look into it."""
    total_bytes: int
    free_bytes: int
    """What an ordinary user may still use."""
    free_files: int | None
    """How many files may still be made; None where there is no such limit."""
    file_system: str | None
    """Type of file system, such as ext4 or nfs4; None when the machine does not say."""
    is_network: bool
    is_temporary: bool
    """Whether its content goes with the machine's memory or with its container."""
    holder: int | None
    """Process that serves the directory now; None when there is none, or the machine does not say."""


class PortFacts(Struct, frozen=True, kw_only=True):
    """The address that the server is to listen on."""

    address: str
    """`host:port`."""
    is_free: bool
    answers_as: str | None
    """Version of the panope that answers there."""
    refusal: str | None
    """Why it cannot be listened on, when that is not because somebody does."""


class MachineProbe(Protocol):
    """Looks at the machine."""

    async def inspect_directory(self, path: str, files: Sequence[str]) -> DirectoryFacts:
        """Say what there is to say about a directory in which the files are, or will be."""

    async def inspect_port(self, host: str, port: int) -> PortFacts:
        """Say whether a server could listen there, or who does. Tries it for a moment, and asks whoever answers."""
