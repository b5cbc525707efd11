"""A trace that somebody sends from the page, to see that everything works: stored exactly as an SDK's would be."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from panope.domain.accounts import Access
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.features.ingest.service import BATCHES, PriceBooks
from panope.kit.clock import Clock
from panope.ports.telemetry import IngestBatch, TelemetryWriter
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.langfuse.times import format_time

SDK: Final = "panope-web"
_QUESTION: Final = "What is panope?"
_ANSWER: Final = "Observability for LLM agents, in one process."
_SECOND_US: Final = 1_000_000


class SampleTraces:
    """Sends sample traces to projects."""

    def __init__(
        self, writer: TelemetryWriter, prices: PriceBooks, clock: Clock, new_id: Callable[[], str], release: str
    ) -> None:
        self._writer = writer
        self._prices = prices
        self._clock = clock
        self._new_id = new_id
        self._release = release

    async def send(self, project_id: ProjectId, sender: str) -> str:
        """Store a trace with an agent and a generation, marked as a test of `sender`; return its id.

        Raises `UnavailableError` when nothing could be stored.
        """
        now_us = self._clock()
        trace_id = self._new_id().replace("-", "")
        body = msgspec.json.encode({"batch": _events(trace_id, now_us, sender, self._new_id)})
        batch = decode_ingestion(body, received_us=now_us, project_id=project_id, access=Access.PROJECT)
        receipt = Receipt(
            request_id=self._new_id(),
            received_us=now_us,
            protocol=BATCHES,
            sdk_name=SDK,
            sdk_version=self._release,
            body_bytes=len(body),
            accepted=len(batch.events),
        )
        prices = await self._prices.get_book(project_id)
        await self._writer.apply(
            IngestBatch(project_id=project_id, events=batch.events, receipt=receipt, prices=prices)
        )
        return trace_id


def _events(trace_id: str, now_us: int, sender: str, new_id: Callable[[], str]) -> list[dict[str, Any]]:
    start, step, end = (format_time(now_us - ago) for ago in (2 * _SECOND_US, _SECOND_US, 0))
    agent = f"{trace_id}-agent"
    shared = {"traceId": trace_id, "startTime": start, "endTime": end, "environment": "default"}
    bodies: list[tuple[str, dict[str, Any]]] = [
        (
            "trace-create",
            {
                "id": trace_id,
                "name": "test-trace",
                "timestamp": start,
                "environment": "default",
                "input": _QUESTION,
                "output": _ANSWER,
                "tags": ["test"],
                "metadata": {"test": True, "sentBy": sender, "sentFrom": "the web app"},
            },
        ),
        (
            "agent-create",
            {"id": agent, "name": "answering", "input": _QUESTION, "output": _ANSWER, **shared},
        ),
        (
            "generation-create",
            {
                "id": f"{trace_id}-generation",
                "parentObservationId": agent,
                "name": "answer",
                "model": "gpt-4o-mini",
                "input": [{"role": "user", "content": _QUESTION}],
                "output": {"role": "assistant", "content": _ANSWER},
                "usageDetails": {"input": 12, "output": 11},
                **shared,
                "startTime": step,
            },
        ),
    ]
    return [{"id": new_id(), "type": kind, "timestamp": end, "body": body} for kind, body in bodies]
