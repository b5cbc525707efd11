"""What becomes of a deleted project on every engine: nothing of it is left, and nobody else notices."""

import json
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from panope.adapters.relational.session import Session
from panope.domain.accounts import Role, User
from panope.domain.ids import UserId
from panope.features.administration.erasure import GRACE_US
from panope.jobs.erasure import ErasureRunner
from tests.api.conftest import NOW_US, basic
from tests.api.edge import ORGANIZATION, Edge, Scene, opened_scene
from tests.api.test_media_engines import upload
from tests.support.engines import ENGINES
from tests.support.media.content import PNG, id_of

TIME = "2027-01-15T07:59:00.000Z"
TIME_NS = "1800000000000000000"
TRACES = 230
"""More than two pages."""
PROJECTS_TABLES = {
    "sqlite": "SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND c.name = 'project'",
    "postgres": "SELECT c.table_name::text FROM information_schema.columns c "
    "WHERE c.table_schema = current_schema() AND c.column_name = 'project'",
}
READS = (
    "/v2/prompts",
    "/v2/datasets",
    "/dataset-items",
    "/comments",
    "/annotation-queues",
    "/score-configs",
    "/models",
    "/llm-connections",
    "/traces",
    "/observations",
    "/v2/scores",
    "/sessions",
)


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now_us = NOW_US

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Scene]:
    async with opened_scene(request.param, request, tmp_path, clock=clock) as opened:
        yield opened


async def put(edge: Edge, path: str, body: Any, method: str = "POST") -> Any:
    response = await edge.send(path, json.dumps(body).encode(), method=method)
    assert response.status_code in {200, 201, 207}, (path, response.text)
    return response.json()


def event(kind: str, event_id: str, **body: Any) -> dict[str, Any]:
    return {"id": f"{kind}-{event_id}", "type": kind, "timestamp": TIME, "body": {"id": event_id, **body}}


