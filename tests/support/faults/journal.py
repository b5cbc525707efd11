"""What the preloaded library wrote down: changes of files and answers of a server, in one order over all processes."""

import struct
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Final, NamedTuple

_HEADER: Final = struct.Struct("=IIQQqIIII")
_REQUEST_ID: Final = b"\r\nx-request-id: "


class Op(IntEnum):
    """What happened; the numbers are those of `preload.c`."""

    WRITE = 1
    RESIZE = 2
    EXTEND = 3
    SYNC_BEGIN = 4
    SYNC_END = 5
    OPEN = 6
    UNLINK = 7
    RENAME = 8
    LINK = 9
    MKDIR = 10
    RMDIR = 11
    ANSWER = 12


class Record(NamedTuple):
    """One line of the log. `file` is an inode; `offset` is a position or a new size."""

    op: Op
    file: int
    token: int
    offset: int
    path: str
    new_path: str
    content: bytes


def read_journal(path: Path) -> Iterator[Record]:
    """All records; a last one that a kill cut short is left out."""
    log = memoryview(path.read_bytes())
    at = 0
    while at + _HEADER.size <= len(log):
        size, op, file, token, offset, first, second, length, _ = _HEADER.unpack_from(log, at)
        if at + size > len(log):
            return
        start = at + _HEADER.size
        paths = bytes(log[start : start + first]), bytes(log[start + first : start + first + second])
        content = bytes(log[start + first + second : start + first + second + length])
        yield Record(Op(op), file, token, offset, paths[0].decode(), paths[1].decode(), content)
        at += size


def trim_journal(path: Path) -> None:
    """Cut off a record that the end of its process left unfinished, so that another process can go on."""
    with path.open("r+b") as log:
        size, at = path.stat().st_size, 0
        while at + _HEADER.size <= size:
            log.seek(at)
            length = _HEADER.unpack(log.read(_HEADER.size))[0]
            if at + length > size:
                break
            at += length
        log.truncate(at)


def answered_request(record: Record) -> tuple[str, int] | None:
    """Which request an answer was for and its status; None for what is no such answer."""
    if record.op is not Op.ANSWER:
        return None
    head = record.content.partition(b"\r\n\r\n")[0].lower()
    _, found, rest = head.partition(_REQUEST_ID)
    if not found:
        return None
    return rest.partition(b"\r\n")[0].decode(), int(head[9:12])
