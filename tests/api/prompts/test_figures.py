"""Figures of the versions of a prompt on every engine, worked out by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import pytest_asyncio

from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAME = "summary"
START = "2026-11-28T09:00:0{}.000Z"
NOTHING = {
    "uses": 0,
    "errors": 0,
    "latencyMs": {"p50": None, "p95": None},
    "inputTokens": 0,
    "outputTokens": 0,
    "totalTokens": 0,
    "totalCost": 0.0,
    "firstUsedAt": None,
    "lastUsedAt": None,
    "scores": [],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("figures")
    async with opened_scene(request.param, request, folder) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def edge(scene: Scene) -> Edge:
    return await scene.new_project()


async def write(edge: Edge, name: str = NAME, **more: Any) -> None:
    body = {"name": name, "type": "text", "prompt": "Sum up", **more}
    assert (await edge.send("/v2/prompts", msgspec.json.encode(body))).status_code == 201


async def ingest(edge: Edge, *bodies: dict[str, Any], kind: str = "generation-create") -> None:
    batch = [
        {"id": f"{kind}-{body['id']}", "type": kind, "timestamp": START.format(0), "body": body} for body in bodies
    ]
    answer = await edge.send("/ingestion", msgspec.json.encode({"batch": batch}))
    assert (answer.status_code, answer.json()["errors"]) == (207, [])


def use(number: int, version: int, seconds: int, name: str = NAME, **more: Any) -> dict[str, Any]:
    """A generation of so many seconds that used a version."""
    return {
        "id": f"use-{number}",
        "traceId": "t",
        "promptName": name,
        "promptVersion": version,
        "startTime": START.format(number),
        "endTime": START.format(number + seconds) if seconds else None,
        "usageDetails": {"input": 10 * number, "output": number},
        "costDetails": {"total": 0.25 * number},
        **more,
    }


async def figures(edge: Edge, query: str = "", name: str = NAME, status: int = 200) -> Any:
    path = f"/api/panope/v1/prompts/{name}/figures{query}"
    answer = await edge.client.get(path, headers=edge.auth)
    assert answer.status_code == status, answer.text
    return answer.json()


async def furnish(edge: Edge) -> None:
    """Two versions, the first with three uses; those of another prompt and of no version that is there do not count."""
    await write(edge, labels=["production"])
    await write(edge, labels=["staging"])
    await write(edge, "other")
    await ingest(
        edge,
        use(1, 1, 1),
        use(2, 1, 2, environment="eu"),
        use(3, 1, 4, level="ERROR"),
        use(4, 1, 1, "other"),
        use(6, 9, 1),
    )
    scores: list[dict[str, Any]] = [
        {"id": "s1", "observationId": "use-1", "name": "quality", "value": 0.5, "dataType": "NUMERIC"},
        {"id": "s2", "observationId": "use-2", "name": "quality", "value": 1, "dataType": "NUMERIC"},
        {"id": "s3", "observationId": "use-3", "name": "fits", "value": 0, "dataType": "BOOLEAN"},
        {"id": "s4", "observationId": "use-3", "name": "tone", "value": "kind", "dataType": "CATEGORICAL"},
        {"id": "s5", "observationId": "use-4", "name": "quality", "value": 100, "dataType": "NUMERIC"},
        {"id": "s6", "name": "quality", "value": 100, "dataType": "NUMERIC"},
    ]
    await ingest(edge, *({"traceId": "t", **score} for score in scores), kind="score-create")


async def test_versions_are_compared_by_what_came_of_them(edge: Edge) -> None:
    await furnish(edge)
    shown = await figures(edge)
    assert shown == {
        "name": NAME,
        "data": [
            {"version": 2, "labels": ["staging", "latest"], **NOTHING},
            {
                "version": 1,
                "labels": ["production"],
                "uses": 3,
                "errors": 1,
                "latencyMs": {"p50": 2000.0, "p95": 3800.0},
                "inputTokens": 60,
                "outputTokens": 6,
                "totalTokens": 66,
                "totalCost": 1.5,
                "firstUsedAt": START.format(1),
                "lastUsedAt": START.format(3),
                "scores": [
                    {"name": "fits", "dataType": "BOOLEAN", "count": 1, "mean": 0.0},
                    {"name": "quality", "dataType": "NUMERIC", "count": 2, "mean": 0.75},
                    {"name": "tone", "dataType": "CATEGORICAL", "count": 1, "mean": None},
                ],
            },
        ],
    }


async def test_a_window_and_environments_narrow_the_uses(edge: Edge) -> None:
    await furnish(edge)

    async def uses(query: str) -> int:
        first: int = (await figures(edge, query))["data"][1]["uses"]
        return first

    assert await uses(f"?fromTimestamp={START.format(2)}") == 2
    assert await uses(f"?fromTimestamp={START.format(2)}&toTimestamp={START.format(3)}") == 1
    assert await uses("?environment=eu") == 1
    assert await uses("?environment=eu,default") == 3
    assert await uses("?environment=nowhere") == 0
    eu = (await figures(edge, "?environment=eu"))["data"][1]
    assert (eu["latencyMs"], eu["errors"], eu["scores"]) == ({"p50": 2000.0, "p95": 2000.0}, 0, [])


@pytest.mark.parametrize("name", ["a/b", "a/figures", "a%2Fb", "../x", "😀", "ü" * 80, "a b/%25", "versions"])
async def test_names_of_any_kind_are_found(edge: Edge, name: str) -> None:
    await write(edge, name)
    await ingest(edge, use(1, 1, 0, name))
    for sent in (quote(name, safe=""), quote(quote(name, safe=""), safe="")):
        shown = await figures(edge, name=sent)
        assert shown["name"] == name
        assert (shown["data"][0]["uses"], shown["data"][0]["latencyMs"]["p50"]) == (1, None)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?fromTimestamp=yesterday", "fromTimestamp"),
        ("?toTimestamp=1", "toTimestamp"),
        ("?fromTimestamp=2026-01-01T00:00:00Z&toTimestamp=2026-01-01T00:00:00Z", "toTimestamp"),
        ("?version=1", "version"),
        ("?fromTimestamp=2026-01-01T00:00:00Z&fromTimestamp=2026-01-01T00:00:00Z", "fromTimestamp"),
    ],
)
async def test_a_bad_question_is_a_400_that_names_the_place(edge: Edge, query: str, says: str) -> None:
    await write(edge)
    assert says in str(await figures(edge, query, status=400))


async def test_prompts_of_another_project_are_not_found(scene: Scene, edge: Edge) -> None:
    await write(edge)
    await figures(await scene.new_project(), status=404)
    await figures(edge, name="none", status=404)
