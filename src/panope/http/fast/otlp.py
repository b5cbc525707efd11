"""`POST /api/public/otel/v1/traces`: spans over OTLP/HTTP, protobuf or JSON."""

import re
from enum import StrEnum
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.errors import InvalidError
from panope.domain.events import DecodedBatch
from panope.features.ingest.service import Arrival
from panope.http.fast.intake import Intake
from panope.http.fast.routing import FastRoute
from panope.wire.otlp.answer import encode_otlp_answer
from panope.wire.otlp.decode import decode_otlp

PATH = "/api/public/otel/v1/traces"
_NEWEST_INGESTION_VERSION = 4
_VERSION = re.compile("[0-9]{1,9}")


class Format(StrEnum):
    """How an export is written; the answer comes alike."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"

    @property
    def codec(self) -> Literal["protobuf", "json"]:
        """What the codec calls it."""
        return "protobuf" if self is Format.PROTOBUF else "json"


class OtlpEndpoint:
    """Takes spans in. A span that cannot be read is counted in the answer and harms no other."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def routes(self) -> list[FastRoute]:
        """Table of the routes. Metrics and logs have none: nothing here could do anything with them."""
        return [FastRoute(PATH, "POST", self.ingest_spans, Access.PROJECT)]

    async def ingest_spans(self, request: Request) -> Response:
        """Store the spans of one export; the answer comes in the format of the request."""
        sent = request.headers.get("content-type", "").lower()
        known = next((format_ for format_ in Format if format_.value in sent), None)
        written = known or Format.PROTOBUF
        version = request.headers.get("x-langfuse-ingestion-version")

        def decode(body: bytes, arrival: Arrival) -> DecodedBatch:
            _check_format(known)
            _check_ingestion_version(version)
            return decode_otlp(
                body,
                content_type=written.codec,
                received_us=arrival.received_us,
                project_id=arrival.principal.project_id,
            )

        received = await self._intake.receive(request, f"otlp-{written.codec}", decode, lambda _: 200)
        return Response(encode_otlp_answer(received.batch, written.codec), media_type=written.value)


def _check_format(known: Format | None) -> None:
    if known is None:
        text = f"Invalid content type: send {Format.PROTOBUF.value} or {Format.JSON.value}"
        raise InvalidError(text, code="unsupported_content_type")


def _check_ingestion_version(sent: str | None) -> None:
    if sent is None:
        return
    if not _VERSION.fullmatch(sent.strip()) or int(sent) > _NEWEST_INGESTION_VERSION:
        text = f"Unsupported x-langfuse-ingestion-version: send an integer up to {_NEWEST_INGESTION_VERSION}"
        raise InvalidError(text, code="unsupported_ingestion_version")
