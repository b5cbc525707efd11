"""What a project's telemetry says about its senders, each answer from an index, a rollup or a sample."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record
from panope.adapters.relational.tables import FROM_CLIENTS, OBSERVATIONS, TRACES, Table
from panope.domain.events import EntityKind
from panope.domain.ledger import LedgerSummary, SdkUse, add_up_uses
from panope.domain.merge.codec import read_payload
from panope.domain.tracing import ObservationType, Payload
from panope.ports.diagnosis import ClientTime, GenerationCounts, ProjectSize, RootlessTrace, RootlessTraces

_RUNS: Final = 16
_RUN_ROWS: Final = 32
"""Rows of a run; all runs together are what the size of all is judged by."""
_MAX_SHOWN: Final = 50
_INTEGER_BYTES: Final = 8
_decode_counts = msgspec.json.Decoder(dict[str, int]).decode


def summarize_ledger(reading: Reading, since_us: int, limit: int) -> LedgerSummary:
    """Receipts by client: the database adds up what is alike, the rest is little."""
    newest = (
        f"FROM ledger l WHERE l.project = ? AND l.received_us >= ? AND {FROM_CLIENTS} "
        "ORDER BY l.received_us DESC, l.key DESC LIMIT ?"
    )
    sql = (
        "SELECT n.sdk_name, n.sdk_version, n.protocol, n.reasons, n.repairs, count(*), "  # noqa: S608
        "sum(CASE WHEN n.status >= 400 THEN 1 ELSE 0 END), sum(n.accepted), sum(n.rejected), max(n.received_us) "
        "FROM (SELECT l.sdk_name, l.sdk_version, l.protocol, l.reasons, l.repairs, l.status, l.accepted, l.rejected, "
        f"l.received_us {newest}) n GROUP BY n.sdk_name, n.sdk_version, n.protocol, n.reasons, n.repairs"
    )
    scope = (reading.project, since_us)
    uses = add_up_uses(map(_use, reading.session.execute(sql, (*scope, limit))))
    is_full = sum(use.requests for use in uses) >= limit
    return LedgerSummary(uses=uses, is_cut=is_full and _is_more(reading, f"SELECT 1 {newest}", scope, limit))


def _use(record: Record) -> SdkUse:
    name, version, protocol, reasons, repairs, requests, refused, accepted, rejected, last_us = record
    return SdkUse(
        sdk_name=name,
        sdk_version=version,
        protocol=protocol,
        requests=requests,
        refused=int(refused),
        accepted=int(accepted),
        rejected=int(rejected),
        reasons=_times(reasons, requests),
        repairs=_times(repairs, requests),
        last_us=last_us,
    )


def _times(counts: str, requests: int) -> dict[str, int]:
    """What so many receipts with the same counts add up to."""
    return {code: count * requests for code, count in _decode_counts(counts).items()}


def _is_more(reading: Reading, sql: str, scope: Sequence[object], limit: int) -> bool:
    return bool(reading.session.execute(f"{sql} OFFSET ?", (*scope, 1, limit)))


def find_rootless_traces(reading: Reading, since_us: int, settled_us: int, limit: int) -> RootlessTraces:
    """Among the newest traces, which the index by time gives."""
    newest = (
        f"FROM trace t WHERE {reading.dialect.walked_project.format('t')} = ? AND t.timestamp_us >= ? "
        "ORDER BY t.timestamp_us DESC, t.id DESC LIMIT ?"
    )
    inner = (
        "(SELECT t.id, t.timestamp_us, t.observation_count, t.root_count, t.updated_us, t.has_state, "
        f"t.first_observation_id {newest}) n"
    )
    is_rootless = "n.observation_count > 0 AND n.root_count = 0 AND n.updated_us <= ?"
    scope = (reading.project, since_us)
    sql = f"SELECT count(*), sum(CASE WHEN {is_rootless} THEN 1 ELSE 0 END) FROM {inner}"  # noqa: S608
    [(examined, count)] = reading.session.execute(sql, (settled_us, *scope, limit))
    found = RootlessTraces(examined=examined, count=int(count or 0))
    found.is_cut = examined >= limit and _is_more(reading, f"SELECT 1 {newest}", scope, limit)
    if found.count:
        sql = (
            "SELECT n.id, n.timestamp_us, n.observation_count, n.has_state, n.first_observation_id "  # noqa: S608
            f"FROM {inner} WHERE {is_rootless} ORDER BY n.timestamp_us DESC, n.id DESC LIMIT ?"
        )
        records = reading.session.execute(sql, (*scope, limit, settled_us, _MAX_SHOWN))
        found.newest = list(_with_sets(reading, records))
    return found


def _with_sets(reading: Reading, records: Sequence[Record]) -> Iterator[RootlessTrace]:
    """Traces with the attributes that came with their earliest observations."""
    sql = (
        f"SELECT o.id, {reading.payload_select()} FROM observation o "  # noqa: S608
        "LEFT JOIN observation_payload p ON p.key = o.key WHERE o.project = ? AND "
    )
    firsts = [record[4] for record in records if record[4] is not None]
    [found] = reading.find(reading.among(sql, "o.id", firsts, scope=(reading.project,)))
    payloads = {
        record[0]: read_payload(parts) for record in found if (parts := reading.dialect.unpack(record[1:])) is not None
    }
    sets = reading.find_sets(payloads.values())
    for trace_id, timestamp_us, observation_count, has_state, first in records:
        payload = payloads.get(first, Payload())
        yield RootlessTrace(
            id=trace_id,
            timestamp_us=timestamp_us,
            observation_count=observation_count,
            has_state=bool(has_state),
            scope=sets.get(payload.scope),
            resource=sets.get(payload.resource),
        )


def sample_client_times(reading: Reading, limit: int) -> list[ClientTime]:
    """The latest starts, from the index by time."""
    sql = (
        f"SELECT o.start_us, o.created_us FROM observation o WHERE {reading.dialect.walked_project.format('o')} = ? "  # noqa: S608
        "ORDER BY o.start_us DESC, o.id DESC LIMIT ?"
    )
    records = reading.session.execute(sql, (reading.project, limit))
    return [ClientTime(start_us=start_us, arrived_us=created_us) for start_us, created_us in records]


def count_generations(reading: Reading, since_us: int) -> GenerationCounts:
    """From the time buckets."""
    sql = (
        "SELECT sum(b.count), sum(CASE WHEN b.model = '' THEN b.count ELSE 0 END) FROM bucket b "
        "WHERE b.project = ? AND b.kind = 'observation' AND b.hour_us >= ? AND b.name = ?"
    )
    [(total, nameless)] = reading.session.execute(sql, (reading.project, since_us, ObservationType.GENERATION.value))
    return GenerationCounts(total=int(total or 0), nameless=int(nameless or 0))


def measure_project(reading: Reading) -> ProjectSize:
    """Counts from the time buckets, bytes from a few rows spread evenly over time."""
    sql = "SELECT b.kind, sum(b.count) FROM bucket b WHERE b.project = ? GROUP BY b.kind"
    counts = {kind: int(count) for kind, count in reading.session.execute(sql, (reading.project,))}
    stored_bytes, is_estimate = 0, False
    for table, kind, time in (
        (TRACES, EntityKind.TRACE, "timestamp_us"),
        (OBSERVATIONS, EntityKind.OBSERVATION, "start_us"),
    ):
        sizes = _sample_sizes(reading, table, time)
        count = counts.get(kind, 0)
        if sizes:
            stored_bytes += sum(sizes) * count // len(sizes)
            is_estimate |= len(sizes) < count
    return ProjectSize(
        traces=counts.get(EntityKind.TRACE, 0),
        observations=counts.get(EntityKind.OBSERVATION, 0),
        stored_bytes=stored_bytes,
        is_estimate=is_estimate,
    )


def _sample_sizes(reading: Reading, table: Table, time: str) -> list[int]:
    """Bytes of rows with their payloads: of all when there are few, else of runs of them that begin evenly in time.

    Single rows would be the first of a trace each, as there is time between traces.
    """
    alias = table.alias
    where = f"FROM {table.name} {alias} WHERE {reading.dialect.walked_project.format(alias)} = ?"
    order = f"ORDER BY {alias}.{time} {{0}}, {alias}.id {{0}} LIMIT ?"
    [ends, starts] = (
        reading.session.execute(f"SELECT {alias}.{time} {where} {order.format(way)}", (reading.project, 1))
        for way in ("DESC", "ASC")
    )
    if not ends:
        return []
    sql = (
        f"SELECT {alias}.key, {reading.dialect.payload_bytes}, {table.select()} FROM {table.name} {alias} "  # noqa: S608
        f"LEFT JOIN {table.name}_payload p ON p.key = {alias}.key WHERE "
        f"{reading.dialect.walked_project.format(alias)} = ? AND {alias}.{time} >= ? {order.format('ASC')}"
    )
    first, last = starts[0][0], ends[0][0]
    weighed: dict[int, int] = {}
    for run in range(_RUNS):
        since = first + (last - first) * run // _RUNS

        records = reading.session.execute(sql, (reading.project, since, _RUN_ROWS))
        weighed.update({key: int(size or 0) + _row_bytes(row) for key, size, *row in records})
        if len(records) < _RUN_ROWS:
            break  # nothing comes after this run
    return list(weighed.values())


def _row_bytes(row: Record) -> int:
    return sum(len(value.encode()) if isinstance(value, str) else _INTEGER_BYTES for value in row if value is not None)
