"""Operations over HTTP: asked for, followed and ended by the project that they belong to."""

from typing import Any

from panope.jobs.operations import OperationRunner
from tests.api.conftest import AUTH, OTHER_AUTH, PROJECT, Stage
from tests.support.batches import batch
from tests.support.told import observation

PATH = "/api/panope/v1/operations"
_HOUSE = {
    "modelName": "house-7b",
    "matchPattern": "^house-7b$",
    "unit": "TOKENS",
    "inputPrice": 0.5,
    "outputPrice": 0.25,
}


async def _ask(stage: Stage, auth: dict[str, str] = AUTH, **body: Any) -> tuple[int, Any]:
    response = await stage.client.post(PATH, json=body, headers=auth)
    return response.status_code, response.json()


async def test_a_price_is_carried_back_over_history(stage: Stage) -> None:
    told = observation("o", trace_id="t", model="house-7b", usage={"input": 2, "output": 4, "total": 6})
    await stage.telemetry.apply(batch(PROJECT, [told]))
    assert (await stage.client.post("/api/public/models", json=_HOUSE, headers=AUTH)).status_code == 200
    status, asked = await _ask(stage, kind="reprice", since="2025-01-01T00:00:00Z")
    assert (status, asked["state"], asked["dryRun"], asked["observations"]) == (202, "waiting", False, 0)
    runner: OperationRunner = stage.app.state.operations
    assert await runner.run_due()
    done = (await stage.client.get(f"{PATH}/{asked['id']}", headers=AUTH)).json()
    assert (done["state"], done["changed"], done["error"]) == ("done", 1, None)
    assert done["costs"] == [
        {
            "day": "2025-10-09",
            "model": "house-7b",
            "observations": 1,
            "changed": 1,
            "costBefore": "0",
            "costAfter": "2",
            "unpricedBefore": 1,
            "unpricedAfter": 0,
        }
    ]
    assert {"name": "total_cost", "observations": 1, "examples": ["o"]} in done["fields"]
    shown = (await stage.client.get("/api/public/observations/o", headers=AUTH)).json()
    assert (shown["calculatedTotalCost"], shown["costExplanation"]["problem"]) == (2.0, None)


async def test_operations_are_seen_and_ended_by_their_project_only(stage: Stage) -> None:
    _, asked = await _ask(stage, kind="remap", since="2025-01-01T00:00:00+02:00", dryRun=True)
    assert (asked["since"], asked["dryRun"]) == ("2024-12-31T22:00:00.000Z", True)
    one = f"{PATH}/{asked['id']}"
    assert (await stage.client.get(one, headers=OTHER_AUTH)).status_code == 404
    assert (await stage.client.delete(one, headers=OTHER_AUTH)).status_code == 404
    assert (await stage.client.get(PATH, headers=OTHER_AUTH)).json() == {"data": []}
    [listed] = (await stage.client.get(PATH, headers=AUTH)).json()["data"]
    assert listed["id"] == asked["id"]
    ended = await stage.client.delete(one, headers=AUTH)
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")


async def test_what_cannot_be_meant_is_refused_with_the_place(stage: Stage) -> None:
    for body in (
        {"kind": "reprice"},
        {"kind": "rewind", "since": "2025-01-01T00:00:00Z"},
        {"kind": "reprice", "since": "2025-01-01T00:00:00"},
        {"kind": "reprice", "since": "2025-01-01T00:00:00Z", "untill": "2025-02-01T00:00:00Z"},
        {"kind": "reprice", "since": "2025-01-01T00:00:00Z", "until": "2024-01-01T00:00:00Z"},
    ):
        status, answer = await _ask(stage, **body)
        assert status == 400, (body, answer)
        assert "message" in answer


async def test_a_time_is_text_with_a_zone_and_never_a_number(stage: Stage) -> None:
    for since in (5, 1.5, "5", "1764547200", "2025-01-01", "2025-01-01T00:00:00", True, None, [], "soon"):
        for body in ({"since": since}, {"since": "2025-01-01T00:00:00Z", "until": since}):
            if since is None and "until" in body:
                continue
            status, answer = await _ask(stage, kind="reprice", **body)
            assert status == 400, (body, answer)
            [problem] = answer["error"]
            assert problem["path"] == [list(body)[-1]]
            assert problem["message"] == "Input should be a time such as 2026-11-01T10:00:00Z, with Z or an offset"
    assert (await stage.client.get(PATH, headers=AUTH)).json() == {"data": []}


async def test_a_kind_that_there_is_not_is_answered_with_those_that_there_are(stage: Stage) -> None:
    _, answer = await _ask(stage, kind="delete", since="2025-01-01T00:00:00Z")
    assert [problem["message"] for problem in answer["error"]] == ["Input should be 'reprice' or 'remap'"]
