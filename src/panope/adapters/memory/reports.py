"""What operators ask, answered from dictionaries."""

from typing import Any

import msgspec

from panope.adapters.memory.experiments import find_links
from panope.adapters.memory.rows import ProjectRows, Projects
from panope.domain.events import EntityKind
from panope.domain.ids import ProjectId
from panope.domain.ledger import BY_PEOPLE, Receipt
from panope.domain.merge.codec import read_payload
from panope.domain.projection.rollups import lacks_price
from panope.domain.projection.store import Stored
from panope.domain.rollups import DAY_US, HOUR_US
from panope.ports.experiments import LinkKind
from panope.ports.telemetry import DailyUsage, UnpricedModel

_SUMS = ("count", "unpriced_count", "input_tokens", "output_tokens", "total_tokens", "total_cost")


class MemoryReports:
    """`TelemetryReports` over dictionaries."""

    _projects: Projects

    async def list_receipts(self, project_id: ProjectId, limit: int) -> list[Receipt]:
        """Newest receipts first."""
        receipts = self._projects[project_id].receipts
        return [receipt for receipt in receipts[::-1] if receipt.protocol not in BY_PEOPLE][:limit]

    async def list_unpriced_models(self, project_id: ProjectId, since_us: int) -> list[UnpricedModel]:
        """Models without a price, most used first."""
        found: dict[str, UnpricedModel] = {}
        for stored in self._projects[project_id].observations.values():
            row = stored.row
            hour_us = row.start_us // HOUR_US * HOUR_US
            if row.model and lacks_price(row) and hour_us >= since_us:
                last_us = row.start_us if row.total_tokens else hour_us
                model = found.setdefault(
                    row.model, UnpricedModel(model=row.model, uses=0, total_tokens=0, last_us=last_us)
                )
                model.uses += 1
                model.total_tokens = (model.total_tokens or 0) + row.total_tokens
                model.last_us = max(model.last_us, last_us)
        return sorted(found.values(), key=lambda model: (-model.uses, model.model))

    async def sum_usage_by_day(self, project_id: ProjectId, since_us: int, until_us: int) -> list[DailyUsage]:
        """Usage by day and model, from hour buckets."""
        found: dict[tuple[int, str], DailyUsage] = {}
        for key, totals in self._projects[project_id].buckets.items():
            if key.kind != EntityKind.OBSERVATION or not since_us <= key.hour_us < until_us:
                continue
            day_us = key.hour_us // DAY_US * DAY_US
            usage = found.setdefault((day_us, key.model), DailyUsage(day_us=day_us, model=key.model))
            for name in _SUMS:
                setattr(usage, name, getattr(usage, name) + getattr(totals, name))
        return [found[place] for place in sorted(found) if found[place].count]

    async def snapshot(self, project_id: ProjectId) -> dict[str, list[dict[str, Any]]]:
        """Every row as plain values, without arrival times."""
        rows = self._projects[project_id]
        return {
            "traces": [_plain(rows.traces[row_id]) for row_id in sorted(rows.traces)],
            "observations": [_plain(rows.observations[row_id]) for row_id in sorted(rows.observations)],
            "scores": [_plain(rows.scores[row_id]) for row_id in sorted(rows.scores)],
            "sessions": [_without_arrival(rows.sessions[row_id]) for row_id in sorted(rows.sessions)],
            "links": [*_links(rows, LinkKind.OBSERVATION), *_links(rows, LinkKind.TRACE)],
            "buckets": [
                {**msgspec.to_builtins(key), **msgspec.to_builtins(rows.buckets[key])} for key in sorted(rows.buckets)
            ],
        }


def _links(rows: ProjectRows, kind: LinkKind) -> list[dict[str, Any]]:
    return [_without_arrival(link) for link in sorted(find_links(rows, kind), key=lambda link: link.id)]


def _plain(stored: Stored[Any]) -> dict[str, Any]:
    plain = _without_arrival(stored.row)
    if stored.parts is not None:
        plain["payload"] = msgspec.to_builtins(read_payload(stored.parts))
    return plain


def _without_arrival(row: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(row)
    del plain["created_us"]
    plain.pop("updated_us", None)
    return plain
