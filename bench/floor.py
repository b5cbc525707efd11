"""The floor: the same bytes decoded, walked, encoded, compressed and inserted bare, 200 spans a commit, durable."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import zstandard
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from panope.adapters.sqlite.driver import sqlite3

_COMPRESS_FROM = 400
Row = tuple[str, str, int, int, str]
Payload = tuple[str, bytes]


class Encoder:
    """Decodes and encodes as little as anybody could."""

    def __init__(self) -> None:
        self._pack = msgspec.msgpack.Encoder().encode
        self._zip = zstandard.ZstdCompressor(level=1).compress

    def otlp(self, body: bytes) -> tuple[list[Row], list[Payload]]:
        """Rows and payloads of an OTLP request."""
        rows, payloads = [], []
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    attributes = {found.key: _value(found.value) for found in span.attributes}
                    span_id = span.span_id.hex()
                    rows.append(
                        (span_id, span.trace_id.hex(), span.start_time_unix_nano, span.end_time_unix_nano, span.name)
                    )
                    payloads.append((span_id, self._payload(attributes)))
        return rows, payloads

    def langfuse(self, body: bytes) -> tuple[list[Row], list[Payload]]:
        """Rows and payloads of a Langfuse batch, one per event."""
        rows, payloads = [], []
        for event in msgspec.json.decode(body)["batch"]:
            told = event["body"]
            rows.append((event["id"], told.get("traceId", told["id"]), 0, 0, event["type"]))
            payloads.append((event["id"], self._payload(told)))
        return rows, payloads

    def _payload(self, value: object) -> bytes:
        packed = self._pack(value)
        return self._zip(packed) if len(packed) > _COMPRESS_FROM else packed


def _value(value: Any) -> object:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None


_TABLES = """
create table span (id text, trace_id text, start integer, end integer, name text) strict;
create table payload (id text, body blob) strict;
create index span_by_trace on span (trace_id, start);
create index span_by_start on span (start, id);
"""


def run_sqlite(path: Path, groups: Iterable[tuple[list[Row], list[Payload]]]) -> None:
    """Insert groups of rows, one durable commit each."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    for statement in _TABLES.strip().split(";\n"):
        connection.execute(statement)
    for rows, payloads in groups:
        connection.execute("begin immediate")
        connection.executemany("insert into span values (?, ?, ?, ?, ?)", rows)
        connection.executemany("insert into payload values (?, ?)", payloads)
        connection.execute("commit")
    connection.close()


def run_postgres(url: str, groups: Iterable[tuple[list[Row], list[Payload]]]) -> None:
    """The same through COPY."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop table if exists floor_span, floor_payload")
        connection.execute("create table floor_span (id text, trace_id text, start_ns int8, end_ns int8, name text)")
        connection.execute("create table floor_payload (id text, body bytea)")
        connection.execute("create index on floor_span (trace_id, start_ns)")
        connection.execute("create index on floor_span (start_ns, id)")
        for rows, payloads in groups:
            with connection.transaction():
                _copy(connection, "floor_span", ["text", "text", "int8", "int8", "text"], rows)
                _copy(connection, "floor_payload", ["text", "bytea"], payloads)


def _copy(connection: Any, table: str, types: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {table} from stdin (format binary)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def cpu_s() -> float:
    """CPU seconds of this process."""
    return time.process_time()
