"""The same batches again and again as other traces: cheap to make, so that a store of millions can be filled."""

import random
from collections.abc import Iterator

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.traffic import SPANS_PER_BATCH, Traffic

_BATCHES = 40
_ROUND_NS = 50_000_000 * _BATCHES * SPANS_PER_BATCH // 8
"""How far in time the batches of a round reach."""


class Remade:
    """A stream of OTLP requests; `first` is how many of it were sent before."""

    def __init__(self, first: int) -> None:
        self._models = [_Model(body) for body in Traffic(1).otlp_batches(_BATCHES)]
        self._random = random.Random(first)
        self._next = first

    def batches(self, count: int) -> list[bytes]:
        """The next requests of `SPANS_PER_BATCH` spans."""
        return [self._make() for _ in range(count)]

    def _make(self) -> bytes:
        rounds, number = divmod(self._next, _BATCHES)
        self._next += 1
        return self._models[number].remake(self._random, rounds * _ROUND_NS)


class _Model:
    """A request, and where in it ids and times stand."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        spans = [
            span
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        ids = dict.fromkeys(part for span in spans for part in (span.trace_id, span.span_id))
        times = {time for span in spans for time in (span.start_time_unix_nano, span.end_time_unix_nano)}
        self._ids = [(len(one), list(_places(body, one))) for one in ids]
        self._times = [(time, list(_places(body, time.to_bytes(8, "little")))) for time in sorted(times)]

    def remake(self, chance: random.Random, later_ns: int) -> bytes:
        """With new ids, and so much later."""
        body = bytearray(self._body)
        for size, places in self._ids:
            one = chance.randbytes(size)
            for place in places:
                body[place : place + size] = one
        for time, places in self._times:
            for place in places:
                body[place : place + 8] = (time + later_ns).to_bytes(8, "little")
        return bytes(body)


def _places(body: bytes, part: bytes) -> Iterator[int]:
    place = body.find(part)
    while place >= 0:
        yield place
        place = body.find(part, place + 1)
