"""Clients under whose load a process dies, and what must be true afterwards."""

import base64
import http.client
import json
import threading
from contextlib import closing
from typing import Any

from tests.support.server import PROJECT_ID, RunningServer

SENDERS = 6
SPANS = 9
ACKNOWLEDGED_BEFORE_KILL = 60
AT = "2026-11-20T10:00:00.000Z"


def batch_of(sender: int, number: int) -> list[dict[str, Any]]:
    """One trace with its spans, half of which get their output by an update."""
    trace_id = f"t-{sender}-{number}"

    def event(kind: str, body: dict[str, Any], name: str) -> dict[str, Any]:
        return {"id": f"{trace_id}-{name}", "type": kind, "timestamp": AT, "body": body}

    events = [event("trace-create", {"id": trace_id, "name": "load", "input": "x" * 500}, "trace")]
    for index in range(SPANS):
        span_id = f"{trace_id}-{index}"
        span = {"id": span_id, "traceId": trace_id, "startTime": AT, "input": "y" * 200}
        events.append(event("span-create", span, f"create-{index}"))
        if index % 2:
            events.append(event("span-update", {"id": span_id, "output": "z" * 200}, f"update-{index}"))
    return events


class Senders:
    """Threads that send until the server dies, and remember what it acknowledged and what they sent.

    Patient ones take a 503 for what it says and send the same again, until they are told to stop.
    """

    def __init__(self, server: RunningServer, *, is_patient: bool = False) -> None:
        self._server = server
        self._is_patient = is_patient
        self.is_done = False
        self.unavailable = threading.Event()
        self._lock = threading.Lock()
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.acknowledged: set[str] = set()
        self.enough = threading.Event()
        self.refusals: list[int] = []
        self.threads = [threading.Thread(target=self._send, args=(sender,)) for sender in range(SENDERS)]

    def _send(self, sender: int) -> None:
        pair = base64.b64encode(f"{self._server.public_key}:{self._server.secret_key}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
        with closing(http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=10)) as connection:
            self._send_over(connection, sender, headers)

    def _send_over(self, connection: http.client.HTTPConnection, sender: int, headers: dict[str, str]) -> None:
        number = 0
        while not self.is_done:
            events = batch_of(sender, number)
            trace_id = f"t-{sender}-{number}"
            with self._lock:
                self.sent[trace_id] = events
            try:
                connection.request("POST", "/api/public/ingestion", json.dumps({"batch": events}), headers)
                response = connection.getresponse()
                answer = json.loads(response.read())
            except (OSError, http.client.HTTPException, ValueError):
                return
            if self._is_patient and response.status == 503:
                assert response.headers["Retry-After"]
                self.unavailable.set()
                continue
            with self._lock:
                if response.status != 207 or answer["errors"]:
                    self.refusals.append(response.status)
                    self.enough.set()
                    return
                self.acknowledged.add(trace_id)
                if len(self.acknowledged) >= ACKNOWLEDGED_BEFORE_KILL:
                    self.enough.set()
            number += 1


def read_all(server: RunningServer, path: str) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        status, answer = server.request("GET", f"{path}?limit=100&page={page}")
        assert status == 200
        rows += answer["data"]
        if page >= answer["meta"]["totalPages"]:
            assert len(rows) == answer["meta"]["totalItems"]
            return rows
        page += 1


def check_consistent(server: RunningServer, senders: Senders) -> dict[str, set[str]]:
    """Everything acknowledged is there once, no batch in part, nothing unheard of; returns observations by trace."""
    traces = read_all(server, "/api/public/traces")
    observations = read_all(server, "/api/public/observations")
    ids = [trace["id"] for trace in traces]
    observation_ids = [observation["id"] for observation in observations]
    assert len(ids) == len(set(ids))
    assert len(observation_ids) == len(set(observation_ids))
    assert senders.acknowledged <= set(ids) <= set(senders.sent)
    held: dict[str, set[str]] = {trace_id: set() for trace_id in ids}
    for observation in observations:
        held[observation["traceId"]].add(observation["id"])
        has_update = int(observation["id"].rsplit("-", 1)[1]) % 2 == 1
        assert observation["output"] == ("z" * 200 if has_update else None)
    for trace in traces:
        expected = {f"{trace['id']}-{index}" for index in range(SPANS)}
        assert held[trace["id"]] == expected, "a batch is there in part"
        assert set(trace["observations"]) == expected
        assert trace["projectId"] == PROJECT_ID
    return held
