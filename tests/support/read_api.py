"""A client of the read API in process, over the memory engine."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.accounts import Access, Principal
from panope.domain.errors import UnauthenticatedError
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId
from panope.features.accounts.authenticate import Admission
from panope.features.metrics.service import MetricsReading
from panope.features.pricing.explaining import CostExplaining
from panope.features.prompts.links import PromptLinks
from panope.features.scores.deletion import ScoreDeletion
from panope.features.scores.reading import ScoreReading
from panope.features.tracing.deletion import TraceDeletion
from panope.features.tracing.reading import TraceReading
from panope.features.tracing.remarks import Remarks
from panope.http.app import AppParts, create_app
from panope.http.auth import Gate
from panope.http.fast.reads.routes import read_routes
from panope.http.fast.reads.services import ReadServices
from panope.kit.metrics import ServerMetrics
from panope.ports.catalog import Version
from tests.support.batches import NOW_US, batch
from tests.support.prices import OnePriceBook
from tests.support.told import score, trace

PROJECT = ProjectId("project-1")
OTHER = ProjectId("project-2")
SECOND_US = 1_000_000


async def _forget_nothing(_project_id: ProjectId, _trace_ids: Sequence[str]) -> None:
    """There are no media."""


class Keys:
    """Knows three callers by name."""

    async def admit(self, header: str | None) -> Admission:
        callers = {
            "reader": (PROJECT, Access.PROJECT),
            "stranger": (OTHER, Access.PROJECT),
            "browser": (PROJECT, Access.SCORES),
        }
        if header not in callers:
            raise UnauthenticatedError("No authorization header")
        project_id, access = callers[header]
        principal = Principal(
            project_id=project_id,
            organization_id=OrganizationId("org"),
            key_id=ApiKeyId(header),
            public_key=f"pk-{header}",
            access=access,
        )
        return Admission(principal, Version(0, 0, 0, 0))


class Api:
    """A client of the read API and a hand in the store behind it."""

    def __init__(self, store: MemoryTelemetry, client: httpx2.AsyncClient) -> None:
        self.store = store
        self.client = client

    async def tell(self, *events: TelemetryEvent, project_id: ProjectId = PROJECT, now_us: int = NOW_US) -> None:
        await self.store.apply(batch(project_id, events, now_us=now_us))

    async def get(self, path: str, caller: str = "reader", **params: Any) -> Any:
        response = await self.client.get(f"/api/public{path}", params=params, headers={"authorization": caller})
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        return response.json()

    async def ids(self, path: str, **params: Any) -> list[str]:
        return [row["id"] for row in (await self.get(path, **params))["data"]]

    async def refusal(self, path: str, method: str = "GET", **params: Any) -> tuple[int, Any]:
        response = await self.client.request(
            method, f"/api/public{path}", params=params, headers={"authorization": "reader"}
        )
        return response.status_code, response.json()

    async def delete(self, path: str, body: Any = None) -> httpx2.Response:
        content = None if body is None else json.dumps(body)
        return await self.client.request(
            "DELETE", f"/api/public{path}", content=content, headers={"authorization": "reader"}
        )


def routes(store: MemoryTelemetry) -> Any:
    """The read routes over a store."""
    catalog = MemoryCatalog()
    services = ReadServices(
        tracing=TraceReading(store, PromptLinks(catalog.prompt_index, catalog.version), Remarks(catalog.comments)),
        explaining=CostExplaining(OnePriceBook()),
        trace_deletion=TraceDeletion(store, lambda: NOW_US, _forget_nothing),
        scores=ScoreReading(store),
        score_deletion=ScoreDeletion(store, lambda: NOW_US),
        metrics=MetricsReading(store.metrics),
        clock=lambda: NOW_US,
    )
    return read_routes(services)


def asking(**condition: Any) -> str:
    return json.dumps([condition])


@asynccontextmanager
async def open_api() -> AsyncIterator[Api]:
    """The API over an empty store."""
    store = MemoryTelemetry()
    app = create_app(
        AppParts(
            version="0",
            gate=Gate(Keys()),
            fast_routes=routes(store),
            routers=[],
            metrics=ServerMetrics("0"),
            new_id=lambda: "request",
        )
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://panope.test") as client:
        yield Api(store, client)


async def tell_scores(api: Api) -> None:
    """Scores of every kind on a trace, an observation and a session."""
    await api.tell(
        trace("t", user_id="u", tags=["x", "y"], session_id="s0", environment="staging"),
        score("num", 1, trace_id="t", name="rating", number=0.5, comment="c"),
        score("cat", 2, trace_id="t", observation_id="o", name="mood", text="good"),
        score("bool", 3, trace_id="t", name="ok", number=0.0, data_type="BOOLEAN", config_id="cfg"),
        score("text", 4, trace_id="t", name="note", text="long", data_type="TEXT"),
        score("fix", 5, trace_id="t", name="output", text="better", data_type="CORRECTION"),
        score("sess", 6, session_id="s", name="rating", number=2.0, source="EVAL"),
        score("run", 7, dataset_run_id="r", name="rating", number=3.0, author_user_id="me", queue_id="q"),
    )
