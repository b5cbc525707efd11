"""Generations 3 to 5: the experiment runner over a dataset and over data of one's own, and batch evaluation."""

import inspect
import json
from urllib.parse import quote

from langfuse import Evaluation, Langfuse
from langfuse.batch_evaluation import EvaluatorInputs
from reporting import RUN, outcome, plain, report, rest

FROM = "fromStartTime=2020-01-01T00:00:00Z"
NAME, RUN_NAME = f"folder/capitals {RUN}", f"try/1 {RUN}"
CAPITALS = {"France": "Paris", "Spain": "Madrid", "Italy": "Rome"}
langfuse = Langfuse()
if not langfuse.auth_check():
    raise SystemExit("the keys do not fit")

made = langfuse.create_dataset(name=NAME, description="capitals")
for country, capital in CAPITALS.items():
    langfuse.create_dataset_item(
        dataset_name=NAME, id=f"{country}-{RUN}", input={"q": country}, expected_output=capital, metadata={"n": 1}
    )


def ask(*, item, **_):
    given = item["input"] if isinstance(item, dict) else item.input
    return "Rome" if given["q"] == "Italy" else "Paris"


def correct(*, output, expected_output, **_):
    return Evaluation(name="correct", value=1 if output == expected_output else 0, comment="compared")


def accuracy(*, item_results, **_):
    values = [found.value for result in item_results for found in result.evaluations]
    return Evaluation(name="accuracy", value=sum(values) / len(values))


dataset = langfuse.get_dataset(NAME)
result = dataset.run_experiment(
    name="try",
    run_name=RUN_NAME,
    description="the first",
    task=ask,
    evaluators=[correct],
    run_evaluators=[accuracy],
    metadata={"model": "m"},
)
local = langfuse.run_experiment(
    name=f"local {RUN}",
    run_name=f"local {RUN}",
    data=[{"input": {"q": "France"}, "expected_output": "Paris"}],
    task=ask,
    evaluators=[correct],
)
langfuse.flush()

run_id = getattr(result, "experiment_id", None) or result.dataset_run_id
scores = rest(f"v2/scores?datasetRunId={run_id}")["data"]
traces = sorted(item.trace_id for item in result.item_results)
found = {
    "run_id": run_id,
    "dataset_id": made.id,
    "urls": [getattr(result, name, None) for name in ("dataset_run_url", "experiment_url")],
    "traces": traces,
    "dataset_run": rest(f"datasets/{quote(NAME, safe='')}/runs/{quote(RUN_NAME, safe='')}"),
    "runs": rest(f"datasets/{quote(NAME, safe='')}/runs")["data"],
    "run_scores": scores,
    "item_scores": [rest(f"v2/scores?traceId={trace}")["data"] for trace in traces],
    "experiments": rest(f"experiments?{FROM}&datasetId={made.id}&fields=metadata,scores")["data"],
    "items": rest(
        f"experiment-items?{FROM}&experimentId={run_id}&fields=dataset,io,metadata,itemMetadata,experimentMetadata,scores"
    )["data"],
    "local": rest(f"experiments?{FROM}&name={quote(f'local {RUN}')}")["data"],
}
if hasattr(langfuse, "get_dataset_run"):
    mine = langfuse.get_dataset_run(dataset_name=NAME, run_name=RUN_NAME)
    found["through_client"] = [mine.name, sorted(item.dataset_item_id for item in mine.dataset_run_items)]
    found["names_through_client"] = [run.name for run in langfuse.get_dataset_runs(dataset_name=NAME).data]


def mapped(*, item):
    return EvaluatorInputs(input=item.input, output=item.output, expected_output=None, metadata={})


def long(*, output, **_):
    return Evaluation(name="length", value=len(output or ""))


scope = {"scope": "observations"} if "scope" in inspect.signature(langfuse.run_batched_evaluation).parameters else {}
batch = langfuse.run_batched_evaluation(
    **scope,
    mapper=mapped,
    evaluators=[long],
    filter=json.dumps([{"type": "stringOptions", "column": "traceId", "operator": "any of", "value": traces}]),
)
langfuse.flush()
found["batch"] = {"processed": batch.total_items_processed, "failed": batch.total_items_failed}
found["lengths"] = len([row for trace in traces for row in rest(f"v2/scores?traceId={trace}&name=length")["data"]])
if hasattr(langfuse, "delete_dataset_run"):
    found["deleted"] = plain(langfuse.delete_dataset_run(dataset_name=NAME, run_name=RUN_NAME))
    found["after"] = outcome(lambda: langfuse.get_dataset_run(dataset_name=NAME, run_name=RUN_NAME))
report(**found)