async def furnish(edge: Edge, scene: Scene) -> None:
    """Some of everything that a project may hold."""
    batch = [event("trace-create", f"t{number}", sessionId="s", timestamp=TIME) for number in range(TRACES)]
    batch += [
        event("generation-create", "g", traceId="t1", model="gpt-4o", startTime=TIME, usage={"input": 3}),
        event("span-create", "orphan", traceId="never-told", startTime=TIME),
        event("score-create", "of-trace", traceId="t1", name="fit", value=1),
        event("score-create", "of-session", sessionId="s", name="fit", value=1),
    ]
    assert (await put(edge, "/ingestion", {"batch": batch}))["errors"] == []
    await upload(edge, "t1")
    asked = {"kind": "reprice", "since": TIME, "until": "2027-01-15T09:00:00Z"}
    response = await edge.client.post("/api/panope/v1/operations", json=asked, headers=edge.auth)
    assert response.status_code == 202, response.text
    resource = {"attributes": [{"key": "host.name", "value": {"stringValue": f"host-of-{edge.project_id}"}}]}
    span = {"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "1", "name": "s", "startTimeUnixNano": TIME_NS}
    sent = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    await put(edge, "/otel/v1/traces", sent)
    for name in ("part", "whole"):
        body = {"name": name, "prompt": "@@@langfusePrompt:name=part|label=production@@@" if name == "whole" else "Hi"}
        await put(edge, "/v2/prompts", {**body, "labels": ["production"], "tags": ["x"]})
    await put(edge, "/v2/datasets", {"name": "set"})
    item = await put(edge, "/dataset-items", {"datasetName": "set", "input": 1})
    await put(edge, "/dataset-items", {"datasetName": "set", "id": item["id"], "input": 2})
    await put(edge, "/dataset-run-items", {"runName": "run", "datasetItemId": item["id"], "traceId": "t1"})
    comment = {"projectId": edge.project_id, "objectType": "TRACE", "objectId": "t1", "content": "Look."}
    await put(edge, "/comments", comment)
    config = await put(edge, "/score-configs", {"name": "quality", "dataType": "NUMERIC"})
    queue = await put(edge, "/annotation-queues", {"name": "line", "scoreConfigIds": [config["id"]]})
    await put(edge, f"/annotation-queues/{queue['id']}/items", {"objectType": "TRACE", "objectId": "t1"})
    if await scene.catalog.users.get(UserId("ann")) is None:
        ann = User(id=UserId("ann"), email="ann@example.com", roles={ORGANIZATION: Role.OWNER})
        await scene.catalog.users.create(ann)
    await put(edge, f"/annotation-queues/{queue['id']}/assignments", {"userId": "ann"})
    await scene.catalog.members.put_in_project(ORGANIZATION, edge.project_id, UserId("ann"), Role.ADMIN)
    model = {"modelName": "house", "matchPattern": "^house$", "unit": "TOKENS", "inputPrice": 1e-6}
    await put(edge, "/models", model)
    await put(edge, "/llm-connections", {"provider": "p", "adapter": "openai", "secretKey": "sk"}, "PUT")
    await put(edge, "/feedback", {"targetType": "docs", "target": "tutorial", "feedback": "Short."})


async def seen(edge: Edge) -> list[Any]:
    """What the project's key reads."""
    return [(await edge.get(path))[1] for path in READS]


async def delete(scene: Scene, edge: Edge) -> None:
    made = await scene.keys.create_for_organization(ORGANIZATION)
    auth = basic(made.pair.public_key, made.pair.secret_key)
    response = await scene.client.delete(f"/api/public/projects/{edge.project_id}", headers=auth)
    assert response.status_code == 202, response.text


async def operations(scene: Scene, edge: Edge) -> list[str]:
    return [known.id for known in await scene.engine.operations.list_recent(edge.project_id, 10)]


async def rows(scene: Scene, edge: Edge) -> int:
    snapshot = await scene.engine.reader.snapshot(edge.project_id)
    return sum(len(found) for found in snapshot.values())


def left(scene: Scene, edge: Edge) -> dict[str, int]:
    """Rows of the project in every table of the telemetry plane that has projects."""
    if scene.engine.name == "memory":
        return {}
    with closing(scene.engine.open_snapshot()) as snapshot:
        session: Session = getattr(snapshot, "_session")  # noqa: B009 - the port tells of fewer tables
        tables = [table for (table,) in session.execute(PROJECTS_TABLES[scene.engine.name])]
        assert {"attribute_set", "ledger", "operation", "tombstone", "trace"} <= set(tables)
        [number] = [number for number, known in snapshot.projects().items() if known == edge.project_id]
        counts = {
            table: session.execute(f"SELECT count(*) FROM {table} WHERE project = ?", (number,))[0][0]
            for table in tables
        }
    return {table: count for table, count in counts.items() if count}


async def test_a_deleted_project_leaves_nothing_and_its_neighbour_everything(scene: Scene, clock: Clock) -> None:
    mine, theirs = await scene.new_project(), await scene.new_project()
    for edge in (mine, theirs):
        await furnish(edge, scene)
    kept = await seen(theirs)
    content = (await mine.show("media", id_of(PNG)))[1]["url"]
    runner: ErasureRunner = scene.app.state.erasure
    await runner.run_once()
    assert await rows(scene, mine) > TRACES
    theirs_left = left(scene, theirs)
    await delete(scene, mine)

    await runner.run_once()
    assert await rows(scene, mine) == 0
    assert [project.id for project in await scene.catalog.projects.list_deleted()] == [mine.project_id]

    clock.now_us += GRACE_US
    await runner.run_once()
    assert await scene.catalog.projects.list_deleted() == []
    assert left(scene, mine) == {}
    assert left(scene, theirs) == theirs_left
    assert (await scene.engine.reader.list_receipts(mine.project_id, 10), await operations(scene, mine)) == ([], [])
    assert (await scene.client.get(content)).status_code in {403, 404}
    assert await seen(theirs) == kept
    assert (await theirs.show("media", id_of(PNG)))[0] == 200
    assert "failed unexpectedly" not in scene.log.getvalue()


async def test_who_takes_the_id_again_starts_with_nothing(scene: Scene, clock: Clock) -> None:
    mine = await scene.new_project()
    await furnish(mine, scene)
    project = await scene.catalog.projects.get(mine.project_id)
    assert project is not None
    await delete(scene, mine)
    assert not await scene.catalog.projects.add(project)
    clock.now_us += GRACE_US
    await scene.app.state.erasure.run_once()
    assert await scene.catalog.projects.add(project)
    made = await scene.keys.create(mine.project_id)
    again = Edge(scene.client, scene.engine, mine.project_id, basic(made.pair.public_key, made.pair.secret_key))
    for path in READS:
        status, listed = await again.get(path)
        found = [row for row in listed["data"] if not row.get("isLangfuseManaged")]
        assert (status, found) == (200, []), path
    await put(again, "/v2/prompts", {"name": "whole", "prompt": "new"})
    await put(again, "/v2/datasets", {"name": "set"})


async def test_an_erasure_that_stops_in_the_middle_goes_on_with_another_process(scene: Scene, clock: Clock) -> None:
    mine = await scene.new_project()
    await furnish(mine, scene)
    await delete(scene, mine)
    clock.now_us += GRACE_US
    stopping: ErasureRunner = scene.app.state.erasure
    erasure = stopping._erasure
    [deleted] = await erasure.list_due()
    assert await erasure.empty(deleted) > 0
    stopping.stop()
    await stopping.run_once()
    assert await rows(scene, mine) > 0
    assert len(await scene.catalog.projects.list_deleted()) == 1
    await ErasureRunner(erasure).run_once()
    assert await rows(scene, mine) == 0
    assert await scene.catalog.projects.list_deleted() == []


async def test_of_traces_that_hold_much_few_are_erased_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.domain.projection.deletion._MAX_ROWS", 4)
    mine = await scene.new_project()
    traces = [event("trace-create", f"t{number}", timestamp=TIME) for number in range(3)]
    spans = [event("span-create", f"o{n}", traceId=f"t{n % 2}", startTime=TIME) for n in range(6)]
    assert (await put(mine, "/ingestion", {"batch": [*traces, *spans]}))["errors"] == []
    await delete(scene, mine)
    erasure = scene.app.state.erasure._erasure
    [deleted] = await erasure.list_due()
    assert [await erasure.empty(deleted) for _ in range(4)] == [1, 1, 1, 0]
    assert await rows(scene, mine) == 0
