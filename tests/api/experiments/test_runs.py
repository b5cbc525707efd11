"""Runs of datasets over HTTP, on every engine: each item once, whichever way it was told."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.api.experiments.teller import Teller, iso

pytestmark = pytest.mark.asyncio(loop_scope="module")
T1, T2, T3 = ("1" * 32, "2" * 32, "3" * 32)
NAMES = [
    "plain",
    "a/b",
    "a/runs/b",
    "../up",
    "100%",
    "100%25",
    "a%2Fb",
    "🏛",
    "+x&?=#",
    "x" * 800,
    "compare",
    "end/runs",
]


async def run_items(teller: Teller, run: str) -> list[tuple[str, str]]:
    found = await teller.get(teller.runs_path(run))
    return [(item["datasetItemId"], item["traceId"]) for item in found["datasetRunItems"]]


async def names(teller: Teller) -> list[str]:
    return [run["name"] for run in (await teller.get(teller.runs_path()))["data"]]


async def test_a_link_makes_the_run_and_is_read_back_whole(teller: Teller) -> None:
    made = await teller.link("first", "a", T1, runDescription="d", metadata={"m": [1]}, observationId="o")
    assert made == {
        "id": made["id"],
        "datasetRunId": teller.run_id("first"),
        "datasetRunName": "first",
        "datasetItemId": "a",
        "traceId": T1,
        "observationId": "o",
        "createdAt": made["createdAt"],
        "updatedAt": made["updatedAt"],
    }
    await teller.link("first", "b", T2, runDescription="ignored", metadata={"m": 2})
    run = await teller.get(teller.runs_path("first"))
    items = run.pop("datasetRunItems")
    assert [item["datasetItemId"] for item in items] == ["b", "a"]
    assert items[1] == made
    assert (run["id"], run["name"], run["description"]) == (teller.run_id("first"), "first", "d")
    assert (run["metadata"], run["datasetId"], run["datasetName"]) == ({"m": [1]}, teller.dataset_id, "capitals")
    listed = await teller.get(teller.runs_path())
    assert listed == {"data": [run], "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}}
    page = await teller.get(f"/dataset-run-items?datasetId={teller.dataset_id}&runName=first&limit=1&page=2")
    assert page == {"data": [made], "meta": {"page": 2, "limit": 1, "totalItems": 2, "totalPages": 2}}


async def test_the_version_of_the_dataset_is_noted_in_the_metadata_of_the_run(teller: Teller) -> None:
    await teller.link("first", "a", T1, metadata={"m": 1}, datasetVersion="2026-01-02T03:04:05+00:00")
    run = await teller.get(teller.runs_path("first"))
    assert run["metadata"] == {"m": 1, "dataset_version": "2026-01-02T03:04:05.000Z"}


async def test_the_trace_is_found_by_the_observation(teller: Teller) -> None:
    await teller.trace(T1)
    body = {"runName": "first", "datasetItemId": "a", "observationId": f"{T1}-gen"}
    assert (await teller.post("/dataset-run-items", body))["traceId"] == T1


async def test_an_item_that_is_told_by_request_and_by_spans_counts_once(teller: Teller) -> None:
    for item, trace in (("a", T1), ("b", T2)):
        await teller.link("first", item, trace)
        await teller.spans("first", item, trace)
    assert sorted(await run_items(teller, "first")) == [("a", T1), ("b", T2)]
    assert await names(teller) == ["first"]


async def test_spans_alone_make_a_run(teller: Teller) -> None:
    told = {"langfuse.experiment.description": "d", "langfuse.experiment.metadata": '{"model":"m"}'}
    await teller.spans("from spans", "a", T1, 1, **told)
    await teller.spans("from spans", "b", T2, 2, **told)
    run = await teller.get(teller.runs_path("from spans"))
    assert (run["id"], run["description"], run["metadata"]) == (teller.run_id("from spans"), "d", {"model": "m"})
    assert [item["datasetItemId"] for item in run["datasetRunItems"]] == ["b", "a"]
    assert run["createdAt"] == iso(1).replace("Z", ".000Z")
    assert (await teller.get(teller.runs_path()))["data"] == [
        {key: value for key, value in run.items() if key != "datasetRunItems"}
    ]


async def test_traces_whose_metadata_names_them_make_a_run(teller: Teller) -> None:
    await teller.trace(T1, 1, metadata={"experiment": "routing-v1", "dataset_item_id": "a"})
    await teller.trace(T2, 2, metadata={"experiment": "routing-v1", "dataset_item_id": "b"})
    await teller.trace(T3, 3, metadata={"experiment": "routing-v1", "dataset_item_id": "of no dataset"})
    await teller.score("correctness", 1, traceId=T1)
    await teller.score("correctness", 0, traceId=T2)
    assert await names(teller) == ["routing-v1"]
    assert await run_items(teller, "routing-v1") == [("b", T2), ("a", T1)]
    [run] = (await teller.own(f"{teller.runs_path()}"))["data"]
    assert run["sources"] == ["metadata"]
    assert [(score["name"], score["mean"], score["count"]) for score in run["scores"]] == [("correctness", 0.5, 2)]


async def test_all_three_ways_name_one_run(teller: Teller) -> None:
    await teller.trace(T1, 1, metadata={"experiment": "all", "dataset_item_id": "a"})
    await teller.link("all", "a", T1)
    await teller.spans("all", "a", T1)
    await teller.link("all", "b", T2)
    await teller.spans("all", "c", T3)
    [summed] = (await teller.own(teller.runs_path()))["data"]
    assert summed["sources"] == ["link", "span"]  # the trace whose metadata names its item is told by a span too
    assert sorted(await run_items(teller, "all")) == [("a", T1), ("b", T2), ("c", T3)]
    assert await names(teller) == ["all"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_run_may_be_called_anything(teller: Teller, name: str) -> None:
    await teller.link(name, "a", T1)
    assert await run_items(teller, name) == [("a", T1)]
    twice = f"/datasets/capitals/runs/{quote(quote(name, safe=''), safe='')}"
    assert (await teller.get(twice))["name"] == name
    query = f"datasetId={teller.dataset_id}&runName={quote(name, safe='')}"
    assert len((await teller.get(f"/dataset-run-items?{query}"))["data"]) == 1
    await teller.delete(teller.runs_path(name))
    await teller.get(teller.runs_path(name), 404)


async def test_slashes_that_nobody_encoded_are_understood(teller: Teller) -> None:
    await teller.make_dataset("folder/rivers", "r")
    await teller.link("deep/run", "r", T1)
    assert (await teller.get("/datasets/folder/rivers/runs/deep/run"))["name"] == "deep/run"
    assert (await teller.get("/datasets/folder/rivers/runs"))["meta"]["totalItems"] == 1


async def test_a_deleted_run_takes_its_links_and_leaves_its_traces(teller: Teller) -> None:
    await teller.trace(T1)
    await teller.link("first", "a", T1)
    await teller.spans("first", "b", T2)
    await teller.trace(T3, metadata={"experiment": "first", "dataset_item_id": "c"})
    assert len(await run_items(teller, "first")) == 3
    answer = await teller.delete(teller.runs_path("first"))
    assert answer == {"message": "Dataset run successfully deleted"}
    await teller.get(teller.runs_path("first"), 404)
    await teller.delete(teller.runs_path("first"), 404)
    assert await names(teller) == []
    for trace in (T1, T2, T3):
        assert (await teller.get(f"/traces/{trace}"))["id"] == trace


async def test_what_was_deleted_is_not_resurrected_by_repetition_and_new_items_make_the_run_anew(
    teller: Teller,
) -> None:
    await teller.link("first", "a", T1)
    await teller.spans("first", "b", T2)
    await teller.delete(teller.runs_path("first"))
    await teller.link("first", "a", T1)
    await teller.spans("first", "b", T2)
    await teller.spans("first", "a", T1)  # of the item that went with the run
    assert await names(teller) == []
    await teller.spans("first", "c", T3)
    assert await run_items(teller, "first") == [("c", T3)]
    await teller.link("first", "b", T3, runDescription="anew")
    run = await teller.get(teller.runs_path("first"))
    assert (run["description"], len(run["datasetRunItems"])) == ("anew", 2)
    assert await names(teller) == ["first"]


async def test_the_first_version_shows_the_names_of_runs(teller: Teller) -> None:
    await teller.link("linked", "a", T1)
    await teller.spans("told", "a", T2)
    assert sorted((await teller.get("/datasets/capitals"))["runs"]) == ["linked", "told"]


async def test_another_project_sees_nothing(teller: Teller, stranger: Teller) -> None:
    await teller.link("first", "a", T1)
    stranger.dataset = teller.dataset
    await stranger.get(teller.runs_path(), 404)
    await stranger.get(teller.runs_path("first"), 404)
    await stranger.delete(teller.runs_path("first"), 404)
    await stranger.link("first", "a", T1, 404)
    await stranger.get(f"/dataset-run-items?datasetId={teller.dataset_id}&runName=first", 404)
    await stranger.own(teller.runs_path(), 404)
    assert await run_items(teller, "first") == [("a", T1)]


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown key": ({"more": 1}, 400, "more"),
    "no run": ({"runName": None}, 400, "runName"),
    "an empty name": ({"runName": ""}, 400, "runName"),
    "a blank name": ({"runName": "  "}, 400, "runName"),
    "a name beyond 800 bytes": ({"runName": "é" * 401}, 400, "runName"),
    "neither trace nor observation": ({"traceId": None}, 400, "traceId"),
    "an empty trace": ({"traceId": ""}, 400, "traceId"),
    "an endless trace id": ({"traceId": "x" * 801}, 400, "traceId"),
    "a NUL": ({"traceId": "a\0b"}, 400, "NUL"),
    "a version that is no time": ({"datasetVersion": "yesterday"}, 400, "datasetVersion"),
    "a time without an offset": ({"createdAt": "2026-01-01T00:00:00"}, 400, "createdAt"),
    "a description that is no text": ({"runDescription": 5}, 400, "runDescription"),
    "an unknown item": ({"datasetItemId": "none"}, 404, "item"),
    "an endless item id": ({"datasetItemId": "x" * 801}, 400, "datasetItemId"),
    "an unknown observation": ({"traceId": None, "observationId": "none"}, 404, "Observation"),
    "an archived item": ({"datasetItemId": "c"}, 404, "archived"),
}


@pytest.mark.parametrize("case", BAD)
async def test_what_cannot_be_linked_is_refused_and_leaves_nothing(teller: Teller, case: str) -> None:
    await teller.post("/dataset-items", {"datasetName": "capitals", "id": "c", "status": "ARCHIVED"})
    fields, status, word = BAD[case]
    body = {"runName": "first", "datasetItemId": "a", "traceId": T1, **fields}
    answer = await teller.post("/dataset-run-items", body, status)
    assert word in str(answer)
    assert await names(teller) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"runName":"\xff"}', b"null"])
async def test_bodies_that_are_none_are_refused(teller: Teller, body: bytes) -> None:
    response = await teller.edge.send("/dataset-run-items", body)
    assert (response.status_code, response.json()["message"][:20]) == (400, "Invalid request data")


async def test_bad_questions_are_refused_by_name(teller: Teller) -> None:
    await teller.link("first", "a", T1)
    assert "datasetId" in str(await teller.get("/dataset-run-items?runName=first", 400))
    assert "runName" in str(await teller.get(f"/dataset-run-items?datasetId={teller.dataset_id}", 400))
    await teller.get(f"/dataset-run-items?datasetId={teller.dataset_id}&runName=none", 404)
    await teller.get("/dataset-run-items?datasetId=none&runName=first", 404)
    await teller.get(f"{teller.runs_path()}?limit=101", 400)
    await teller.get(f"{teller.runs_path()}?page=0", 400)
    beyond = await teller.get(f"{teller.runs_path()}?page=9")
    assert (beyond["data"], beyond["meta"]["totalItems"]) == ([], 1)
    query = f"datasetId={teller.dataset_id}&runName=first&page=9"
    assert (await teller.get(f"/dataset-run-items?{query}"))["data"] == []
    await teller.get("/datasets/none/runs", 404)
    await teller.get("/datasets/none/runs/first", 404)
    await teller.get(teller.runs_path("none"), 404)
    await teller.get(teller.runs_path("x" * 900), 404)
