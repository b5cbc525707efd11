"""What all write endpoints share: admission, the body, decoding, the use case, counting."""

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from msgspec import Struct
from starlette.requests import Request

from panope.domain.accounts import Access
from panope.domain.errors import ErrorKind, PanopeError
from panope.domain.events import DecodedBatch
from panope.features.ingest.service import Arrival, IngestService, Refusal
from panope.http.clients import sdk_header
from panope.http.errors import status_of
from panope.http.limits import Admission, read_body
from panope.http.rates import BrowserRate
from panope.kit.clock import Clock, monotonic_s
from panope.kit.metrics import ServerMetrics
from panope.wire.otlp.decode import ExportRefusedError

Decode = Callable[[bytes, Arrival], DecodedBatch]
"""Body and arrival to batch; raises `InvalidError` when the body as a whole is not what it should be."""

_INLINE_BYTES: Final = 32 * 1024
"""Bodies up to this size are decoded on the event loop: going elsewhere would cost more than it saves."""
_RECORDED: Final = frozenset({ErrorKind.INVALID, ErrorKind.TOO_LARGE, ErrorKind.UNSUPPORTED})
"""Refusals that the ledger keeps. Overload is not among them: recording it would add to it."""


class Received(Struct, frozen=True):
    """A request that was taken in: what was decoded, already durable."""

    arrival: Arrival
    batch: DecodedBatch


class Intake:
    """Takes one request's telemetry in."""

    def __init__(self, service: IngestService, admission: Admission, metrics: ServerMetrics, clock: Clock) -> None:
        self._service = service
        self._admission = admission
        self._metrics = metrics
        self._clock = clock
        self._browsers = BrowserRate(admission.limits.browser_requests_per_minute, monotonic_s)
        self._log = structlog.get_logger("panope.ingest")

    async def receive(
        self,
        request: Request,
        protocol: str,
        decode: Decode,
        answer_status: Callable[[DecodedBatch], int],
    ) -> Received:
        """Read, decode and store; returns when all of it is durable.

        Raises `PanopeError` when the request is refused whole; what the client got wrong is in the ledger then.
        """
        arrival = self._arrival(request, protocol)
        body = b""
        limits = self._admission.limits
        try:
            if arrival.principal.access is Access.SCORES:
                self._browsers.take(arrival.principal.public_key)
                limits = limits.for_browsers()
            async with self._admission.admit() as reservation:
                body = await read_body(request, reservation, limits)
                batch = await self._decode(decode, body, arrival)
                await self._service.screen(arrival, batch)
                receipt = await self._service.ingest(arrival, batch, body_bytes=len(body), status=answer_status(batch))
        except PanopeError as error:
            self._metrics.count_refused(protocol, error.code)
            if error.kind in _RECORDED:
                await self._record(arrival, _refusal(error, len(body)))
            raise
        self._metrics.count_ingested(protocol, accepted=receipt.accepted, reasons=receipt.reasons, body_bytes=len(body))
        return Received(arrival, batch)

    async def _decode(self, decode: Decode, body: bytes, arrival: Arrival) -> DecodedBatch:
        """Large bodies are decoded beside the event loop, so that everybody else is answered meanwhile."""
        if len(body) <= _INLINE_BYTES:
            return decode(body, arrival)
        return await self._service.prepare(partial(decode, body, arrival))

    async def _record(self, arrival: Arrival, refusal: Refusal) -> None:
        """Write a refusal down; when that fails, the client still hears why it was refused."""
        try:
            await self._service.refuse(arrival, refusal)
        except PanopeError as error:
            self._log.warning("refusal not recorded", code=refusal.code, reason=error.code)

    def _arrival(self, request: Request, protocol: str) -> Arrival:
        return Arrival(
            principal=request.state.principal,
            request_id=request.state.request_id,
            received_us=self._clock(),
            protocol=protocol,
            sdk_name=sdk_header(request, "name"),
            sdk_version=sdk_header(request, "version"),
        )


def _refusal(error: PanopeError, body_bytes: int) -> Refusal:
    rejections = error.rejections if isinstance(error, ExportRefusedError) else ()
    return Refusal(code=error.code, status=status_of(error), body_bytes=body_bytes, rejections=rejections)
