"""The writes of single entities from before there were batches."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch
from panope.features.ingest.service import Arrival
from panope.http.fast.intake import Intake
from panope.http.fast.routing import Endpoint, FastRoute, json_answer
from panope.wire.langfuse.answers import encode_single_answer
from panope.wire.langfuse.legacy import LegacyWrite, decode_legacy_write

PREFIX = "/api/public"
PROTOCOL = "legacy"
_SUMMARIES = {
    LegacyWrite.CREATE_TRACE: "Create a trace, or add to one.",
    LegacyWrite.CREATE_SPAN: "Create a span.",
    LegacyWrite.UPDATE_SPAN: "Add to a span.",
    LegacyWrite.CREATE_GENERATION: "Create a generation.",
    LegacyWrite.UPDATE_GENERATION: "Add to a generation.",
    LegacyWrite.CREATE_EVENT: "Create an event.",
}


class LegacyEndpoints:
    """Takes one entity in per request."""

    def __init__(self, intake: Intake, new_id: Callable[[], str]) -> None:
        self._intake = intake
        self._new_id = new_id

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        routes = []
        for write in LegacyWrite:
            method, path = write.value.split(" ")
            routes.append(FastRoute(PREFIX + path, method, self._endpoint(write), Access.PROJECT))
        return routes

    def _endpoint(self, write: LegacyWrite) -> Endpoint:
        def decode(body: bytes, arrival: Arrival) -> DecodedBatch:
            return decode_legacy_write(
                write,
                body,
                received_us=arrival.received_us,
                project_id=arrival.principal.project_id,
                new_id=self._new_id,
            )

        async def write_one(request: Request) -> Response:
            received = await self._intake.receive(
                request, PROTOCOL, decode, lambda batch: encode_single_answer(batch)[0]
            )
            status, body = encode_single_answer(received.batch)
            return json_answer(body, status)

        write_one.__doc__ = _SUMMARIES[write]
        return write_one
