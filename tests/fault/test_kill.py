"""What was acknowledged survives the death of the process, once each, and nothing else is half there."""

import base64
import http.client
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.load import Load
from tests.support.server import PROJECT_ID, RunningServer, running_server, start_server

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
    """Threads that send until the server dies, and remember what it acknowledged and what they sent."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self._lock = threading.Lock()
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.acknowledged: set[str] = set()
        self.enough = threading.Event()
        self.refusals: list[int] = []
        self.threads = [threading.Thread(target=self._send, args=(sender,)) for sender in range(SENDERS)]

    def _send(self, sender: int) -> None:
        pair = base64.b64encode(f"{self._server.public_key}:{self._server.secret_key}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=10)
        number = 0
        while True:
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


def test_what_was_acknowledged_before_a_kill_is_there_once_after_the_restart(tmp_path: Path, load: Load) -> None:
    for number in range(load.choose(small=1, bounded=5, full=100)):
        kill_under_load(tmp_path / f"round-{number}")


def kill_under_load(data_dir: Path) -> None:
    server = start_server(data_dir)
    senders = Senders(server)
    try:
        for thread in senders.threads:
            thread.start()
        assert senders.enough.wait(60), server.output()
    finally:
        server.kill()
    for thread in senders.threads:
        thread.join(20)
    assert senders.refusals == []
    assert len(senders.acknowledged) >= ACKNOWLEDGED_BEFORE_KILL
    with running_server(data_dir) as restarted:
        before = check_consistent(restarted, senders)
        for events in senders.sent.values():
            status, answer = restarted.request("POST", "/api/public/ingestion", {"batch": events})
            assert (status, answer["errors"]) == (207, [])
        after = check_consistent(restarted, senders)
        assert set(after) == set(senders.sent)
        assert before.items() <= after.items()
        assert restarted.stop() == 0


def test_a_second_server_on_the_same_directory_is_refused_and_the_first_lives_on(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with running_server(data_dir) as first:
        with pytest.raises(Exception, match="Another panope server"):
            start_server(data_dir)
        assert first.request("GET", "/api/public/health")[0] == 200
        assert first.stop() == 0
