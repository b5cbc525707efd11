"""What a reader calls the way in which usage was spelled, told by what was sent: nothing is stored for it."""

from typing import Final

from panope.wire.semconv.dialects import vercel
from panope.wire.semconv.metering import USAGE_DETAILS
from panope.wire.semconv.text import parse_object

_VERCEL: Final = ("ai.usage.", "Vercel AI SDK attributes")
_BY_ATTRIBUTE: Final = (
    (USAGE_DETAILS, "Langfuse attributes"),
    ("gen_ai.usage.", "OpenTelemetry GenAI attributes"),
    ("llm.token_count.", "OpenInference attributes"),
)
_BY_KEY: Final = (
    ("prompt_tokens", "OpenAI completions usage"),
    ("input_tokens", "OpenAI responses usage"),
    ("promptTokens", "Langfuse usage in camel case"),
)
_PARTS: Final = ("usageDetails", "usage")
"""What the ingestion API keeps apart; details win."""


def usage_dialect(usage_sent: str | None, scope: str | None = None) -> str | None:
    """Name the dialect of usage that was sent; None when none was. `scope` is the instrumentation scope of a span."""
    sent = parse_object(usage_sent)
    if not sent:
        return None
    if sent.keys() <= {*_PARTS}:
        part = next(name for name in _PARTS if name in sent)
        known = sent[part] if isinstance(sent[part], dict) else {}
        return next((name for key, name in _BY_KEY if key in known), f"Langfuse {part}")
    prefixes = (_VERCEL, *_BY_ATTRIBUTE) if scope == vercel.SCOPE else _BY_ATTRIBUTE
    return next((name for prefix, name in prefixes if any(key.startswith(prefix) for key in sent)), "span attributes")
