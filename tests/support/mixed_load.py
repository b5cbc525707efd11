"""Clients that send OTLP and Langfuse batches at once, many of them into the same traces, and what must come of it."""

import hashlib
import http.client
import json
import random
import threading
from contextlib import closing
from typing import Any, Final

from msgspec import Struct, field

from panope.domain.accounts import Access
from panope.domain.events import DecodedBatch
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from panope.ports.telemetry import IngestBatch
from panope.wire.langfuse.ingestion import decode_ingestion
from panope.wire.otlp import decode_otlp
from tests.support.batches import batch
from tests.support.server import PROJECT_ID, RunningServer, basic_authorization
from tests.unit.wire.otlp.requests import as_json, as_protobuf, group, span

CLIENTS: Final = 4
STEPS: Final = 3
SHARED_TRACES: Final = 5
STARTED: Final = 1_795_168_800
"""2026-11-20T10:00:00Z"""
RECEIVED_US: Final = (STARTED + 86_400) * 1_000_000
_SECOND_NS: Final = 1_000_000_000
_DELETES_ONE_IN: Final = 15
_TIMEOUT_S: Final = 20
_SHARED: Final = "5aa5ed"
_PROJECT: Final = ProjectId(PROJECT_ID)


class Sending(Struct, kw_only=True):
    """One request: the entities that it alone brings, or the trace that it deletes."""

    name: str
    """Unlike any other's; the request's id too."""
    path: str
    content_type: str = ""
    body: bytes | None = None
    trace: str
    """Its own, or the one it deletes."""
    entities: set[str] = field(default_factory=set)
    """Ids of trace, observations and scores."""
    lasting: set[str] = field(default_factory=set)
    """Those of them that outlive a deletion of its trace, for they belong to a shared one."""

    @property
    def is_deletion(self) -> bool:
        """Whether it deletes."""
        return self.body is None

    @property
    def method(self) -> str:
        """The verb of the request."""
        return "DELETE" if self.is_deletion else "POST"

    def headers(self, server: RunningServer) -> dict[str, str]:
        """Keys, type and id."""
        told = {"Authorization": basic_authorization(server), "X-Request-Id": self.name}
        return told if self.is_deletion else {**told, "Content-Type": self.content_type}

    def decode(self, received_us: int = RECEIVED_US) -> DecodedBatch:
        """The events of the request, as the server decodes them."""
        assert self.body is not None
        if self.path == "/api/public/ingestion":
            return decode_ingestion(self.body, received_us=received_us, project_id=_PROJECT, access=Access.PROJECT)
        kind: Any = "json" if self.content_type == "application/json" else "protobuf"
        return decode_otlp(self.body, content_type=kind, received_us=received_us, project_id=_PROJECT)

    def batch(self) -> IngestBatch:
        """What the use case makes of the request."""
        decoded = self.decode()
        prices = PriceBook((), load_managed())
        return batch(_PROJECT, decoded.events, prices=prices, attribute_sets=decoded.attribute_sets)


def deletion_of(trace_id: str) -> Sending:
    """The request that deletes a trace."""
    return Sending(name=f"delete-{trace_id}", path=f"/api/public/traces/{trace_id}", trace=trace_id)


def langfuse_sending(name: str, number: int, chance: random.Random) -> Sending:
    """A trace of generations with usage, each created and then updated, a score, and a span of a shared trace."""

    def event(kind: str, second: float, body: dict[str, Any]) -> dict[str, Any]:
        at = f"2026-11-20T10:00:{second:06.3f}Z"
        return {"id": f"{kind}-{body['id']}", "type": kind, "timestamp": at, "body": body}

    trace_id, shared = f"l-{name}", f"{_SHARED}{number % SHARED_TRACES:026x}"
    told = [event("trace-create", 0, {"id": trace_id, "name": "run", "userId": "u", "sessionId": f"s{number % 3}"})]
    for step in range(STEPS):
        body = {"id": f"{trace_id}-{step}", "traceId": trace_id}
        usage = {"input": chance.randrange(1, 2_000), "output": chance.randrange(1, 500)}
        told += [
            event("generation-create", step, {**body, "model": "gpt-4o", "input": "x" * chance.randrange(2_000)}),
            event("generation-update", step + 0.5, {**body, "usage": usage, "output": "y", "endTime": _at(step + 1)}),
        ]
    told.append(event("span-create", number % 50, {"id": f"{trace_id}-in-shared", "traceId": shared, "level": "ERROR"}))
    told.append(event("score-create", 9, {"id": f"{trace_id}-score", "traceId": trace_id, "name": "q", "value": 1}))
    lasting = {f"{trace_id}-in-shared"}
    return Sending(
        name=name,
        path="/api/public/ingestion",
        content_type="application/json",
        body=json.dumps({"batch": told}).encode(),
        trace=trace_id,
        entities={trace_id, f"{trace_id}-score", *(f"{trace_id}-{step}" for step in range(STEPS)), *lasting},
        lasting=lasting,
    )


