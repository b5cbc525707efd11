"""Agent-like traffic, encoded before anything is timed: eight observations a trace, half of the text incompressible."""

import base64
import json
import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SPANS_PER_BATCH = 200
EVENTS_PER_BATCH = 60
OBSERVATIONS_PER_TRACE = 8
_WORDS = "the agent asks a tool for facts about the order and answers the customer with care and in few words".split()
_MS = 1_000_000
_START_NS = 1_760_000_000_000_000_000


class Traffic:
    """A reproducible stream of traces; `seed` keeps the ids of several streams apart."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._clock_ns = _START_NS + seed * 10**13
        self._last_trace_id = b""

    def otlp_batches(self, count: int) -> list[bytes]:
        """OTLP protobuf requests of `SPANS_PER_BATCH` spans."""
        traces = SPANS_PER_BATCH // OBSERVATIONS_PER_TRACE
        return [self._otlp([self._trace() for _ in range(traces)]) for _ in range(count)]

    def otlp_traces(self, count: int) -> list[bytes]:
        """OTLP protobuf requests of one trace each."""
        return [self._otlp([self._trace()]) for _ in range(count)]

    def langfuse_batches(self, count: int) -> list[bytes]:
        """Langfuse requests of `EVENTS_PER_BATCH` events, half of them updates."""
        events = self._events()
        batches = []
        for _ in range(count):
            batch = [next(events) for _ in range(EVENTS_PER_BATCH)]
            batches.append(json.dumps({"batch": batch, "metadata": {"sdk_name": "python"}}).encode())
        return batches

    def followed(self, make: Callable[[int], list[bytes]], count: int) -> Iterator[tuple[bytes, str]]:
        """Batches one by one, each with the id of the last trace in it."""
        for _ in range(count):
            (body,) = make(1)
            yield body, self._last_trace_id.hex()

    def text(self, size: int) -> str:
        """Half words, half random characters."""
        words = " ".join(self._random.choices(_WORDS, k=size // 9))[: size // 2]
        return words + base64.b64encode(self._random.randbytes(size * 3 // 8)).decode()[: size - len(words)]

    def _trace(self) -> list[dict[str, object]]:
        """Eight spans as plain values: agent, three generations, three tools, a retriever."""
        self._clock_ns += 50 * _MS
        trace_id, root_id = self._random.randbytes(16), self._random.randbytes(8)
        self._last_trace_id = trace_id
        user, session = f"user-{self._random.randrange(500)}", f"session-{self._random.randrange(2000)}"
        kinds = ("agent", "generation", "tool", "generation", "retriever", "tool", "generation", "tool")
        spans = []
        for position, kind in enumerate(kinds):
            spans.append(
                {
                    "trace_id": trace_id,
                    "span_id": root_id if position == 0 else self._random.randbytes(8),
                    "parent_id": b"" if position == 0 else root_id,
                    "kind": kind,
                    "start_ns": self._clock_ns + position * _MS,
                    "end_ns": self._clock_ns + (position + 5) * _MS,
                    "user": user,
                    "session": session,
                    "input": self.text(1000 if kind == "generation" else 150),
                    "output": self.text(1000 if kind == "generation" else 150),
                }
            )
        return spans

    def _otlp(self, traces: list[list[dict[str, object]]]) -> bytes:
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        _set(resource.resource, {"service.name": "agents", "deployment.environment.name": "production"})
        scope = resource.scope_spans.add()
        scope.scope.name = "bench"
        for trace in traces:
            for span in trace:
                _fill(scope.spans.add(), span)
        return request.SerializeToString()

    def _events(self) -> Iterator[dict[str, object]]:
        while True:
            spans = self._trace()
            trace_id = spans[0]["trace_id"].hex()  # type: ignore[attr-defined]
            root = spans[0]
            body = {"id": trace_id, "name": "bench", "userId": root["user"], "sessionId": root["session"]}
            yield _event("trace-create", root["start_ns"], {**body, "tags": ["bench"]})
            for span in spans:
                yield from _observation_events(trace_id, span)


def _set(target: object, attributes: dict[str, object]) -> None:
    for key, value in attributes.items():
        found = target.attributes.add()  # type: ignore[attr-defined]
        found.key = key
        if isinstance(value, int):
            found.value.int_value = value
        elif isinstance(value, float):
            found.value.double_value = value
        else:
            found.value.string_value = str(value)


def _fill(span: Span, told: dict[str, object]) -> None:
    span.trace_id, span.span_id, span.parent_span_id = told["trace_id"], told["span_id"], told["parent_id"]  # type: ignore[assignment]
    span.name = str(told["kind"])
    span.start_time_unix_nano, span.end_time_unix_nano = told["start_ns"], told["end_ns"]  # type: ignore[assignment]
    attributes: dict[str, object] = {"user.id": told["user"], "session.id": told["session"]}
    if told["kind"] == "generation":
        attributes |= {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.request.temperature": 0.5,
            "gen_ai.usage.input_tokens": 400,
            "gen_ai.usage.output_tokens": 100,
            "gen_ai.input.messages": json.dumps([{"role": "user", "content": told["input"]}]),
            "gen_ai.output.messages": json.dumps([{"role": "assistant", "content": told["output"]}]),
        }
    else:
        attributes["langfuse.observation.type"] = told["kind"]
        attributes |= {"input.value": told["input"], "output.value": told["output"]}
    _set(span, attributes)


def _event(kind: str, at_ns: object, body: dict[str, object]) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "type": kind, "timestamp": _iso(at_ns), "body": body}


def _iso(at_ns: object) -> str:
    return datetime.fromtimestamp(int(at_ns) / 1e9, UTC).isoformat().replace("+00:00", "Z")  # type: ignore[call-overload]


def _observation_events(trace_id: str, span: dict[str, object]) -> Iterator[dict[str, object]]:
    is_generation = span["kind"] == "generation"
    noun = "generation" if is_generation else "span"
    span_id = span["span_id"].hex()  # type: ignore[attr-defined]
    create: dict[str, object] = {
        "id": span_id,
        "traceId": trace_id,
        "name": span["kind"],
        "startTime": _iso(span["start_ns"]),
        "input": [{"role": "user", "content": span["input"]}],
    }
    if span["parent_id"]:
        create["parentObservationId"] = span["parent_id"].hex()  # type: ignore[attr-defined]
    update: dict[str, object] = {"id": span_id, "traceId": trace_id, "endTime": _iso(span["end_ns"])}
    update["output"] = {"role": "assistant", "content": span["output"]}
    if is_generation:
        create |= {"model": "gpt-4o", "modelParameters": {"temperature": 0.5}}
        update["usage"] = {"input": 400, "output": 100, "total": 500, "unit": "TOKENS"}
    yield _event(f"{noun}-create", span["start_ns"], create)
    yield _event(f"{noun}-update", span["end_ns"], update)
