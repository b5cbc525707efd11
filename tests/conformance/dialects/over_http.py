"""What the public API says of a trace, in the shapes of the reader, so that both are compared in the same way."""

import json
from datetime import datetime
from typing import Any, Final

from panope.domain.tracing import ObservationDetail, ObservationRow, Payload, TraceRow, TraceTotals
from panope.ports.telemetry import Observed, Traced, TraceDetail

_PICO: Final = 10**12


def read_trace(trace: dict[str, Any]) -> TraceDetail:
    """A trace as `GET /api/public/traces/{id}` gives it."""
    observations = [_observed(observation) for observation in trace["observations"]]
    row = TraceRow(
        id=trace["id"],
        timestamp_us=0,
        name=trace["name"],
        user_id=trace["userId"],
        session_id=trace["sessionId"],
        tags=trace["tags"],
        totals=TraceTotals(
            total_tokens=sum(observed.row.detail.usage.get("total", 0) for observed in observations),
            total_cost=round(trace["totalCost"] * _PICO) - sum(map(_estimated_cost, trace["observations"])),
        ),
    )
    return TraceDetail(trace=Traced(row=row, payload=_payload(trace)), observations=observations, scores=[])


def _estimated_cost(told: dict[str, Any]) -> int:
    return round((told["calculatedTotalCost"] or 0) * _PICO) if told.get("usageEstimated") else 0


def _observed(told: dict[str, Any]) -> Observed:
    if told.get("usageEstimated"):  # panope counted it: no dialect told it
        told = {**told, "usageDetails": {}, "costDetails": {}}
    cost = told["calculatedTotalCost"] if told["costDetails"] else None  # the API says 0 of what has no price
    row = ObservationRow(
        id=told["id"],
        trace_id=told["traceId"],
        type=told["type"],
        name=told["name"],
        start_us=_time_us(told["startTime"]),
        end_us=_time_us(told["endTime"]),
        completion_start_us=None if told["completionStartTime"] is None else _time_us(told["completionStartTime"]),
        parent_id=told["parentObservationId"],
        level=told["level"],
        model=told["model"],
        total_cost=None if cost is None else round(cost * _PICO),
        agent=told["agent"],
        tool=told["tool"],
        graph_node=told["graphNode"],
        thread_id=told["threadId"],
        finish_reason=told["finishReason"],
        error_type=told["errorType"],
        detail=ObservationDetail(
            status_message=told["statusMessage"],
            usage=told["usageDetails"] or {},
            model_parameters=told["modelParameters"],
        ),
    )
    return Observed(row=row, payload=_payload(told))


def _payload(told: dict[str, Any]) -> Payload:
    sides = {side: told[side] for side in ("input", "output")}
    texts = {
        side: value if isinstance(value, str) or value is None else json.dumps(value) for side, value in sides.items()
    }
    return Payload(**texts, metadata=told["metadata"] or {})


def _time_us(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)
