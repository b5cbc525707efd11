"""A repricing that is killed in the middle, while more telemetry arrives, is finished by the next server."""

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.load import Load
from tests.support.server import RunningServer, running_server, start_server

PATH = "/api/panope/v1/operations"
_BATCH = 200
_TIMES = [f"2026-03-{day:02}T12:00:00.000Z" for day in range(1, 11)]
_MODEL = {"modelName": "house-7b", "matchPattern": "^house-7b$", "unit": "TOKENS", "inputPrice": 1, "outputPrice": 2}
_POLLS = 3_000


def _events(number: int) -> list[dict[str, Any]]:
    """One batch: generations of 3 input and 1 output units, 5 dollars each by the price that comes later."""
    return [
        {
            "id": f"event-{number}-{at}",
            "type": "generation-create",
            "timestamp": _TIMES[number % len(_TIMES)],
            "body": {
                "id": f"g-{number}-{at}",
                "traceId": f"t-{number}",
                "startTime": _TIMES[number % len(_TIMES)],
                "model": "house-7b",
                "usage": {"input": 3, "output": 1},
                "input": "what is to be done?",
            },
        }
        for at in range(_BATCH)
    ]


def _send(server: RunningServer, number: int) -> None:
    status, answer = server.request("POST", "/api/public/ingestion", {"batch": _events(number)})
    assert (status, answer["errors"]) == (207, [])


def _wait(server: RunningServer, operation_id: str, *, until_changed: int | None = None) -> dict[str, Any]:
    """Poll until an operation is over, or has changed so many; what it says then."""
    pause = threading.Event()
    for _ in range(_POLLS):
        status, found = server.request("GET", f"{PATH}/{operation_id}")
        assert status == 200
        if found["state"] not in {"waiting", "running"}:
            return dict(found)
        if until_changed is not None and found["changed"] >= until_changed:
            return dict(found)
        pause.wait(0.01)
    pytest.fail(server.output()[-2000:])


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_repricing_that_is_killed_goes_on_where_it_was(
    engine: str, tmp_path: Path, load: Load, request: pytest.FixtureRequest
) -> None:
    batches = load.choose(small=40, bounded=40, full=500)
    kills = load.choose(small=1, bounded=4, full=20)
    url = request.getfixturevalue("postgres_database")() if engine == "postgres" else None
    server = start_server(tmp_path / "data", database_url=url)
    try:
        for number in range(batches):
            _send(server, number)
        assert server.request("POST", "/api/public/models", _MODEL)[0] == 200
        status, asked = server.request("POST", PATH, {"kind": "reprice", "since": "2026-01-01T00:00:00Z"})
        assert status == 202
        seen = 0
        for number in range(kills):
            found = _wait(server, asked["id"], until_changed=seen + 1)
            assert found["state"] == "running"
            assert found["changed"] >= seen
            seen = found["changed"]
            _send(server, batches + number)
            server.kill()
            server = start_server(tmp_path / "data", database_url=url)
        done = _wait(server, asked["id"])
    finally:
        server.kill()
    assert (done["state"], done["error"]) == ("done", None)
    # Every observation from before the price was counted as changed exactly once, however often the server died.
    assert done["changed"] == batches * _BATCH
    with running_server(tmp_path / "data", database_url=url) as restarted:
        for number in range(batches + kills):
            status, trace = restarted.request("GET", f"/api/public/traces/t-{number}?fields=core,metrics")
            assert (status, trace["totalCost"]) == (200, 5.0 * _BATCH)
        assert restarted.request("GET", "/api/public/unpriced-models")[1] == {"data": []}
        assert restarted.stop() == 0
