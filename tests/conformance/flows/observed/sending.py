"""What clients of generations 4 and 5 send: one request of an agent, with everything that an observation can hold."""

from datetime import UTC, datetime

from langfuse import observe, propagate_attributes
from langfuse.api import Prompt_Text
from langfuse.model import TextPromptClient
from reporting import RUN

KINDS = ("agent", "tool", "chain", "retriever", "evaluator", "guardrail")
METADATA = {
    "text": "plain",
    "number_in_text": "0",
    "number": 3,
    "list": [1, {"a": None}],
    "nested": {"a": {"b": 1}},
    "größe": "ü",
}


def linked_prompt():
    """A prompt as the client holds it, without asking a server."""
    return TextPromptClient(
        Prompt_Text(name=f"routing-{RUN}", version=3, prompt="x {{y}}", config={}, labels=[], tags=[], type="text")
    )


@observe(as_type="tool")
def decorated(city, *, unit="C"):
    return {"degrees": 21, "unit": unit, "city": city}


@observe()
def streamed():
    yield "one "
    yield "two"


def send(langfuse):
    """Send the request; returns its ids."""
    ids = {}
    with (
        propagate_attributes(
            user_id=f"user-{RUN}",
            session_id=f"session-{RUN}",
            tags=["y", "x"],
            metadata={"tenant": "acme", "attempt": "2"},
            version="v1",
            trace_name=f"request-{RUN}",
        ),
        langfuse.start_as_current_observation(
            name="root", input={"question": "ü – 你好"}, metadata=METADATA, level="DEBUG"
        ) as root,
    ):
        ids |= {"trace": root.trace_id, "root": root.id}
        _send_generations(langfuse, ids)
        for kind in KINDS:
            with langfuse.start_as_current_observation(name=kind, as_type=kind, input=kind):
                langfuse.update_current_span(output=f"{kind} done")
        decorated("Rome", unit="F")
        list(streamed())
        root.create_event(name="cache-miss", level="WARNING", status_message="slow", input="e", metadata={"key": "k"})
        try:
            with langfuse.start_as_current_observation(name="fails"):
                raise ValueError("boom")
        except ValueError:
            pass
        root.update(output={"answer": 2})
        langfuse.set_current_trace_as_public()
        _score(langfuse, root, ids)
    return ids


def _send_generations(langfuse, ids):
    with langfuse.start_as_current_observation(
        name="answer",
        as_type="generation",
        model="gpt-4o",
        model_parameters={"temperature": 0.25, "max_tokens": 10, "stop": ["a", "b"]},
        input=[{"role": "user", "content": "hi"}],
        version="g1",
        prompt=linked_prompt(),
    ) as generation:
        ids["answer"] = generation.id
        langfuse.update_current_generation(completion_start_time=datetime.now(UTC))
        generation.update(
            output={"role": "assistant", "content": "hello"},
            usage_details={"input": 10, "output": 5, "input_cached_tokens": 3},
            metadata={"finish_reason": "stop"},
        )
    for name, usage, cost in (
        ("openai", {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}, None),
        ("priced", {"input": 1, "output": 1}, {"input": 0.01, "output": 0.02}),
        ("total-priced", {"input": 1, "output": 1}, {"total": 0.5}),
    ):
        langfuse.start_observation(
            name=name, as_type="generation", model="gpt-4o", usage_details=usage, cost_details=cost
        ).end()
    langfuse.start_observation(
        name="embedded", as_type="embedding", model="text-embedding-3-small", usage_details={"input": 4}, input="words"
    ).end()


def _score(langfuse, root, ids):
    root.score(name=f"on-root-{RUN}", value=1, data_type="BOOLEAN", score_id=f"b-{RUN}")
    root.score_trace(
        name=f"helpful-{RUN}", value=0.75, comment="fine", metadata={"judge": "human"}, score_id=f"n-{RUN}"
    )
    langfuse.score_current_trace(name=f"label-{RUN}", value="great", score_id=f"c-{RUN}")
    langfuse.score_current_span(name=f"no-{RUN}", value=0, data_type="BOOLEAN", score_id=f"z-{RUN}")
    langfuse.create_score(
        name=f"said-{RUN}", value="in words", data_type="TEXT", trace_id=ids["trace"], score_id=f"t-{RUN}"
    )
    langfuse.create_score(
        name=f"old-{RUN}",
        value=2,
        trace_id=ids["trace"],
        observation_id=ids["answer"],
        timestamp=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        score_id=f"o-{RUN}",
    )
    langfuse.create_score(name=f"session-{RUN}", value=5, session_id=f"session-{RUN}", score_id=f"s-{RUN}")
    langfuse.create_score(name=f"twice-{RUN}", value=1, trace_id=ids["trace"], score_id=f"w-{RUN}")
    langfuse.flush()
    langfuse.create_score(name=f"twice-{RUN}", value=2, trace_id=ids["trace"], score_id=f"w-{RUN}", comment="again")


def send_under(langfuse, trace_id):
    """Send a root into a trace whose id the caller chose, as one does across services."""
    with langfuse.start_as_current_observation(
        name=f"chosen-{RUN}", trace_context={"trace_id": trace_id}, input="in"
    ) as root:
        with langfuse.start_as_current_observation(name="inner", as_type="agent"):
            pass
        root.update(output="out")
        return root.id


def send_many(langfuse, amount):
    """Send a trace of many observations and scores; returns its id."""
    with (
        propagate_attributes(environment="bulk", user_id=f"bulk-{RUN}"),
        langfuse.start_as_current_observation(name=f"bulk-{RUN}") as root,
    ):
        for number in range(amount):
            langfuse.start_observation(name=f"step-{RUN}", input=number).end()
            langfuse.create_score(
                name=f"bulk-{RUN}", value=number, trace_id=root.trace_id, score_id=f"bulk-{RUN}-{number}"
            )
        return root.trace_id
