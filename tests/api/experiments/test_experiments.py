"""`/experiments` and `/experiment-items` over HTTP, on every engine."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.experiments.teller import FROM, Teller, iso

pytestmark = pytest.mark.asyncio(loop_scope="module")
T1, T2, T3, T4 = ("1" * 32, "2" * 32, "3" * 32, "4" * 32)
EXPERIMENT_KEYS = {"id", "name", "description", "startTime", "endTime", "itemCount", "datasetId"}
ITEM_KEYS = set("id traceId startTime endTime level environment experimentId experimentName experimentItemId".split())


async def experiments(teller: Teller, more: str = "") -> list[Any]:
    rows: list[Any] = (await teller.get(f"/experiments?{FROM}{more}"))["data"]
    return rows


async def items(teller: Teller, more: str = "") -> list[Any]:
    rows: list[Any] = (await teller.get(f"/experiment-items?{FROM}{more}"))["data"]
    return rows


async def fill(teller: Teller) -> None:
    """One experiment by all three ways, one by spans alone, one by metadata alone."""
    await teller.spans("mixed", "a", T1, 1)
    await teller.link("mixed", "a", T1, createdAt=iso(1))
    await teller.trace(T2, 2)
    await teller.link("mixed", "b", T2, createdAt=iso(2), metadata={"m": 1}, runDescription="d")
    told = {"langfuse.experiment.metadata.model": "m", "langfuse.experiment.description": "of spans"}
    await teller.spans("spans", "a", T3, 3, **told)
    await teller.trace(T4, 4, metadata={"experiment": "named", "dataset_item_id": "c"}, input="i", output="o")


async def test_experiments_are_listed_by_their_latest_activity_each_item_once(teller: Teller) -> None:
    await fill(teller)
    rows = await experiments(teller)
    assert all(row.keys() == EXPERIMENT_KEYS for row in rows)
    assert [(row["name"], row["itemCount"], row["id"]) for row in rows] == [
        (name, count, teller.run_id(name)) for name, count in (("named", 1), ("spans", 1), ("mixed", 2))
    ]
    assert {row["datasetId"] for row in rows} == {teller.dataset_id}
    assert [row["description"] for row in rows] == [None, "of spans", None]
    assert (rows[1]["startTime"], rows[1]["endTime"]) == (iso(3)[:-1] + ".000Z", "2027-01-15T12:03:01.000Z")


async def test_experiments_tell_their_metadata_and_scores_when_asked(teller: Teller) -> None:
    await fill(teller)
    await teller.score("verdict", 0.5, datasetRunId=teller.run_id("spans"))
    await teller.score("label", "good", datasetRunId=teller.run_id("spans"))
    rows = {row["name"]: row for row in await experiments(teller, "&fields=metadata,scores")}
    assert rows["spans"]["metadata"] == {"model": "m"}
    assert {(score["name"], score["value"]) for score in rows["spans"]["scores"]} == {
        ("verdict", 0.5),
        ("label", "good"),
    }
    assert {score["subject"]["kind"] for score in rows["spans"]["scores"]} == {"experiment"}
    assert rows["mixed"]["scores"] == []
    [one] = await experiments(teller, "&fields=scores&scoreLimit=1&name=spans")
    assert len(one["scores"]) == 1
    assert "metadata" not in one


async def test_experiments_are_filtered(teller: Teller) -> None:
    await fill(teller)
    mixed, named = teller.run_id("mixed"), teller.run_id("named")

    async def found(more: str) -> list[str]:
        return [row["name"] for row in await experiments(teller, more)]

    assert await found(f"&id={mixed},{named}") == ["named", "mixed"]
    assert await found("&name=spans,none") == ["spans"]
    assert await found("&datasetId=none") == []
    assert await found(f"&datasetId={teller.dataset_id}&id={named}") == ["named"]
    one = json.dumps([{"type": "string", "column": "name", "operator": "=", "value": "spans"}])
    assert await found(f"&name=mixed&filter={quote(one)}") == ["spans"]
    several = json.dumps([{"type": "stringOptions", "column": "id", "operator": "any of", "value": [mixed]}])
    assert await found(f"&filter={quote(several)}") == ["mixed"]
    for kind, column, operator, value, expected in (
        ("string", "name", "contains", "e", ["named", "mixed"]),
        ("string", "name", "does not contain", "e", ["spans"]),
        ("string", "name", "starts with", "s", ["spans"]),
        ("string", "name", "ends with", "ed", ["named", "mixed"]),
        ("stringOptions", "id", "none of", [mixed, "x"], ["spans", "named"]),
        ("null", "datasetId", "is not null", "", ["spans", "named", "mixed"]),
        ("null", "name", "is null", "", []),
    ):
        test = json.dumps([{"type": kind, "column": column, "operator": operator, "value": value}])
        assert sorted(await found(f"&name=none&datasetId=none&filter={quote(test)}")) == [], test
        parameter = "" if column != "name" else "&name=none"
        assert sorted(await found(f"{parameter}&filter={quote(test)}")) == sorted(expected), test
    assert await found(f"&toStartTime={iso(2)}") == ["mixed"]
    rows = (await teller.get(f"/experiments?fromStartTime={iso(2)}&toStartTime={iso(3)}"))["data"]
    assert [(row["name"], row["itemCount"]) for row in rows] == [("mixed", 1)]


async def test_a_cursor_leads_through_all_experiments(teller: Teller) -> None:
    await fill(teller)
    seen, cursor = [], ""
    while True:
        answer = await teller.get(f"/experiments?{FROM}&limit=1{cursor}")
        seen += [row["name"] for row in answer["data"]]
        if "cursor" not in answer["meta"]:
            break
        cursor = f"&cursor={answer['meta']['cursor']}"
    assert seen == ["named", "spans", "mixed"]


async def test_items_are_listed_once_each_latest_first(teller: Teller) -> None:
    await fill(teller)
    rows = await items(teller)
    assert all(row.keys() == ITEM_KEYS | {"experimentDatasetId", "experimentItemVersion"} for row in rows)
    assert [(row["experimentName"], row["experimentItemId"], row["traceId"]) for row in rows] == [
        ("named", "c", T4),
        ("spans", "a", T3),
        ("mixed", "b", T2),
        ("mixed", "a", T1),
    ]
    assert {row["experimentDatasetId"] for row in rows} == {teller.dataset_id}
    assert (rows[1]["startTime"], rows[1]["endTime"]) == ("2027-01-15T12:03:00.000Z", "2027-01-15T12:03:01.000Z")


async def test_items_tell_everything_when_asked(teller: Teller) -> None:
    told = {
        "langfuse.experiment.item.expected_output": "the capital",
        "langfuse.experiment.item.version": "2026-01-02T03:04:05.678Z",
        "langfuse.experiment.item.metadata": '{"level":3}',
        "langfuse.experiment.metadata": '{"model":"m"}',
        "langfuse.experiment.description": "d",
        "langfuse.observation.metadata.k": "v",
        "langfuse.observation.input": "what?",
    }
    await teller.spans("spans", "a", T1, 1, **told)
    await teller.score("correct", 1, traceId=T1)
    groups = "&fields=core,dataset,io,metadata,itemMetadata,experimentMetadata,scores"
    [row] = await items(teller, groups)
    assert (row["input"], row["output"], row["expectedOutput"]) == ("what?", f"out of {T1}", "the capital")
    assert (row["experimentItemVersion"], row["experimentItemMetadata"]) == ("2026-01-02T03:04:05.678Z", {"level": 3})
    assert (row["experimentMetadata"], row["experimentDescription"]) == ({"model": "m"}, "d")
    assert row["metadata"]["k"] == "v"
    assert "experiment" not in row["metadata"]
    assert [(score["name"], score["value"]) for score in row["scores"]] == [("correct", 1)]


async def test_what_no_span_told_is_taken_from_the_dataset_and_the_run(teller: Teller) -> None:
    await fill(teller)
    rows = await items(teller, "&fields=io,itemMetadata,experimentMetadata&experimentName=mixed,named")
    found = {row["experimentItemId"]: row for row in rows}
    assert (found["c"]["input"], found["c"]["output"], found["c"]["expectedOutput"]) == ("i", "o", '{"is":"c"}')
    assert (found["b"]["output"], found["b"]["expectedOutput"]) == (f"out of {T2}", '{"is":"b"}')
    assert found["b"]["experimentDescription"] is None
    assert found["b"]["experimentItemMetadata"] is None


async def test_items_are_filtered_and_paged(teller: Teller) -> None:
    await fill(teller)

    async def found(more: str) -> list[str]:
        return [row["experimentName"] for row in await items(teller, more)]

    assert await found(f"&experimentId={teller.run_id('named')}") == ["named"]
    assert await found(f"&experimentId={teller.run_id('mixed')},{teller.run_id('spans')}") == [
        "spans",
        "mixed",
        "mixed",
    ]
    assert await found("&experimentItemId=a") == ["spans", "mixed"]
    assert await found("&datasetId=none") == []
    assert await found(f"&experimentName=mixed&toStartTime={iso(2)}") == ["mixed"]
    condition = {"type": "string", "column": "experimentItemId", "operator": "=", "value": "c"}
    assert await found(f"&filter={quote(json.dumps([condition]))}") == ["named"]
    condition |= {"operator": "does not contain"}
    assert await found(f"&filter={quote(json.dumps([condition]))}") == ["spans", "mixed", "mixed"]
    condition |= {"type": "stringOptions", "operator": "none of", "value": ["a", "c"]}
    assert await found(f"&limit=1&filter={quote(json.dumps([condition]))}") == ["mixed"]
    condition = {"type": "string", "column": "experimentName", "operator": "starts with", "value": "n"}
    assert await found(f"&experimentName=mixed&filter={quote(json.dumps([condition]))}") == ["named"]
    seen, cursor = [], ""
    while True:
        answer = await teller.get(f"/experiment-items?{FROM}&limit=1{cursor}")
        seen += [row["traceId"] for row in answer["data"]]
        if "cursor" not in answer["meta"]:
            break
        cursor = f"&cursor={answer['meta']['cursor']}"
    assert seen == [T4, T3, T2, T1]


async def test_observations_are_filtered_by_their_experiment(teller: Teller) -> None:
    await fill(teller)

    async def found(*conditions: tuple[str, str, str, Any]) -> list[Any]:
        names = ("type", "column", "operator", "value")
        listed = quote(json.dumps([dict(zip(names, condition, strict=True)) for condition in conditions]))
        return (await teller.get(f"/v2/observations?filter={listed}"))["data"]  # type: ignore[no-any-return]

    of_spans = ("string", "experimentId", "=", teller.run_id("spans"))
    assert {row["traceId"] for row in await found(of_spans)} == {T3}
    assert len(await found(of_spans)) == 3
    assert len(await found(of_spans, ("boolean", "isExperimentItemRootSpan", "=", True))) == 1
    several = ("stringOptions", "experimentId", "any of", [teller.run_id("spans"), teller.run_id("mixed")])
    assert len(await found(several)) == 6
    assert len(await found(("string", "experimentName", "=", "mixed"))) == 3
    assert len(await found(("string", "experimentDatasetId", "=", teller.dataset_id))) == 6
    assert {row["traceId"] for row in await found(("null", "experimentId", "is null", ""))} == {T2, T4}


async def test_many_items_of_many_ways_are_each_listed_once(teller: Teller) -> None:
    for number in range(1, 9):
        trace = f"{number:032x}"
        await teller.spans("many", "a", trace, number)
        await teller.link("many", "a", trace, createdAt=iso(number + 0.5))
    for size in (1, 3, 50):
        seen, cursor = [], ""
        while True:
            answer = await teller.get(f"/experiment-items?{FROM}&limit={size}{cursor}")
            seen += [row["traceId"] for row in answer["data"]]
            if "cursor" not in answer["meta"]:
                break
            cursor = f"&cursor={answer['meta']['cursor']}"
        assert seen == [f"{number:032x}" for number in reversed(range(1, 9))]
    [row] = await experiments(teller)
    assert row["itemCount"] == 8


async def test_experiments_without_a_dataset_are_listed_too(teller: Teller) -> None:
    await teller.spans("local", "hash", T1, 1, **{"langfuse.experiment.dataset.id": ""})
    [row] = await experiments(teller)
    assert (row["name"], row["datasetId"]) == ("local", None)
    [item] = await items(teller)
    assert (item["experimentItemId"], item["experimentDatasetId"]) == ("hash", None)


async def test_deleted_runs_are_in_no_list(teller: Teller) -> None:
    await fill(teller)
    await teller.delete(teller.runs_path("mixed"))
    await teller.delete(teller.runs_path("named"))
    assert [row["name"] for row in await experiments(teller)] == ["spans"]
    assert [row["experimentName"] for row in await items(teller)] == ["spans"]
    await teller.spans("mixed", "c", "5" * 32, 9)
    assert [(row["name"], row["itemCount"]) for row in await experiments(teller)] == [("mixed", 1), ("spans", 1)]
    assert [row["experimentName"] for row in await items(teller)] == ["mixed", "spans"]


async def test_another_project_sees_nothing(teller: Teller, stranger: Teller) -> None:
    await fill(teller)
    assert await experiments(stranger) == []
    assert await items(stranger, f"&experimentId={teller.run_id('mixed')}") == []


@pytest.mark.parametrize("path", ["/experiments", "/experiment-items"])
@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "fromStartTime"),
        ("fromStartTime=yesterday", "fromStartTime"),
        (f"{FROM}&toStartTime=2027-01-01T00:00:00", "toStartTime"),
        (f"{FROM}&fields=core,none", "fields"),
        (f"{FROM}&limit=0", "limit"),
        (f"{FROM}&limit=101", "limit"),
        (f"{FROM}&scoreLimit=51", "scoreLimit"),
        (f"{FROM}&cursor=%20x", "cursor"),
        (f"{FROM}&cursor=WyJhIiwiYiJd", "cursor"),
        (f"{FROM}&filter=%7B", "Invalid JSON in filter parameter"),
        (f"{FROM}&filter=%5B5%5D", "filter"),
        (f"{FROM}&filter=" + quote('[{"type":"string","column":"x","operator":"=","value":"y"}]'), "column"),
        (f"{FROM}&filter=" + quote('[{"type":"string","column":"datasetId","operator":">","value":"y"}]'), "operator"),
        (f"{FROM}&filter=" + quote('[{"type":"number","column":"datasetId","operator":"=","value":"y"}]'), "type"),
        (f"{FROM}&filter=" + quote('[{"type":"null","column":"datasetId","operator":"is null","value":"y"}]'), "value"),
    ],
)
async def test_bad_questions_are_refused_by_name(teller: Teller, path: str, query: str, word: str) -> None:
    answer = await teller.get(f"{path}?{query}", 400)
    assert word in str(answer)
