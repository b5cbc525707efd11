"""Whether the database can do its work, and keeps what it has taken."""

from collections.abc import Iterator
from typing import Final

from panope.features.diagnosis.finding import Area, Finding, Severity, counted, share, show_bytes, show_duration
from panope.ports.diagnosis import FileFacts, ServerFacts

_FAR_US: Final = 5_000
"""A round trip of a database that is not near: a request makes several."""
_SLOW_READ_US: Final = 250_000
_LONG_US: Final = 5 * 60_000_000
_LARGE_LOG_BYTES: Final = 512 * 1024 * 1024
_MOSTLY_FREE: Final = 0.5
_MANY_FREE_BYTES: Final = 100 * 1024 * 1024
_OLD_XIDS: Final = 1_000_000_000
_NEAR_END_XIDS: Final = 1_800_000_000


def check_database(facts: FileFacts | ServerFacts | None) -> Iterator[Finding]:
    """Everything about the database, whichever it is."""
    if facts is None:
        yield _finding("no_database", Severity.NOTE, "database", "there is none yet; the first start makes it")
    elif isinstance(facts, FileFacts):
        yield from _check_file(facts)
    else:
        yield from _check_server(facts)


def _check_file(facts: FileFacts) -> Iterator[Finding]:
    seen = f"{show_bytes(facts.file_bytes)}, first read in {show_duration(facts.round_trip_us)}"
    if facts.round_trip_us > _SLOW_READ_US:
        yield _finding("slow_database", Severity.WARNING, facts.library, seen, "The disk is slow or busy: look at it.")
    else:
        yield _finding("database", Severity.OK, facts.library, seen)
    if not facts.is_library_safe:
        yield _finding(
            "unsafe_library",
            Severity.WARNING,
            facts.library,
            "can lose a commit when it races a checkpoint, which is rare",
            "Install panope where the wheel pysqlite3 exists, or Python with SQLite 3.51.3 or newer.",
        )
    if facts.journal_mode.lower() != "wal":
        yield _finding(
            "no_write_ahead_log",
            Severity.WARNING,
            "journal",
            f"{facts.journal_mode}, where panope sets wal: something else has opened the file",
            "Start the server once; if it stays so, the file system is not fit for it.",
        )
    if facts.log_bytes > _LARGE_LOG_BYTES:
        yield _finding(
            "large_log",
            Severity.WARNING,
            "write-ahead log",
            f"{show_bytes(facts.log_bytes)}: some reader keeps it from being taken over into the file",
            "End programs that read the file for long, such as a shell or a copy of it.",
        )
    if facts.free_bytes > max(_MANY_FREE_BYTES, facts.file_bytes * _MOSTLY_FREE):
        yield _finding(
            "mostly_free",
            Severity.NOTE,
            "free pages",
            f"{show_bytes(facts.free_bytes)} of the file ({share(facts.free_bytes, facts.file_bytes)}) are free after "
            "deletions, and are used again",
            "To give them back to the disk, stop the server and run:",
            'sqlite3 telemetry.db "VACUUM"',
        )


def _check_server(facts: ServerFacts) -> Iterator[Finding]:
    yield _check_version(facts)
    yield from _check_rights(facts)
    yield from _check_durability(facts)
    yield _check_connections(facts)
    yield _check_distance(facts)
    yield from _check_housekeeping(facts)


def _check_version(facts: ServerFacts) -> Finding:
    oldest, newest = facts.supported_versions
    if facts.major_version < oldest:
        return _problem(
            "database_too_old", facts.product, f"is too old: {oldest} to {newest} are supported", "Upgrade the server."
        )
    if facts.major_version > newest:
        seen = f"is newer than what panope was tested with ({oldest} to {newest})"
        return _finding("database_untested", Severity.NOTE, facts.product, seen, "Look for a newer panope.")
    seen = f"{show_bytes(facts.size_bytes)}; supported, needs no extension"
    return _finding("database", Severity.OK, facts.product, seen)


