"""Usage in every shape that the SDK passes on, costs, models of the project, the link to a prompt, and deletion."""

from langfuse import Langfuse
from langfuse.api.resources.commons.types.model_usage_unit import ModelUsageUnit
from langfuse.api.resources.models.types.create_model_request import CreateModelRequest
from langfuse.api.resources.prompts.types.prompt import Prompt_Text
from langfuse.model import TextPromptClient
from reporting import RUN, outcome, report

langfuse = Langfuse()
api = langfuse.client.models
own = f"house-model-{RUN}"
created = api.create(
    request=CreateModelRequest(
        model_name=own,
        match_pattern=f"(?i)^({own})$",
        unit=ModelUsageUnit.TOKENS,
        input_price=1e-6,
        output_price=2e-6,
    )
)
found_by_id = api.get(created.id)
listed = [model.id for page in (1, 2, 3) for model in api.list(page=page, limit=100).data if model.id == created.id]

trace = langfuse.trace(id=f"metered-{RUN}", name=f"metered-{RUN}")
prompt = TextPromptClient(
    Prompt_Text(name=f"routing-{RUN}", version=3, prompt="x {{y}}", config={}, labels=[], tags=[], type="text")
)


def call(name, **options):
    trace.generation(id=f"{name}-{RUN}", name=name, **options).end(output="x")


call("plain", model="gpt-4o", usage={"input": 1000, "output": 200})
call("openai", model="gpt-4o", usage={"promptTokens": 11, "completionTokens": 7, "totalTokens": 18})
call("snake", model="gpt-4o", usage={"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7})
call("total-only", model="gpt-4o", usage={"total": 9})
call("characters", model=own, usage={"input": 40, "output": 2, "unit": "CHARACTERS"})
call(
    "priced",
    model="gpt-4o",
    usage={"input": 1, "output": 1, "input_cost": 0.01, "output_cost": 0.02, "total_cost": 0.03},
)
call(
    "details",
    model="gpt-4o",
    usage_details={"input": 100, "output": 40, "input_cached_tokens": 60, "total": 200},
    cost_details={"input": 0.5, "output": 0.25},
)
call(
    "openai-details",
    model="gpt-4o",
    usage_details={
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 30},
        "completion_tokens_details": {"reasoning_tokens": 20},
    },
)
call("own", model=own, usage={"input": 10_000, "output": 1_000})
call("unknown", model=f"nobody-{RUN}", usage={"input": 3, "output": 4})
call("long", input="é" * 100_000)
call("linked", model="gpt-4o", prompt=prompt, usage={"input": 1, "output": 1})
late = trace.generation(id=f"late-{RUN}", name="late", model=own)
langfuse.flush()
late.end(usage={"input": 2_000_000, "output": 500_000})
alone = langfuse.generation(name=f"alone-{RUN}", model="gpt-4o", usage={"input": 1, "output": 1})
alone.end(output="y")
langfuse.trace(id=f"doomed-{RUN}", name=f"doomed-{RUN}").span(id=f"doomed-span-{RUN}", name="s")
langfuse.score(id=f"doomed-score-{RUN}", trace_id=f"doomed-{RUN}", name="s", value=1)
langfuse.flush()

whole = langfuse.fetch_trace(trace.id).data
listed_trace = langfuse.fetch_traces(name=f"metered-{RUN}").data[0]
api.delete(created.id)
deletion = langfuse.client.trace.delete(f"doomed-{RUN}")

report(
    model=created,
    model_found=found_by_id,
    model_listed=listed,
    model_deleted=outcome(lambda: api.get(created.id)),
    trace=whole,
    listed_cost=listed_trace.total_cost,
    alone=langfuse.fetch_trace(alone.trace_id).data,
    deletion=deletion,
    doomed=outcome(lambda: langfuse.fetch_trace(f"doomed-{RUN}")),
    doomed_span=outcome(lambda: langfuse.fetch_observation(f"doomed-span-{RUN}")),
    doomed_score=outcome(lambda: langfuse.client.score.get_by_id(f"doomed-score-{RUN}")),
    doomed_listed=langfuse.fetch_traces(name=f"doomed-{RUN}").data,
)
