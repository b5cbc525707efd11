"""A server of its own for the lists beside traces, so that no other test counts what is sent here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.servers import Servers
from tests.conformance.harness import Facts, run_python
from tests.support.server import RunningServer

LONG_CHAT = "a long chat"
LONG_TURNS = 2_000
_AT_ONCE = 500


@pytest.fixture(scope="session")
def server(servers: Servers) -> Iterator[RunningServer]:
    """The server of the lists."""
    with servers.open("lists") as started:
        yield started


@pytest.fixture(scope="session")
def sent(server: RunningServer) -> Facts:
    """What the SDK sent: two chats of two people, with scores."""
    return run_python("langfuse-5", "browsed/chats", server, "chats")


@pytest.fixture(scope="session")
def long_chat(server: RunningServer, sent: Facts) -> str:
    """A chat of two thousand turns a minute apart, with a pause of an hour after the tenth; its id."""
    assert sent
    start = datetime.now(UTC) - timedelta(days=3)
    for first in range(0, LONG_TURNS, _AT_ONCE):
        events = [_turn(start, number) for number in range(first, first + _AT_ONCE)]
        status, answer = server.request("POST", "/api/public/ingestion", {"batch": events})
        assert (status, answer["errors"]) == (207, [])
    return LONG_CHAT


def _turn(start: datetime, number: int) -> dict[str, Any]:
    at = (start + timedelta(minutes=number + (60 if number >= 10 else 0))).isoformat()
    body = {
        "id": f"long-{number}",
        "timestamp": at,
        "name": "long turn",
        "sessionId": LONG_CHAT,
        "input": f"question {number} " + "and more of it " * (number % 40),
        "output": f"answer {number}\n\n" + "- a point that is made\n" * (number % 7),
    }
    return {"id": f"event-{number}", "type": "trace-create", "timestamp": at, "body": body}