def _check_rights(facts: ServerFacts) -> Iterator[Finding]:
    if facts.encoding != "UTF8":
        yield _problem(
            "database_encoding",
            "encoding",
            f"{facts.encoding}, which cannot hold every text",
            "Make a database with ENCODING 'UTF8'.",
        )
    if facts.is_read_only:
        yield _problem(
            "database_read_only",
            "writes",
            "refused: it is a standby, or default_transaction_read_only is on",
            "Point DATABASE_URL at the primary.",
        )
    elif not facts.may_create_tables:
        yield _finding(
            "may_not_create",
            Severity.WARNING,
            "rights",
            "the user may make no tables, so no migration can run",
            "GRANT CREATE ON SCHEMA public, or migrate as another user with `panope db upgrade`.",
        )


def _check_durability(facts: ServerFacts) -> Iterator[Finding]:
    off = {name: value for name, value in facts.durability.items() if value in {"off", "local"}}
    lossy = {name: value for name, value in off.items() if value == "off"}
    for name, value in lossy.items():
        yield _problem(
            "not_durable",
            name,
            f"{value}: a crash or power cut may lose what was acknowledged"
            + (", or damage the database" if name != "synchronous_commit" else ""),
            "Turn it on, as a superuser:",
            f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
        )
    if not lossy:
        seen = ", ".join(f"{name} {value}" for name, value in facts.durability.items())
        yield _finding("durable", Severity.OK, "durability", seen)


def _check_connections(facts: ServerFacts) -> Finding:
    needed = facts.connections_per_process
    if facts.used_connections is None:
        seen = f"{facts.max_connections} allowed; a panope process takes up to {needed}"
        return _finding("connections", Severity.OK, "connections", seen)
    seen = f"{facts.used_connections} of {facts.max_connections} in use; a panope process takes up to {needed}"
    left = facts.max_connections - facts.used_connections
    if facts.max_connections < needed or left <= 0:
        advice = "Raise max_connections, or stop who holds them (pg_stat_activity says who)."
        return _problem("no_connections", "connections", seen, advice)
    if left < needed:
        advice = "There may be none left for another process: raise max_connections or put a pooler in front."
        return _finding("few_connections", Severity.WARNING, "connections", seen, advice)
    return _finding("connections", Severity.OK, "connections", seen)


def _check_distance(facts: ServerFacts) -> Finding:
    trip = show_duration(facts.round_trip_us)
    if facts.round_trip_us > _FAR_US:
        seen = f"{trip}: each request waits for several of them"
        return _finding("far_database", Severity.WARNING, "round trip", seen, "Run panope near the database.")
    return _finding("near_database", Severity.OK, "round trip", trip)


def _check_housekeeping(facts: ServerFacts) -> Iterator[Finding]:
    if facts.longest_transaction_us > _LONG_US:
        state = "and does nothing" if facts.is_longest_idle else "and works"
        yield _finding(
            "long_transaction",
            Severity.WARNING,
            "transactions",
            f"one is open for {show_duration(facts.longest_transaction_us)} {state}: nothing younger can be cleaned up",
            "Find it in pg_stat_activity by xact_start, and end its program.",
        )
    if not facts.is_cleaning_on:
        command = "ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();"
        seen, advice = "off: tables grow without bound", "Turn it on, as a superuser:"
        yield _finding("no_cleaning", Severity.WARNING, "autovacuum", seen, advice, command)
    for dead in facts.dead_rows[:5]:
        yield _finding(
            "dead_rows",
            Severity.NOTE,
            dead.table,
            f"{counted(dead.dead, 'dead row')} beside {dead.live:,} live ones",
            "Autovacuum lags behind; if it stays so:",
            f"VACUUM {dead.table};",
        )
    if facts.oldest_xid_age > _OLD_XIDS:
        is_near = facts.oldest_xid_age > _NEAR_END_XIDS
        yield _finding(
            "old_transactions",
            Severity.PROBLEM if is_near else Severity.WARNING,
            "transaction numbers",
            f"{facts.oldest_xid_age:,} since the oldest that is not frozen; at 2.1 thousand million the server stops",
            "Run VACUUM FREEZE on the database, and end transactions and replication slots that are left over.",
        )


def _problem(code: str, subject: str, seen: str, advice: str, command: str = "") -> Finding:
    return _finding(code, Severity.PROBLEM, subject, seen, advice, command)


def _finding(code: str, severity: Severity, subject: str, seen: str, advice: str = "", command: str = "") -> Finding:
    return Finding(
        area=Area.DATABASE,
        code=code,
        severity=severity,
        subject=subject,
        seen=seen,
        advice=advice,
        command=command,
    )
