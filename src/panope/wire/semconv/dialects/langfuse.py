"""Attributes of Langfuse's own SDKs, Python 3 to 5 and JavaScript 4 and 5."""

import re
from datetime import UTC, datetime
from typing import Any, Final

from panope.wire.semconv.dialects.rules import IoRule, SpanContext, TypeRule
from panope.wire.semconv.span import Span
from panope.wire.semconv.text import parse_json

SDK_SCOPE: Final = "langfuse-sdk"

OBSERVATION_IO = IoRule(inputs=("langfuse.observation.input",), outputs=("langfuse.observation.output",))

TYPES: Final = {
    name: name.upper()
    for name in (
        "span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator"
    )
}  # fmt: skip

_GENERATION_KEYS: Final = (
    "langfuse.observation.model.name",
    "langfuse.observation.model.parameters",
    "langfuse.observation.usage_details",
    "langfuse.observation.cost_details",
    "langfuse.observation.completion_start_time",
    "langfuse.observation.prompt.name",
    "langfuse.observation.prompt.version",
)
_LAST_MISLABELLING: Final = (3, 3)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")

LEVELS: Final = {
    "DEBUG": "DEBUG",
    "TRACE": "DEBUG",
    "VERBOSE": "DEBUG",
    "DEFAULT": "DEFAULT",
    "INFO": "DEFAULT",
    "LOG": "DEFAULT",
    "NOTICE": "DEFAULT",
    "OK": "DEFAULT",
    "SUCCESS": "DEFAULT",
    "WARN": "WARNING",
    "WARNING": "WARNING",
    "ERROR": "ERROR",
    "FATAL": "ERROR",
    "CRITICAL": "ERROR",
}


def _mislabelled_generation(span: Span, context: SpanContext, value: Any) -> str | None:
    """Python SDKs up to 3.3 call a generation a span when it was updated late."""
    if value != "span" or context.resource.get("telemetry.sdk.language") != "python":
        return None
    if _release(context.scope.version) > _LAST_MISLABELLING:
        return None
    return "GENERATION" if any(key in span.attributes for key in _GENERATION_KEYS) else None


def _release(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int(part) if _NUMBER.fullmatch(part) else 0 for part in parts) if version else (1 << 30,)


MISLABELLED = TypeRule("langfuse.observation.type", decide=_mislabelled_generation, scope=SDK_SCOPE)
SENT_TYPE = TypeRule("langfuse.observation.type", types=TYPES)


def parse_time_us(value: object) -> int | None:
    """Time in µs of ISO text, plain or quoted as JSON once or twice; None when it is none. Without a zone it is UTC."""
    for _ in range(2):
        if isinstance(value, str) and value[:1] == '"':
            value = parse_json(value)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
