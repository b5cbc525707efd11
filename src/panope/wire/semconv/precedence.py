"""Who is asked first: the order of the dialects for input and output, for the type, and for every scalar field."""

from typing import Any, Final

from panope.wire.semconv.dialects import (
    flue,
    genai,
    google,
    langchain,
    langfuse,
    litellm,
    livekit,
    logfire,
    openinference,
    traceloop,
    vercel,
)
from panope.wire.semconv.dialects.rules import IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span

IO_RULES: Final[tuple[IoRule, ...]] = (
    langfuse.OBSERVATION_IO,
    google.GENKIT_IO,
    vercel.IO,
    flue.IO,
    genai.DETAILS_EVENT_IO,
    genai.MESSAGE_EVENTS_IO,
    genai.CONTENT_EVENTS_IO,
    google.ADK_IO,
    logfire.PROMPT_IO,
    livekit.IO,
    logfire.EVENTS_IO,
    logfire.REQUEST_IO,
    traceloop.MLFLOW_IO,
    traceloop.CREWAI_IO,
    langchain.IO,
    traceloop.IO,
    openinference.LLAMA_INDEX_IO,
    openinference.AGENTS_IO,
    openinference.VALUE_IO,
    traceloop.BARE_IO,
    logfire.PYDANTIC_AI_IO,
    logfire.TOOL_IO,
    litellm.TOOL_CALL_IO,
    genai.INDEXED_IO,
    openinference.MESSAGES_IO,
    genai.CURRENT_IO,
)
"""The first that yields an input or an output is believed for both."""


def _generation_when_filled(_span: Span, _context: SpanContext, value: Any) -> str | None:
    return "GENERATION" if value else None


_MODEL_TYPES = tuple(
    TypeRule(key, decide=_generation_when_filled)
    for key in (
        "langfuse.observation.model.name", "gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "model"
    )
)  # fmt: skip

TYPE_RULES: Final[tuple[TypeRule, ...]] = (
    langfuse.MISLABELLED,
    langfuse.SENT_TYPE,
    openinference.LLAMA_INDEX_TYPE,
    openinference.KIND_TYPE,
    traceloop.CREWAI_TASK_TYPE,
    genai.OPERATION_TYPE,
    google.GENKIT_TYPE,
    *vercel.OPERATION_TYPES,
    genai.TOOL_NAME_TYPE,
    genai.TOOL_CALL_TYPE,
    *flue.TYPE_RULES,
    livekit.NAME_TYPE,
    traceloop.LLAMA_INDEX_TYPE,
    traceloop.KIND_TYPE,
    logfire.LOG_TYPE,
    *_MODEL_TYPES,
)
"""The first that answers decides; SPAN when none does."""

MODEL: Final = (
    "langfuse.observation.model.name",
    "gen_ai.response.model",
    "ai.model.id",
    "gen_ai.request.model",
    "llm.response.model",
    "llm.model_name",
    "embedding.model_name",
    "model",
)
ENVIRONMENT: Final = ("langfuse.environment", "deployment.environment.name", "deployment.environment")
"""For each: the span's attribute, then the resource's."""
VERSION: Final = ("langfuse.version",)
RELEASE: Final = ("langfuse.release",)
USER_ID: Final = (
    "langfuse.user.id",
    "user.id",
    "langfuse.observation.metadata.langfuse_user_id",
    "langfuse.trace.metadata.langfuse_user_id",
    "ai.telemetry.metadata.userId",
    f"{vercel.CONTEXT}userId",
    f"{traceloop.ASSOCIATION}user_id",
    "llm.user",
    "enduser.id",
)
SESSION_ID: Final = (
    "langfuse.session.id",
    "session.id",
    "langfuse.observation.metadata.langfuse_session_id",
    "langfuse.trace.metadata.langfuse_session_id",
    "ai.telemetry.metadata.sessionId",
    f"{vercel.CONTEXT}sessionId",
    f"{traceloop.ASSOCIATION}session_id",
)
CONVERSATION: Final = ("gen_ai.conversation.id",)
"""What a framework calls a conversation is the session of a trace that names none."""
TAGS: Final = (
    "langfuse.trace.tags",
    "langfuse.tags",
    "langfuse.observation.metadata.langfuse_tags",
    "langfuse.trace.metadata.langfuse_tags",
    "ai.telemetry.metadata.tags",
    f"{vercel.CONTEXT}tags",
    f"{traceloop.ASSOCIATION}tags",
    "tag.tags",
)
PUBLIC: Final = ("langfuse.trace.public", "langfuse.public")
TRACE_NAME: Final = ("langfuse.trace.name",)
TRACE_INPUT: Final = ("langfuse.trace.input",)
TRACE_OUTPUT: Final = ("langfuse.trace.output",)

PROMPT_NAME: Final = ("langfuse.observation.prompt.name", "langfuse.prompt.name")
PROMPT_VERSION: Final = ("langfuse.observation.prompt.version", "langfuse.prompt.version")

AGENT: Final = ("gen_ai.agent.name", "agent.name", "flue.task.agent", "agent_name")
TOOL: Final = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "flue.tool.name")
GRAPH_NODE: Final = ("langgraph_node", "graph.node.id", "traceloop.association.properties.langgraph_node")
THREAD_ID: Final = (
    "gen_ai.conversation.id",
    "thread_id",
    "langgraph.thread_id",
    "gen_ai.openai.thread.id",
    "traceloop.association.properties.thread_id",
)
FINISH_REASON: Final = (
    "gen_ai.response.finish_reasons",
    "gen_ai.response.finish_reason",
    "ai.response.finishReason",
    "llm.response.finish_reason",
    "llm.finish_reason",
    "gen_ai.completion.0.finish_reason",
    "anthropic.message.stop_reason",
)
ERROR_TYPE: Final = ("error.type",)
RETRY_NUMBER: Final = ("retry_number", "retry_count", "retry.count", "retry.attempt", "http.request.resend_count")
NAME: Final = ("gen_ai.tool.name", "genkit:name", "logfire.msg")
"""Names for a span without one; Vercel's operations come after these."""
NAME_KEYS: Final = (*NAME, "ai.toolCall.name", "ai.operationId")

AS_ROOT: Final = ("langfuse.internal.as_root", "langfuse.internal.is_app_root")

UNDERSTOOD: Final = frozenset(
    key
    for keys in (
        MODEL, ENVIRONMENT, VERSION, RELEASE, USER_ID, SESSION_ID, TAGS, PUBLIC, TRACE_NAME, TRACE_INPUT, TRACE_OUTPUT,
        PROMPT_NAME, PROMPT_VERSION, AS_ROOT, *(rule.inputs + rule.outputs for rule in IO_RULES),
        ("langfuse.observation.type", "langfuse.observation.level", "langfuse.observation.status_message",
         "langfuse.observation.completion_start_time", "langfuse.observation.model.parameters"),
    )
    for key in keys
    if key.startswith("langfuse.")
)  # fmt: skip
"""Langfuse's own attributes, whose values are all stored as fields."""
