"""What has changed, as server-sent events."""

import asyncio
import json
from typing import Any, Self
from urllib.parse import urlencode

from tests.api.conftest import NOW_US, OTHER_PROJECT, PROJECT, Stage
from tests.api.ui.conftest import Web
from tests.support.told import MINUTE_US, NOON_US, trace

FRESH = (NOW_US - NOON_US) / MINUTE_US
"""Now, in minutes after the noon of `told`."""


class Stream:
    """Reads one stream of events from the app itself: the test client waits for the end of an answer."""

    def __init__(self, stage: Stage, headers: dict[str, str], path: str, query: dict[str, Any] | None = None) -> None:
        self._app = stage.app
        sent = {**headers, "Accept": "text/event-stream"}
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": urlencode(query or {}, doseq=True).encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("panope.test", 80),
        }
        self._sent: asyncio.Queue[Any] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False
        self.start: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._app(self._scope, self._receive, self._sent.put))
        self.start = await asyncio.wait_for(self._sent.get(), 5)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gone.set()
        await asyncio.wait_for(self._task, 5)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def event(self) -> tuple[str, list[str]]:
        """Id and traces of the next event."""
        text = (await asyncio.wait_for(self._sent.get(), 5))["body"].decode()
        lines = dict(line.split(": ", 1) for line in text.splitlines() if line)
        assert lines["event"] == "change"
        return lines["id"], json.loads(lines["data"])["traceIds"]


async def test_changes_are_told_as_they_happen_and_from_where_one_left(web: Web) -> None:
    path = f"/api/ui/projects/{PROJECT}/changes"
    async with Stream(web.stage, web.headers, path) as stream:
        assert stream.start["status"] == 200
        assert (b"content-type", b"text/event-stream; charset=utf-8") in stream.start["headers"]
        _, none = await stream.event()
        assert none == []
        await web.tell(trace("elsewhere", FRESH), project_id=OTHER_PROJECT)
        await web.tell(trace("t1", FRESH))
        place, told = await stream.event()
        assert told == ["t1"]
    await web.tell(trace("t2", FRESH))
    async with Stream(web.stage, {**web.headers, "Last-Event-ID": place}, path) as stream:
        assert (await stream.event())[1] == ["t2"]


async def test_an_old_trace_can_be_watched(web: Web) -> None:
    query = {"traceId": ["old", "none"]}
    async with Stream(web.stage, web.headers, f"/api/ui/projects/{PROJECT}/changes", query) as stream:
        await stream.event()
        await web.tell(trace("older", 0), trace("old", 0))
        assert (await stream.event())[1] == ["old"]


async def test_an_id_that_nothing_can_have_is_not_watched(web: Web) -> None:
    assert (await web.get("/changes", after="0", traceId=["\0", "x" * 801, ""]))["traceIds"] == []


async def test_nobody_watches_hundreds_of_traces(web: Web) -> None:
    assert (await web.refusal("/changes", traceId=[f"t{at}" for at in range(21)]))[0] == 400


async def test_who_does_not_listen_asks_now_and_then(web: Web) -> None:
    first = await web.get("/changes")
    assert first["traceIds"] == []
    await web.tell(trace("t1", FRESH), trace("old", 0))
    second = await web.get("/changes", after=first["place"], traceId="old")
    assert second["traceIds"] == ["t1", "old"]
    assert (await web.get("/changes", after=second["place"]))["traceIds"] == []
    assert (await web.get("/changes", after="0", project=OTHER_PROJECT))["traceIds"] == []