def otlp_sending(name: str, number: int, chance: random.Random) -> Sending:
    """A root span with model calls below it, and one more in a shared trace; now protobuf, now JSON."""
    trace_id = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    shared = f"{_SHARED}{number % SHARED_TRACES:026x}"
    ids = [f"{trace_id[-14:]}{step:02x}" for step in range(STEPS + 2)]
    root, *children, other = ids

    def spend() -> dict[str, Any]:
        tokens = {"input_tokens": chance.randrange(1, 2_000), "output_tokens": chance.randrange(1, 500)}
        return {"gen_ai.request.model": "gpt-4o", **{f"gen_ai.usage.{key}": count for key, count in tokens.items()}}

    def timed(span_id: str, second: int, **fields: Any) -> dict[str, Any]:
        start_ns = (STARTED + second) * _SECOND_NS
        times = {"start_ns": start_ns, "end_ns": start_ns + chance.randrange(1, 3_000) * 1_000_000}
        return {**span(trace_id=trace_id, span_id=span_id, **fields), **times}

    sent = [timed(root, 0, attributes={"session.id": f"o{number % 3}", "langfuse.trace.tags": ["load"]})]
    sent += [timed(child, 1, parent_id=root, attributes=spend()) for child in children]
    sent.append({**timed(other, number % 50, parent_id="7" * 16, attributes=spend()), "trace_id": shared})
    is_json = number % 3 == 0
    return Sending(
        name=name,
        path="/api/public/otel/v1/traces",
        content_type="application/json" if is_json else "application/x-protobuf",
        body=(as_json if is_json else as_protobuf)(group(sent, resource={"service.name": "load"})),
        trace=trace_id,
        entities={trace_id, *ids},
        lasting={other},
    )


def is_shared(trace_id: str) -> bool:
    """Whether clients of both kinds send spans into this trace."""
    return trace_id.startswith(_SHARED)


def _at(second: int) -> str:
    return f"2026-11-20T10:00:{second:02}.000Z"


class MixedLoad:
    """Threads that send until the server is gone or they are told to stop.

    Impatient ones leave when the connection breaks, and when a stopping server says 503. Patient ones send the same
    again after a 503, as long as it says when.
    """

    def __init__(self, server: RunningServer, name: str, *, enough: int, is_patient: bool = False) -> None:
        self._server = server
        self._name = name
        self._enough = enough
        self._is_patient = is_patient
        self._lock = threading.Lock()
        self._is_done = False
        self.acknowledged: list[Sending] = []
        self.unanswered: list[Sending] = []
        """Sent, and nobody knows what became of it."""
        self.refusals: list[str] = []
        """Answers that no client should have got."""
        self.has_enough = threading.Event()
        self.was_unavailable = threading.Event()
        self._told = threading.Condition()
        self._last_told = ""
        self._threads = [threading.Thread(target=self._run, args=(client,), daemon=True) for client in range(CLIENTS)]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def require(self, count: int) -> None:
        """Let `has_enough` wait for so many more acknowledgements."""
        with self._lock:
            self._enough = len(self.acknowledged) + count
            self.has_enough.clear()

    def wait_until_told(self, words: str) -> None:
        """Wait for an answer of 503 that says this. Fails when none comes."""
        with self._told:
            assert self._told.wait_for(lambda: words in self._last_told, _TIMEOUT_S * 2), self._last_told

    def finish(self) -> None:
        """Wait until every client has stopped: by itself, or after the answer to what it is sending."""
        self._is_done = True
        for thread in self._threads:
            thread.join(_TIMEOUT_S * 3)
            assert not thread.is_alive(), "a client hangs"

    def _run(self, client: int) -> None:
        chance = random.Random(f"{self._name}-{client}")
        make = langfuse_sending if client % 2 else otlp_sending
        own: list[str] = []
        with closing(http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=_TIMEOUT_S)) as connection:
            number = 0
            while not self._is_done:
                if own and not chance.randrange(_DELETES_ONE_IN):
                    sending = deletion_of(own.pop(chance.randrange(len(own))))
                else:
                    sending = make(f"{self._name}-{client}-{number}", number, chance)
                    own.append(sending.trace)
                if not self._send(connection, sending):
                    return
                number += 1

    def _send(self, connection: http.client.HTTPConnection, sending: Sending) -> bool:
        while True:
            try:
                connection.request(sending.method, sending.path, sending.body, sending.headers(self._server))
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException):
                self._note(self.unanswered, sending)
                return False
            if response.status in {200, 207} and b'"errors":[{' not in answer and b"rejectedSpans" not in answer:
                self._note(self.acknowledged, sending)
                return True
            if response.status != 503 or not response.headers["Retry-After"]:
                self._note(self.refusals, f"{response.status} {answer[:200]!r}")
                return False
            with self._told:
                self._last_told = answer.decode()
                self._told.notify_all()
            self.was_unavailable.set()
            if not self._is_patient:
                self._note(self.unanswered, sending)
                return False

    def _note(self, where: list[Any], what: object) -> None:
        with self._lock:
            where.append(what)
            if len(self.acknowledged) >= self._enough or self.refusals:
                self.has_enough.set()
