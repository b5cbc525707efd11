"""Generation 3: traces are told what they are by `update_trace`; read by every way that its client has."""

from datetime import UTC, datetime, timedelta

from langfuse import Langfuse, observe, propagate_attributes
from langfuse.api.resources.commons.types.model_usage_unit import ModelUsageUnit
from langfuse.api.resources.models.types.create_model_request import CreateModelRequest
from langfuse.api.resources.score.types.create_score_request import CreateScoreRequest
from observed.walking import EVERY_FIELD, walked_ids
from reporting import RUN, outcome, report

AMOUNT = 25
METADATA = {
    "text": "plain",
    "number_in_text": "0",
    "number": 3,
    "list": [1, {"a": None}],
    "nested": {"a": {"b": 1}},
    "größe": "ü",
}
langfuse = Langfuse(environment="staging", release="rel-7")
ids = {}


@observe(as_type="generation")
def decorated(question):
    langfuse.update_current_generation(model="gpt-4o", usage_details={"input": 2, "output": 1})
    return f"answer to {question}"


with langfuse.start_as_current_span(name="root", input={"question": "ü – 你好"}, level="DEBUG") as root:
    ids |= {"trace": root.trace_id, "root": root.id}
    root.update_trace(
        name=f"request-{RUN}",
        user_id=f"user-{RUN}",
        session_id=f"session-{RUN}",
        tags=["y", "x"],
        metadata=METADATA,
        version="v1",
        public=True,
    )
    with langfuse.start_as_current_generation(
        name="answer",
        model="gpt-4o",
        model_parameters={"temperature": 0.25, "max_tokens": 10, "stop": ["a", "b"]},
        input=[{"role": "user", "content": "hi"}],
        metadata={"finish_reason": "stop"},
    ) as generation:
        ids["answer"] = generation.id
        generation.update(
            completion_start_time=datetime.now(UTC),
            output={"role": "assistant", "content": "hello"},
            usage_details={"input": 10, "output": 5, "input_cached_tokens": 3},
        )
        langfuse.score_current_span(name=f"tone-{RUN}", value="calm", score_id=f"c-{RUN}")
    root.start_generation(
        name="priced", model="gpt-4o", usage_details={"input": 1}, cost_details={"input": 0.01, "output": 0.02}
    ).end()
    with langfuse.start_as_current_observation(name="lookup", as_type="tool", input="q", output="row"):
        langfuse.update_current_trace(output={"total": 1}, tags=["z"])
    decorated("what?")
    langfuse.create_event(name="cache-miss", level="WARNING", status_message="slow", input="e", metadata={"key": "k"})
    try:
        with langfuse.start_as_current_span(name="fails"):
            raise ValueError("boom")
    except ValueError:
        pass
    root.score_trace(
        name=f"helpful-{RUN}", value=0.75, comment="fine", metadata={"judge": "human"}, score_id=f"n-{RUN}"
    )
    root.score(name=f"ok-{RUN}", value=1, data_type="BOOLEAN", score_id=f"b-{RUN}")
    root.update(output={"answer": 2})
langfuse.create_score(name=f"session-{RUN}", value=5, session_id=f"session-{RUN}", score_id=f"s-{RUN}")

with (
    propagate_attributes(user_id=f"bulk-{RUN}", tags=["bulk"]),
    langfuse.start_as_current_span(name=f"bulk-{RUN}") as bulk,
):
    for number in range(AMOUNT):
        bulk.start_span(name=f"step-{RUN}", input=number).end()
langfuse.flush()

api = langfuse.api
recently = datetime.now(UTC) - timedelta(minutes=10)
walked = walked_ids(api.observations_v_2.get_many, trace_id=bulk.trace_id, limit=7)
own = f"house-model-{RUN}"
model = api.models.create(
    request=CreateModelRequest(
        model_name=own, match_pattern=f"(?i)^({own})$", unit=ModelUsageUnit.TOKENS, input_price=1e-6, output_price=2e-6
    )
)
found = api.models.get(model.id)
api.models.delete(model.id)
posted = api.score.create(request=CreateScoreRequest(id=f"p-{RUN}", name="posted", value=1, trace_id=bulk.trace_id))
report(
    ids=ids,
    auth=langfuse.auth_check(),
    auth_with_wrong_secret=outcome(Langfuse(public_key="pk-lf-else", secret_key="sk-lf-wrong").auth_check),
    projects=api.projects.get().data,
    trace_url=langfuse.get_trace_url(trace_id=ids["trace"]),
    trace=api.trace.get(ids["trace"]),
    row=api.trace.list(name=f"request-{RUN}").data[0],
    by_user=[row.id for row in api.trace.list(user_id=f"user-{RUN}").data],
    by_tags=[row.id for row in api.trace.list(user_id=f"user-{RUN}", tags=["x", "z"]).data],
    by_other_tags=[row.id for row in api.trace.list(user_id=f"user-{RUN}", tags=["x", "q"]).data],
    since=[row.id for row in api.trace.list(user_id=f"user-{RUN}", from_timestamp=recently).data],
    observation=api.observations.get(ids["answer"]),
    failures=[row.name for row in api.observations.get_many(trace_id=ids["trace"], level="ERROR").data],
    observations_v2=api.observations_v_2.get_many(trace_id=ids["trace"], fields=EVERY_FIELD).data,
    walked=walked,
    scores=api.score_v_2.get(trace_id=ids["trace"]).data,
    score=api.score_v_2.get_by_id(f"n-{RUN}"),
    session_scores=api.score_v_2.get(session_id=f"session-{RUN}").data,
    session=api.sessions.get(f"session-{RUN}"),
    model=model,
    model_found=found,
    model_deleted=outcome(lambda: api.models.get(model.id)),
    posted=posted,
    posted_read=api.score_v_2.get_by_id(f"p-{RUN}"),
    score_deletion=outcome(lambda: api.score.delete(f"p-{RUN}")),
    deleted_score=outcome(lambda: api.score_v_2.get_by_id(f"p-{RUN}")),
    deletion=api.trace.delete(bulk.trace_id),
    deleted=outcome(lambda: api.trace.get(bulk.trace_id)),
)
langfuse.shutdown()
