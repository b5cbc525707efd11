"""Whether the data directory can be written, is private, stays, and has room."""

import shlex
from collections.abc import Iterator
from typing import Final

from panope.features.diagnosis.finding import Area, Finding, Severity, show_bytes
from panope.ports.diagnosis import DirectoryFacts

_FULL_BYTES: Final = 256 * 1024 * 1024
_LOW_BYTES: Final = 2 * 1024 * 1024 * 1024
_LOW_SHARE: Final = 0.05
_LOW_FILES: Final = 1_000


def check_directory(facts: DirectoryFacts) -> Iterator[Finding]:
    """Everything about the directory of the SQLite files."""
    if not facts.is_directory:
        seen = "is no directory and cannot become one: a file is there, or above it"
        yield _problem("data_directory_unusable", facts.path, seen, "Choose another with PANOPE_DATA_DIR.")
        return
    yield _check_rights(facts)
    yield from _check_file_system(facts)
    yield _check_room(facts)


def _check_rights(facts: DirectoryFacts) -> Finding:
    who = f"{facts.user} " if facts.user else ""
    if not facts.can_write or not facts.can_read_files:
        what = "cannot be written" if not facts.can_write else "holds files that cannot be read and written"
        return _problem(
            "data_directory_unusable",
            facts.path,
            f"{what} by the user {who}who runs this; it belongs to {facts.owner or 'somebody else'}",
            "Run the server, and this, as its owner; or change the owner; or choose another with PANOPE_DATA_DIR.",
        )
    if not facts.exists:
        seen = "is not there yet; the first start makes it"
        return _finding("no_data_directory", Severity.NOTE, facts.path, seen, "If it should be there, check its path.")
    if not facts.is_private:
        return _finding(
            "data_directory_open",
            Severity.WARNING,
            facts.path,
            "other users of this machine may look into it",
            "Keep it to its owner:",
            f"chmod 700 {shlex.quote(facts.path)}",
        )
    held = f"; process {facts.holder} serves it" if facts.holder else ""
    return _finding("data_directory", Severity.OK, facts.path, f"can be written, private to {facts.owner}{held}")


def _check_file_system(facts: DirectoryFacts) -> Iterator[Finding]:
    if facts.is_network:
        yield _problem(
            "network_file_system",
            "file system",
            f"{facts.file_system} is shared over a network: SQLite's locks and its write-ahead log cannot be relied on",
            "Move the directory to a local disk, or keep everything in Postgres.",
        )
    elif facts.is_temporary:
        what = "is in memory" if facts.file_system in {"tmpfs", "ramfs"} else "is the layer of a container"
        yield _finding(
            "temporary_file_system",
            Severity.WARNING,
            "file system",
            f"{facts.file_system} {what}, and goes with it",
            "Mount a volume there, or choose a directory on a disk with PANOPE_DATA_DIR.",
        )
    elif facts.file_system:
        yield _finding("file_system", Severity.OK, "file system", f"{facts.file_system}, local")


def _check_room(facts: DirectoryFacts) -> Finding:
    left = f"{show_bytes(facts.free_bytes)} of {show_bytes(facts.total_bytes)} left"
    if facts.free_bytes < _FULL_BYTES:
        return _problem(
            "disk_full", "free space", f"{left}: writes fail soon or already do", "Make room, or move to a larger disk."
        )
    if facts.free_files is not None and facts.free_files < _LOW_FILES:
        seen = f"{facts.free_files:,} more files can be made"
        return _problem("disk_full", "free files", seen, "Remove files that nobody needs from this file system.")
    if facts.free_bytes < min(_LOW_BYTES, facts.total_bytes * _LOW_SHARE):
        return _finding("disk_low", Severity.WARNING, "free space", left, "Make room before it is gone.")
    return _finding("disk_free", Severity.OK, "free space", left)


def _problem(code: str, subject: str, seen: str, advice: str) -> Finding:
    return _finding(code, Severity.PROBLEM, subject, seen, advice)


def _finding(code: str, severity: Severity, subject: str, seen: str, advice: str = "", command: str = "") -> Finding:
    return Finding(
        area=Area.DISK, code=code, severity=severity, subject=subject, seen=seen, advice=advice, command=command
    )
