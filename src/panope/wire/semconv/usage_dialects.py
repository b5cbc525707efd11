"""What a reader calls the way in which usage was spelled, told by what was sent: nothing is stored for it."""

from typing import Any, Final

from panope.domain.usage import normalise_usage
from panope.wire.semconv.dialects import vercel
from panope.wire.semconv.metering import USAGE_DETAILS
from panope.wire.semconv.text import parse_object

_VERCEL: Final = ("ai.usage.", "Vercel AI SDK attributes")
_BY_ATTRIBUTE: Final = (
    (USAGE_DETAILS, "Langfuse attributes"),
    ("gen_ai.usage.", "OpenTelemetry GenAI attributes"),
    ("llm.token_count.", "OpenInference attributes"),
)
_OPENAI: Final = (("prompt_tokens", "OpenAI completions usage"), ("input_tokens", "OpenAI responses usage"))
"""By a key that they must have; what includes what is known of exactly these shapes alone."""
_ANTHROPIC: Final = frozenset({"cache_read_input_tokens", "cache_creation_input_tokens"})
_CAMEL: Final = "promptTokens"
_PLAIN: Final = frozenset({"input", "output", "total"})
_PARTS: Final = ("usageDetails", "usage")
"""What the ingestion API keeps apart; details win."""


def usage_dialect(usage_sent: str | None, scope: str | None = None) -> str | None:
    """Name the dialect of usage that was sent; None when none was. `scope` is the instrumentation scope of a span."""
    sent = parse_object(usage_sent)
    if not sent:
        return None
    if sent.keys() <= {*_PARTS}:
        part = next(name for name in _PARTS if name in sent)
        return _name_part(part, sent[part] if isinstance(sent[part], dict) else {})
    prefixes = (_VERCEL, *_BY_ATTRIBUTE) if scope == vercel.SCOPE else _BY_ATTRIBUTE
    return next((name for prefix, name in prefixes if any(key.startswith(prefix) for key in sent)), "span attributes")


def _name_part(part: str, sent: dict[str, Any]) -> str:
    if _CAMEL in sent:
        return "Langfuse usage in camel case"
    if not sent or not _PLAIN.isdisjoint(sent):
        return f"Langfuse {part}"
    read = normalise_usage(None, sent).usage
    openai = next((name for key, name in _OPENAI if key in sent and key not in read), None)
    if openai is not None and "input" in read:
        return openai
    return "Anthropic usage" if not _ANTHROPIC.isdisjoint(sent) else "usage details as sent"
