"""`POST /api/public/ingestion`: batches of events, as the 2.x SDKs send traces and all older ones send scores."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch
from panope.features.ingest.service import BATCHES, Arrival
from panope.http.fast.intake import Intake
from panope.http.fast.routing import FastRoute, json_answer
from panope.wire.langfuse.answers import encode_ingestion_answer
from panope.wire.langfuse.ingestion import decode_ingestion

PATH = "/api/public/ingestion"
_MULTI_STATUS = 207


class IngestionEndpoint:
    """Takes batches in. Any valid key may call; each event is checked against what the key may write."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        return [FastRoute(PATH, "POST", self.ingest_batch, Access.SCORES)]

    async def ingest_batch(self, request: Request) -> Response:
        """Store a batch of events; the answer lists what became of each."""
        received = await self._intake.receive(request, BATCHES, _decode, lambda _: _MULTI_STATUS)
        return json_answer(encode_ingestion_answer(received.batch), _MULTI_STATUS)


def _decode(body: bytes, arrival: Arrival) -> DecodedBatch:
    principal = arrival.principal
    return decode_ingestion(
        body,
        received_us=arrival.received_us,
        project_id=principal.project_id,
        access=principal.access,
    )
