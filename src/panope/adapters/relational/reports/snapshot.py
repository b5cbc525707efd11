"""Every row of a project as plain values: what engines are compared by."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record
from panope.adapters.relational.tables import (
    LINKS,
    OBSERVATIONS,
    SCORES,
    SESSIONS,
    TRACES,
    Table,
    read_link,
    read_observation,
    read_score,
    read_session,
    read_trace,
)
from panope.domain.events import EntityKind
from panope.domain.merge.codec import read_payload
from panope.domain.rollups import BucketKey, BucketTotals

_ARRIVAL: Final = ("created_us", "updated_us")
_BUCKET: Final = (*BucketKey.__struct_fields__, *BucketTotals.__struct_fields__)


def snapshot(reading: Reading) -> dict[str, list[dict[str, Any]]]:
    """All rows without arrival times, each kind sorted by id; payloads as they were sent, under `payload`."""
    return {
        "traces": _with_payloads(reading, TRACES, read_trace),
        "observations": _with_payloads(reading, OBSERVATIONS, read_observation),
        "scores": _scores(reading),
        "sessions": _rows(reading, SESSIONS, read_session),
        "links": [*_links(reading, OBSERVATIONS), *_links(reading, TRACES)],
        "buckets": _buckets(reading),
    }


def _rows(reading: Reading, table: Table, read: Callable[[Record], Any]) -> list[dict[str, Any]]:
    alias = table.alias
    sql = f"SELECT {table.select()} FROM {table.name} {alias} WHERE {alias}.project = ? ORDER BY {alias}.id"  # noqa: S608
    return [_plain(read(record)) for record in reading.session.execute(sql, (reading.project,))]


def _scores(reading: Reading) -> list[dict[str, Any]]:
    sql = f"SELECT {SCORES.select()}, s.state FROM score s WHERE s.project = ? ORDER BY s.id"  # noqa: S608
    rows = []
    for record in reading.session.execute(sql, (reading.project,)):
        payload = msgspec.to_builtins(read_payload(reading.dialect.unpack_state(record[-1])))
        rows.append({**_plain(read_score(record[:-1])), "payload": payload})
    return rows


def _with_payloads(reading: Reading, table: Table, read: Callable[[Record], Any]) -> list[dict[str, Any]]:
    alias = table.alias
    sql = (
        f"SELECT {table.select()}, {reading.payload_select()} FROM {table.name} {alias} "  # noqa: S608
        f"LEFT JOIN {table.name}_payload p ON p.key = {alias}.key WHERE {alias}.project = ? ORDER BY {alias}.id"
    )
    width = len(table.columns)
    rows = []
    for record in reading.session.execute(sql, (reading.project,)):
        parts = reading.dialect.unpack(record[width:])
        row = _plain(read(record[:width]))
        if parts is not None:
            row["payload"] = msgspec.to_builtins(read_payload(parts))
        rows.append(row)
    return rows


def _links(reading: Reading, table: Table) -> list[dict[str, Any]]:
    columns = ", ".join(f"x.{column}" for column in LINKS)
    sql = f"SELECT {columns} FROM {table.name}_experiment x WHERE x.project = ? ORDER BY x.id"  # noqa: S608
    return [_plain(read_link(record)) for record in reading.session.execute(sql, (reading.project,))]


def _buckets(reading: Reading) -> list[dict[str, Any]]:
    sql = (
        f"SELECT {', '.join(f'b.{name}' for name in _BUCKET)} FROM bucket b "  # noqa: S608
        f"WHERE b.project = ? AND b.kind IN ('{EntityKind.TRACE}', '{EntityKind.OBSERVATION}') "
        "ORDER BY b.kind, b.hour_us, b.environment, b.name, b.model"
    )
    buckets = [dict(zip(_BUCKET, record, strict=True)) for record in reading.session.execute(sql, (reading.project,))]
    return [bucket for bucket in buckets if any(bucket[name] for name in BucketTotals.__struct_fields__)]


def _plain(row: Any) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(row)
    return {name: value for name, value in values.items() if name not in _ARRIVAL}
