"""Tells of one item of an experiment in each of the ways that clients have."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from panope.domain.experiments.runs import derive_run_id
from panope.domain.ids import DatasetId
from tests.api.edge import Edge

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
FROM = "fromStartTime=2027-01-01T00:00:00Z"


def moment(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def iso(minute: float) -> str:
    return moment(minute).isoformat().replace("+00:00", "Z")


class Teller(Struct):
    """A client of one project."""

    edge: Edge
    dataset_id: str = ""
    dataset: str = ""

    async def post(self, path: str, body: Any, status: int = 200) -> Any:
        response = await self.edge.send(path, json.dumps(body).encode())
        assert response.status_code == status, response.text
        return response.json()

    async def get(self, path: str, status: int = 200) -> Any:
        answered, body = await self.edge.get(path)
        assert answered == status, body
        return body

    async def own(self, path: str, status: int = 200) -> Any:
        """Read a path of panope's own API."""
        response = await self.edge.client.get(f"/api/panope/v1{path}", headers=self.edge.auth)
        assert response.status_code == status, response.text
        return response.json()

    async def delete(self, path: str, status: int = 200) -> Any:
        response = await self.edge.client.delete(f"/api/public{path}", headers=self.edge.auth)
        assert response.status_code == status, response.text
        return response.json()

    async def make_dataset(self, name: str, *items: str) -> None:
        self.dataset = name
        self.dataset_id = (await self.post("/v2/datasets", {"name": name}))["id"]
        for item in items:
            body = {"datasetName": name, "id": item, "input": f"in {item}", "expectedOutput": {"is": item}}
            await self.post("/dataset-items", body)

    def run_id(self, run: str) -> str:
        return derive_run_id(self.edge.project_id, DatasetId(self.dataset_id), run)

    def runs_path(self, run: str | None = None) -> str:
        path = f"/datasets/{quote(self.dataset, safe='')}/runs"
        return path if run is None else f"{path}/{quote(run, safe='')}"

    async def link(self, run: str, item: str, trace: str, status: int = 200, **fields: Any) -> Any:
        body = {"runName": run, "datasetItemId": item, "traceId": trace, **fields}
        return await self.post("/dataset-run-items", body, status)

    async def trace(self, trace: str, minute: float = 0, **fields: Any) -> None:
        """A trace with one generation that took a second."""
        at = iso(minute)
        events = [
            {"type": "trace-create", "body": {"id": trace, "timestamp": at, **fields}},
            {
                "type": "generation-create",
                "body": {
                    "id": f"{trace}-gen",
                    "traceId": trace,
                    "startTime": at,
                    "endTime": iso(minute + 1 / 60),
                    "output": f"out of {trace}",
                    "usage": {"totalCost": 0.5},
                },
            },
        ]
        batch = [{"id": f"{event['body']['id']}-{at}", "timestamp": at, **event} for event in events]
        await self.post("/ingestion", {"batch": batch}, 207)

    async def spans(
        self, run: str, item: str, trace: str, minute: float = 0, *, dataset_id: str | None = None, **told: Any
    ) -> None:
        """What SDK 5 sends: an item's span, the task below it that stands for the item, and a call below that."""
        root, task, call = (sha256(f"{trace}/{name}".encode()).hexdigest()[:16] for name in ("root", "task", "call"))
        attributes = {
            "langfuse.experiment.id": self.run_id(run),
            "langfuse.experiment.name": run,
            "langfuse.experiment.dataset.id": dataset_id or self.dataset_id,
            "langfuse.experiment.item.id": item,
            "langfuse.experiment.item.root_observation_id": task,
            **told,
        }
        ends = {root: 3.0, task: 1.0, call: 0.5}
        spans = [
            _span(trace, span, parent, minute, ends[span], attributes)
            for span, parent in ((root, ""), (task, root), (call, task))
        ]
        scope = {"name": "langfuse-sdk", "version": "5.0.4"}
        body = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": scope, "spans": spans}]}]}
        await self.post("/otel/v1/traces", body)

    async def score(self, name: str, value: Any, **target: str) -> None:
        await self.post("/scores", {"name": name, "value": value, **target})


def _span(trace: str, span: str, parent: str, minute: float, took_s: float, attributes: dict[str, str]) -> Any:
    start = moment(minute)
    return {
        "traceId": trace,
        "spanId": span,
        "parentSpanId": parent,
        "name": "experiment-item-run" if not parent else "experiment-item-task",
        "startTimeUnixNano": str(int(start.timestamp() * 1e9)),
        "endTimeUnixNano": str(int((start + timedelta(seconds=took_s)).timestamp() * 1e9)),
        "attributes": [
            *({"key": key, "value": {"stringValue": value}} for key, value in attributes.items()),
            {"key": "langfuse.observation.output", "value": {"stringValue": f"out of {trace}"}},
        ],
    }
