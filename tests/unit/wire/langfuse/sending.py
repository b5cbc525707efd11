"""What the codec tests send."""

import json
from typing import Any

from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch, TelemetryEvent
from panope.domain.ids import ProjectId
from panope.wire.langfuse.ingestion import decode_ingestion

RECEIVED_US = 1_767_323_045_000_000
"""2026-01-02T03:04:05Z"""
SENT = "2026-01-02T03:04:04.500Z"
SENT_US = RECEIVED_US - 500_000
PROJECT = ProjectId("project")


def frame(kind: str, body: Any, **fields: Any) -> dict[str, Any]:
    return {"id": "event", "timestamp": SENT, "type": kind, "body": body, **fields}


def decode_bytes(body: bytes, access: Access = Access.PROJECT) -> DecodedBatch:
    return decode_ingestion(body, received_us=RECEIVED_US, project_id=PROJECT, access=access)


def decode(*frames: Any, access: Access = Access.PROJECT) -> DecodedBatch:
    return decode_bytes(json.dumps({"batch": frames}).encode(), access)


def decode_one(kind: str, body: Any, **fields: Any) -> TelemetryEvent:
    batch = decode(frame(kind, body, **fields))
    assert not batch.rejections, batch.rejections
    (event,) = batch.events
    return event


def refuse_one(kind: str, body: Any, **fields: Any) -> str:
    """Send a bad event between two good ones; return the code of its rejection."""
    good = frame("trace-create", {"id": "neighbour"})
    batch = decode(good, frame(kind, body, **fields), good)
    assert [event.entity_id for event in batch.events] == ["neighbour", "neighbour"]
    (rejection,) = batch.rejections
    assert rejection.index == 1
    return rejection.code


def repairs_of(batch: DecodedBatch) -> list[tuple[int, str]]:
    return [(repair.index, repair.code) for repair in batch.repairs]
