"""Generation 2: items of a dataset linked by hand, by `observe` and by a run in a trace, and the guide's own way."""

from datetime import UTC, datetime

from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe
from reporting import RUN, outcome, report, rest

NAME = f"folder/capitals {RUN}"
langfuse = Langfuse()
langfuse.create_dataset(name=NAME)
for country in ("France", "Spain"):
    langfuse.create_dataset_item(dataset_name=NAME, id=f"{country}-{RUN}", input=country, expected_output="Paris")
dataset = langfuse.get_dataset(NAME)


@observe()
def answer(question):
    return f"about {question}"


traces = {}
for item in dataset.items:
    trace = langfuse.trace(name="linked", input=item.input)
    generation = trace.generation(name="gen", input=item.input, output="x")
    item.link(generation, "by/link", run_description="first", run_metadata={"model": "m"})
    trace.score(name="exact", value=1)
    traces[item.id] = trace.id
for item in dataset.items:
    with item.observe(run_name="by observe") as trace_id:
        answer(item.input)
        traces[f"observed {item.id}"] = trace_id
langfuse_context.flush()

correct = []
for item in dataset.items:  # as the operations guide does it
    trace = langfuse.trace(name="experiment", metadata={"experiment": "routing-v2", "dataset_item_id": item.id})
    correct.append(item.input == "France")
    trace.score(name="correctness", value=1 if correct[-1] else 0)
    traces[f"guided {item.id}"] = trace.id
langfuse.flush()

runs = langfuse.get_dataset_runs(NAME)
report(
    traces=traces,
    runs=sorted(run.name for run in runs.data),
    linked=langfuse.get_dataset_run(NAME, "by/link"),
    observed=langfuse.get_dataset_run(NAME, "by observe"),
    guided=langfuse.get_dataset_run(NAME, "routing-v2"),
    unknown=outcome(lambda: langfuse.get_dataset_run(NAME, "none")),
    experiments=rest(f"experiments?fromStartTime=2020-01-01T00:00:00Z&datasetId={dataset.id}")["data"],
    now=datetime.now(UTC),
)
