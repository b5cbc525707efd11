"""The character NUL in questions, which Postgres takes nowhere: never a failure."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES

pytestmark = pytest.mark.asyncio(loop_scope="module")
SINCE = "fromStartTime=2020-01-01T00:00:00Z"
QUESTIONS = [
    *(f"/api/public/v2/prompts?{name}=%00" for name in ("name", "label", "tag")),
    "/api/public/v2/prompts/x?label=%00",
    "/api/public/prompts?name=%00",
    *(f"/api/public/dataset-items?{name}=%00" for name in ("datasetName", "sourceTraceId", "sourceObservationId")),
    *(f"/api/public/experiments?{SINCE}&{name}=%00" for name in ("id", "name", "datasetId")),
    *(f"/api/public/experiment-items?{SINCE}&{name}=%00" for name in ("experimentId", "experimentItemId")),
    "/api/public/comments?objectType=TRACE&objectId=%00",
    "/api/public/datasets/%00/runs/%00",
    "/api/panope/v1/prompts/%00/versions",
    "/api/panope/v1/operations/%00",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def edge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    scene: Scene
    async with opened_scene(request.param, request, tmp_path_factory.mktemp("scene")) as scene:
        yield await scene.new_project()


@pytest.mark.parametrize("question", QUESTIONS)
async def test_the_character_nul_is_found_nowhere(edge: Edge, question: str) -> None:
    response = await edge.client.get(question, headers=edge.auth)
    assert response.status_code in {200, 400, 404}, response.text
    if response.status_code == 200:
        assert response.json()["data"] == []


async def test_the_character_nul_names_no_operation_to_end(edge: Edge) -> None:
    response = await edge.client.delete("/api/panope/v1/operations/%00", headers=edge.auth)
    assert response.status_code == 404, response.text
