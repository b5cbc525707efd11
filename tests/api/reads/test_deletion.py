"""Deleting traces and scores."""

from typing import Any

import pytest

from tests.support.read_api import Api, tell_scores
from tests.support.told import observation, trace


async def test_deleted_traces_are_gone_with_all_that_belongs_to_them(api: Api) -> None:
    for trace_id in ("a", "b/c", "d"):
        await api.tell(trace(trace_id), observation(f"o-{trace_id}", trace_id=trace_id))
    response = await api.delete("/traces/b%252Fc")
    assert (response.status_code, response.json()) == (200, {"message": "Trace deleted successfully"})
    assert await api.ids("/traces", orderBy="id.asc") == ["a", "d"]
    assert (await api.delete("/traces/nothing")).status_code == 200
    response = await api.delete("/traces", {"traceIds": ["a", "a", "nothing"]})
    assert (response.status_code, response.json()) == (200, {"message": "Traces deleted successfully"})
    assert await api.ids("/observations") == ["o-d"]


@pytest.mark.parametrize(
    "body",
    [None, {}, {"traceIds": []}, {"traceIds": ["x"] * 1001}, {"traceIds": [1]}, {"traceIds": ["x"], "more": 1}, ["x"]],
)
async def test_a_deletion_that_is_not_clear_deletes_nothing(api: Api, body: Any) -> None:
    await api.tell(trace("x"))
    response = await api.delete("/traces", body)
    assert response.status_code == 400
    assert response.json()["error"][0]["path"] == ["traceIds"]
    assert await api.ids("/traces") == ["x"]


async def test_deleted_scores_are_gone_and_unknown_ones_are_no_error(api: Api) -> None:
    await tell_scores(api)
    for score_id in ("sess", "num", "unknown"):
        response = await api.delete(f"/scores/{score_id}")
        assert (response.status_code, response.json()) == (202, {"message": "Score deletion queued successfully"})
    assert await api.ids("/v2/scores") == ["run", "fix", "text", "bool", "cat"]
