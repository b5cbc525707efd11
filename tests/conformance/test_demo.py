"""The demo is filled by published SDKs, whole, and nothing that they send is refused."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.server import RunningServer, running_server
from tools.demo.__main__ import fill


def get(server: RunningServer, path: str) -> Any:
    status, body = server.request("GET", f"/api/public/{path}")
    assert status == 200, body
    return body


def test_the_demo_shows_what_the_pages_are_for(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        fill(server.base_url, server.public_key, server.secret_key, days=2)
        traces = [trace for page in range(1, 8) for trace in get(server, f"traces?limit=100&page={page}")["data"]]
        agents = Counter(trace["metadata"].get("agent") for trace in traces if trace["metadata"])
        assert {"athena", "hermes", "apollo", "hephaestus"} <= agents.keys()
        large = get(server, "traces?name=migrate-repository")["data"][0]
        assert get(server, f"observations?traceId={large['id']}&limit=1")["meta"]["totalItems"] == 10_000
        levels = get(server, "observations?level=ERROR&limit=1")["meta"]["totalItems"]
        assert levels >= 4  # of the large trace alone; how many others fail is drawn by the hour
        scores = Counter(
            score["name"] for page in (1, 2) for score in get(server, f"scores?limit=100&page={page}")["data"]
        )
        assert {
            "semantic-similarity",
            "factual-accuracy",
            "toxicity",
            "latency-sla",
            "cost-efficiency",
        } <= scores.keys()
        assert get(server, "sessions?limit=1")["meta"]["totalItems"] >= 20
