"""Two servers on one Postgres: clients that alternate between them leave the rows that one batch would have left."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.adapters.postgres.telemetry import PostgresTelemetry
from panope.domain.accounts import Access
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from panope.wire.langfuse.ingestion import decode_ingestion
from tests.support.batches import NOW_US, batch
from tests.support.load import Load
from tests.support.postgres import PostgresDatabase
from tests.support.server import PROJECT_ID, RunningServer, ServerDiedError, running_server, start_server

_CLIENTS = 20
_PROJECT = ProjectId(PROJECT_ID)


def _event(kind: str, second: float, body: dict[str, Any]) -> dict[str, Any]:
    stamp = f"2025-11-03T10:{int(second // 60):02}:{second % 60:06.3f}Z"
    return {"id": f"{kind}-{body['id']}-{second}", "type": kind, "timestamp": stamp, "body": body}


def _tell(number: int) -> list[dict[str, Any]]:
    """Everything about one trace: created, updated, three generations begun and ended, a score sent twice."""
    trace_id, at = f"t{number}", number % 3000
    session = {"sessionId": f"s{number % 7}"}
    told = [
        _event("trace-create", at, {"id": trace_id, "name": "run", "userId": f"u{number % 5}", "tags": ["a"]}),
        _event("trace-create", at + 2, {"id": trace_id, "output": "done", "tags": ["b"], **session}),
        _event("score-create", at + 3, {"id": f"{trace_id}-c", "traceId": trace_id, "name": "quality", "value": 0.5}),
        _event("score-create", at + 4, {"id": f"{trace_id}-c", "traceId": trace_id, "name": "quality", "value": 1}),
    ]
    for step in range(3):
        body = {"id": f"{trace_id}-g{step}", "traceId": trace_id}
        told.append(_event("generation-create", at + step, {**body, "model": "gpt-4o", "input": "hello"}))
        usage = {"input": 10 * step, "output": step, "total": 11 * step}
        told.append(_event("generation-update", at + step + 0.5, {**body, "usage": usage, "output": "hi"}))
    return told


def _send(servers: list[RunningServer], seed: int, events: list[dict[str, Any]]) -> int:
    """Send a client's events in small batches, now to one server, now to the other; returns how many were refused."""
    chance = random.Random(seed)
    refused = 0
    while events:
        size = chance.randint(1, 12)
        sent, events = events[:size], events[size:]
        status, answer = chance.choice(servers).request("POST", "/api/public/ingestion", {"batch": sent})
        refused += len(answer["errors"]) if status == 207 else len(sent)
    return refused


async def test_clients_that_alternate_between_two_servers_leave_what_one_batch_leaves(
    tmp_path: Path, postgres_database: PostgresDatabase, load: Load
) -> None:
    count = load.choose(small=100, bounded=300, full=1_000)
    events = [event for number in range(count) for event in _tell(number)]
    random.Random(0).shuffle(events)
    shares = [events[client::_CLIENTS] for client in range(_CLIENTS)]
    url = postgres_database()
    with (
        running_server(tmp_path / "one", database_url=url) as one,
        running_server(tmp_path / "two", database_url=url) as two,
        ThreadPoolExecutor(_CLIENTS) as clients,
    ):
        refused = sum(clients.map(lambda client: _send([one, two], client, shares[client]), range(_CLIENTS)))
        seen = [server.request("GET", "/api/public/traces?limit=1")[1]["meta"]["totalItems"] for server in (one, two)]
    assert (refused, seen) == (0, [count, count])
    assert await _stored(url) == await _expected(events)


async def _stored(url: str) -> dict[str, list[dict[str, Any]]]:
    telemetry = PostgresTelemetry(url)
    try:
        return await telemetry.reader.snapshot(_PROJECT)
    finally:
        await telemetry.close()


async def _expected(events: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:

    body = json.dumps({"batch": events}).encode()
    decoded = decode_ingestion(body, received_us=NOW_US, project_id=_PROJECT, access=Access.PROJECT)
    memory = MemoryTelemetry()
    await memory.apply(batch(_PROJECT, decoded.events, prices=PriceBook((), load_managed())))
    return await memory.snapshot(_PROJECT)


def test_a_second_server_on_the_same_directory_is_refused_and_the_first_lives_on(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with running_server(data_dir) as first:
        with pytest.raises(ServerDiedError, match="Another panope server"):
            start_server(data_dir)
        assert first.request("GET", "/api/public/health")[0] == 200
        assert first.stop() == 0
