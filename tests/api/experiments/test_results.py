"""What came of runs, and runs side by side, on every engine."""

import pytest

from tests.api.experiments.teller import Teller

pytestmark = pytest.mark.asyncio(loop_scope="module")
OLD, NEW = "old", "new"


async def fill(teller: Teller) -> None:
    """Two runs: the old one has all three items, the new one two of them, one of which it gets right at last."""
    for minute, (run, item, correct) in enumerate(
        [(OLD, "a", 1), (OLD, "b", 0), (OLD, "c", 1), (NEW, "a", 1), (NEW, "b", 1)]
    ):
        trace = f"{run}-{item}"
        await teller.trace(trace, minute)
        await teller.link(run, item, trace)
        await teller.score("correct", correct, traceId=trace)
        await teller.score("tone", "kind" if correct else "rude", traceId=trace)
    await teller.score("verdict", 0.75, datasetRunId=teller.run_id(OLD))


async def test_runs_are_summed_up(teller: Teller) -> None:
    await fill(teller)
    answer = await teller.own(teller.runs_path())
    new, old = answer["data"]
    assert (old["name"], old["itemCount"], old["traceCount"], old["errorCount"]) == (OLD, 3, 3, 0)
    assert old["totalCost"] == 1.5
    assert old["latency"] == {"mean": 1.0, "median": 1.0, "p95": 1.0}
    correct, tone = old["scores"]
    assert (correct["name"], correct["count"], correct["min"], correct["max"]) == ("correct", 3, 0, 1)
    assert correct["mean"] == pytest.approx(2 / 3)
    assert (tone["name"], tone["mean"], tone["labels"]) == ("tone", None, {"kind": 2, "rude": 1})
    assert [(score["name"], score["mean"]) for score in old["runScores"]] == [("verdict", 0.75)]
    assert (new["name"], new["itemCount"], new["runScores"]) == (NEW, 2, [])
    assert answer["meta"]["totalItems"] == 2


async def test_runs_are_compared_item_by_item(teller: Teller) -> None:
    await fill(teller)
    answer = await teller.own(f"{teller.runs_path()}/compare?run={OLD}&run={NEW}")
    assert [run["name"] for run in answer["runs"]] == [OLD, NEW]
    assert [item["datasetItemId"] for item in answer["items"]] == ["a", "b", "c"]
    old, new = answer["items"][1]["runs"]
    assert (old["scores"], new["scores"]) == ({"correct": 0, "tone": "rude"}, {"correct": 1, "tone": "kind"})
    assert (new["outputPreview"], new["latency"], new["cost"], new["isError"]) == ("out of new-b", 1.0, 0.5, False)
    assert answer["items"][2]["runs"][1] is None
    tallies = {tally["measure"]: tally for tally in answer["tallies"]}
    assert tallies["correct"] == {
        "runName": NEW,
        "measure": "correct",
        "isScore": True,
        "direction": "higher",
        "better": 1,
        "worse": 0,
        "equal": 1,
        "different": 0,
    }
    assert (tallies["latency"]["equal"], tallies["cost"]["equal"]) == (2, 2)
    page = await teller.own(f"{teller.runs_path()}/compare?run={OLD}&run={NEW}&limit=1&page=3")
    assert [item["datasetItemId"] for item in page["items"]] == ["c"]
    assert page["meta"] == {"page": 3, "limit": 1, "totalItems": 3, "totalPages": 3}


async def test_a_score_config_says_which_way_is_better(teller: Teller) -> None:
    await fill(teller)

    async def tallied() -> tuple[str, int, int, int, int]:
        answer = await teller.own(f"{teller.runs_path()}/compare?run={OLD}&run={NEW}")
        correct = next(tally for tally in answer["tallies"] if tally["measure"] == "correct")
        direction, *counts = (correct[key] for key in ("direction", "better", "worse", "equal", "different"))
        return (direction, *counts)

    assert await tallied() == ("higher", 1, 0, 1, 0)
    await teller.post("/score-configs", {"name": "correct", "dataType": "NUMERIC", "direction": "lower"})
    assert await tallied() == ("lower", 0, 1, 1, 0)
    await teller.post("/score-configs", {"name": "correct", "dataType": "BOOLEAN", "direction": "none"})
    assert await tallied() == ("none", 0, 0, 1, 1)


async def test_an_item_that_stands_below_the_root_counts_with_what_lies_below_it(teller: Teller) -> None:
    await teller.spans("spans", "a", "a" * 32)
    [run] = (await teller.own(teller.runs_path()))["data"]
    assert run["latency"]["mean"] == 1.0  # of the task, not of the evaluators beside it
    assert run["totalCost"] is None


async def test_a_trace_that_two_items_share_is_counted_once(teller: Teller) -> None:
    await teller.trace("shared")
    await teller.link("first", "a", "shared", observationId="shared-gen")
    await teller.link("first", "b", "shared")
    await teller.score("of one", 1, traceId="shared", observationId="shared-gen")
    [run] = (await teller.own(teller.runs_path()))["data"]
    assert (run["itemCount"], run["traceCount"]) == (2, 2)
    assert [score["count"] for score in run["scores"]] == [1]


async def test_a_comparison_needs_two_runs_that_are_there(teller: Teller) -> None:
    await fill(teller)
    compare = f"{teller.runs_path()}/compare"
    await teller.own(compare, 400)
    await teller.own(f"{compare}?run={OLD}", 400)
    await teller.own(f"{compare}?" + "&".join([f"run={OLD}"] * 11), 400)
    await teller.own(f"{compare}?run={OLD}&run=none", 404)
    await teller.own("/datasets/none/runs/compare?run=a&run=b", 404)
    beyond = await teller.own(f"{compare}?run={OLD}&run={NEW}&page=9")
    assert beyond["items"] == []
