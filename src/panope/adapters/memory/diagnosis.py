"""What a project's telemetry says about its senders, from dictionaries: what the port says, in the fewest words."""

from typing import Any

import msgspec

from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.events import EntityKind
from panope.domain.ids import ProjectId
from panope.domain.ledger import BY_PEOPLE, LedgerSummary, Receipt, SdkUse, add_up_uses
from panope.domain.merge.codec import read_payload
from panope.domain.projection.store import Stored
from panope.domain.tracing import ObservationType, Payload, TraceRow
from panope.ports.diagnosis import ClientTime, GenerationCounts, ProjectSize, RootlessTrace, RootlessTraces
from panope.ports.texts.index import TextIndexState

_MAX_SHOWN = 50


class MemoryDiagnosis:
    """`TelemetryDiagnosis` over dictionaries."""

    _projects: Projects

    async def summarize_ledger(self, project_id: ProjectId, since_us: int, limit: int) -> LedgerSummary:
        """Receipts by client."""
        receipts = self._projects[project_id].receipts
        found = [one for one in receipts if one.received_us >= since_us and one.protocol not in BY_PEOPLE]
        found.sort(key=lambda receipt: receipt.received_us, reverse=True)
        return LedgerSummary(uses=add_up_uses(map(_use, found[:limit])), is_cut=len(found) > limit)

    async def find_rootless_traces(
        self, project_id: ProjectId, since_us: int, settled_us: int, limit: int
    ) -> RootlessTraces:
        """Traces without a root among the newest."""
        rows = self._projects[project_id]
        newest = [stored.row for stored in rows.traces.values() if stored.row.timestamp_us >= since_us]
        newest.sort(key=lambda row: (row.timestamp_us, row.id), reverse=True)
        rootless = [row for row in newest[:limit] if row.is_incomplete and row.updated_us <= settled_us]
        return RootlessTraces(
            examined=len(newest[:limit]),
            is_cut=len(newest) > limit,
            count=len(rootless),
            newest=[_rootless(rows, row) for row in rootless[:_MAX_SHOWN]],
        )

    async def sample_client_times(self, project_id: ProjectId, limit: int) -> list[ClientTime]:
        """The latest starts."""
        rows = [stored.row for stored in self._projects[project_id].observations.values()]
        rows.sort(key=lambda row: (row.start_us, row.id), reverse=True)
        return [ClientTime(start_us=row.start_us, arrived_us=row.created_us) for row in rows[:limit]]

    async def count_generations(self, project_id: ProjectId, since_us: int) -> GenerationCounts:
        """Generations, and those without a model."""
        counts = [
            (totals.count, not key.model)
            for key, totals in self._projects[project_id].buckets.items()
            if (key.kind, key.name) == (EntityKind.OBSERVATION, ObservationType.GENERATION) and key.hour_us >= since_us
        ]
        return GenerationCounts(
            total=sum(count for count, _ in counts), nameless=sum(count for count, is_nameless in counts if is_nameless)
        )

    async def describe_texts(self, _project_id: ProjectId) -> TextIndexState | None:
        """There is no need of one."""
        return None

    async def measure_project(self, project_id: ProjectId) -> ProjectSize:
        """Counts and bytes."""
        rows = self._projects[project_id]
        kept: list[Stored[Any]] = [*rows.traces.values(), *rows.observations.values()]
        return ProjectSize(
            traces=len(rows.traces), observations=len(rows.observations), stored_bytes=sum(map(_stored_bytes, kept))
        )


def _use(receipt: Receipt) -> SdkUse:
    return SdkUse(
        sdk_name=receipt.sdk_name,
        sdk_version=receipt.sdk_version,
        protocol=receipt.protocol,
        requests=1,
        refused=receipt.status >= 400,
        accepted=receipt.accepted,
        rejected=receipt.rejected,
        reasons=receipt.reasons,
        repairs=receipt.repairs,
        last_us=receipt.received_us,
    )


def _rootless(rows: ProjectRows, row: TraceRow) -> RootlessTrace:
    first = rows.observations.get(row.totals.first_observation_id or "")
    payload = read_payload(first.parts) if first is not None and first.parts else Payload()
    return RootlessTrace(
        id=row.id,
        timestamp_us=row.timestamp_us,
        observation_count=row.totals.observation_count,
        has_state=row.has_state,
        scope=_attributes(rows, payload.scope),
        resource=_attributes(rows, payload.resource),
    )


def _attributes(rows: ProjectRows, set_id: str | None) -> dict[str, Any] | None:
    text = rows.attribute_sets.get(set_id or "")
    return msgspec.json.decode(text, type=dict[str, Any]) if text is not None else None


def _stored_bytes(stored: Stored[Any]) -> int:
    return len(msgspec.msgpack.encode(stored.row)) + len(msgspec.msgpack.encode(stored.parts))
