"""Score configs and sums on every engine: odd ones come back as they were sent, bad ones leave nothing behind."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.api.bad_inputs import score_configs
from tests.api.bad_inputs.shapes import Accepted, Refused, named, write
from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES

PATH = "/score-configs"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """One app for all tests of a module and an engine; each test has a project of its own."""
    folder: Path = tmp_path_factory.mktemp("scoring")
    async with opened_scene(request.param, request, folder) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def edge(scene: Scene) -> Edge:
    return await scene.new_project()


async def refused(edge: Edge, path: str, row: Refused, method: str) -> None:
    response = await edge.send(path, write(row.sent, row.raw), method=method)
    assert response.status_code == row.status, response.text
    answer = response.json()
    assert answer["message"] == "Invalid request data"
    assert row.code in {issue["code"] for issue in answer["error"]}, answer
    assert row.says in str(answer["error"])


@pytest.mark.parametrize("row", named(score_configs.REFUSED))
async def test_a_bad_config_is_a_400_that_names_the_place(edge: Edge, row: Refused) -> None:
    await refused(edge, PATH, row, "POST")
    assert (await edge.get(PATH))[1]["data"] == []


@pytest.mark.parametrize("row", named(score_configs.ACCEPTED))
async def test_an_odd_config_comes_back_as_it_was_sent(edge: Edge, row: Accepted) -> None:
    made = await edge.send(PATH, write(row.sent, row.raw))
    assert made.status_code == 200, made.text
    status, shown = await edge.show("score-configs", made.json()["id"])
    assert (status, shown) == (200, made.json())
    expected = {**row.sent, **row.shows} if not row.shows else row.shows
    told = {key: value for key, value in expected.items() if value is not None}
    assert {key: shown[key] for key in told} == told


@pytest.mark.parametrize("row", named(score_configs.REFUSED_CHANGES))
async def test_a_bad_change_changes_nothing(edge: Edge, row: Refused) -> None:
    made = (await edge.send(PATH, write(score_configs.GOOD))).json()
    await refused(edge, f"{PATH}/{made['id']}", row, "PATCH")
    assert (await edge.show("score-configs", made["id"])) == (200, made)


NEAR = [0.0, 1.0, 5e-324, 1 - 2**-53]
FAR = [-5e-324, 1 + 2**-52, -1e308, 1e308]


async def test_bounds_are_kept_to_the_last_bit_and_sums_are_exact(edge: Edge) -> None:
    made = (await edge.send(PATH, write(score_configs.GOOD))).json()

    def score(value: float) -> dict[str, Any]:
        return {"traceId": "t", "name": "any", "value": value, "configId": made["id"]}

    answered = (await edge.send("/scores", write([score(value) for value in [*NEAR, *FAR]]))).json()
    assert (answered["accepted"], answered["rejected"]) == (len(NEAR), len(FAR))
    assert [error["index"] for error in answered["errors"]] == [4, 5, 6, 7]
    receipt = await edge.newest_receipt()
    assert (receipt.accepted, receipt.rejected, receipt.reasons) == (4, 4, {"score_breaks_range": 4})
    response = await edge.client.get(
        "/api/panope/v1/scores/aggregates", params={"percentiles": "0,100", "groupBy": "configId"}, headers=edge.auth
    )
    (row,) = response.json()["data"]
    assert (row["configId"], row["count"], row["min"], row["max"]) == (made["id"], 4, 0, 1)
    assert row["mean"] == 0.5  # the exact sum is 2 - 2**-53 and a bit, and the mean rounds to the half
    assert row["percentiles"] == {"0": 0, "100": 1}


async def test_a_change_on_the_server_holds_for_the_next_score(edge: Edge, scene: Scene) -> None:
    stranger = await scene.new_project()
    made = (await edge.send(PATH, write(score_configs.GOOD))).json()
    score = write({"traceId": "t", "name": "any", "value": 5, "configId": made["id"]})
    assert (await edge.send("/scores", score)).status_code == 400
    for change, status in (({"maxValue": None}, 200), ({"isArchived": True}, 400), ({"isArchived": False}, 200)):
        changed = await edge.send(f"{PATH}/{made['id']}", write(change), method="PATCH")
        assert changed.status_code == 200
        assert (await edge.send("/scores", score)).status_code == status, change
        assert (await stranger.send("/scores", score)).status_code == 404
