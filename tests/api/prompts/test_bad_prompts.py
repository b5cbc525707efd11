"""Bad prompts on every engine: each is refused by its place, nothing is half done, and nothing is unforeseen."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.bad_inputs import prompts
from tests.api.bad_inputs.shapes import Accepted, Refused, named, write
from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with opened_scene(request.param, request, tmp_path_factory.mktemp("scene")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def edge(scene: Scene) -> Edge:
    return await scene.new_project()


pytestmark = pytest.mark.asyncio(loop_scope="module")
only_memory = pytest.mark.parametrize("scene", ["memory"], indirect=True)


@only_memory
@pytest.mark.parametrize("row", named(prompts.REFUSED))
async def test_a_bad_prompt_is_a_400_that_names_the_place(edge: Edge, row: Refused) -> None:
    response = await edge.send("/v2/prompts", write(row.sent, row.raw))
    assert response.status_code == 400
    answer = response.json()
    assert answer["message"] == "Invalid request data"
    assert row.code in {issue["code"] for issue in answer["error"]}
    assert row.says in str(answer["error"])
    assert (await edge.get("/v2/prompts"))[1]["data"] == []


@pytest.mark.parametrize("row", named(prompts.ACCEPTED))
async def test_an_odd_prompt_is_stored(edge: Edge, row: Accepted) -> None:
    response = await edge.send("/v2/prompts", write(row.sent, row.raw))
    assert response.status_code == 201, response.text
    status, shown = await edge.show("v2/prompts", response.json()["name"])
    assert status == 200
    assert {key: shown[key] for key in row.shows} == row.shows


@only_memory
@pytest.mark.parametrize("body", prompts.BAD_LABELS.values(), ids=prompts.BAD_LABELS)
async def test_bad_labels_change_nothing(edge: Edge, body: bytes) -> None:
    await edge.send("/v2/prompts", write(prompts.GOOD))
    response = await edge.send("/v2/prompts/mine/versions/1", body, method="PATCH")
    assert (response.status_code, response.json()["message"]) == (400, "Invalid request data")
    assert (await edge.get("/v2/prompts/mine"))[1]["labels"] == ["production", "latest"]


@only_memory
@pytest.mark.parametrize("version", ["0", "-1", "x", "1.5", "", "²", "9" * 30, "0" * 19 + "1" + "9" * 5_000])
async def test_a_version_that_is_no_number_is_a_400(edge: Edge, version: str) -> None:
    await edge.send("/v2/prompts", write(prompts.GOOD))
    response = await edge.send(f"/v2/prompts/mine/versions/{version}", b'{"newLabels": ["x"]}', method="PATCH")
    assert response.status_code in {400, 404, 405}


async def test_a_refused_prompt_leaves_nothing_behind(edge: Edge) -> None:
    await edge.send("/v2/prompts", write(prompts.GOOD))
    before = (await edge.get("/v2/prompts"))[1]
    for body in (
        prompts.prompt(prompt="@@@langfusePrompt:name=none|version=1@@@", tags=["new"], labels=["new"]),
        prompts.chat(prompts.USER),
    ):
        assert (await edge.send("/v2/prompts", write(body))).status_code == 400
    assert (await edge.get("/v2/prompts"))[1] == before


async def test_prompts_of_another_project_lead_nowhere(scene: Scene, edge: Edge) -> None:
    stranger = await scene.new_project()
    await edge.send("/v2/prompts", write(prompts.GOOD))
    reference = prompts.prompt(name="theirs", prompt="@@@langfusePrompt:name=mine|label=production@@@")
    assert (await stranger.send("/v2/prompts", write(reference))).status_code == 400
    assert (await stranger.get("/v2/prompts/mine"))[0] == 404
    for method, path, body in (
        ("PATCH", "/v2/prompts/mine/versions/1", b'{"newLabels": ["x"]}'),
        ("DELETE", "/v2/prompts/mine", b""),
    ):
        assert (await stranger.send(path, body, method=method)).status_code == 404
    assert (await edge.get("/v2/prompts/mine"))[1]["labels"] == ["production", "latest"]


async def test_nothing_of_all_this_was_unforeseen(scene: Scene) -> None:
    assert "request failed unexpectedly" not in scene.log.getvalue()
