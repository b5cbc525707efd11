"""Usage out of attributes, in the one form of `domain.usage`: the types other than `total` share no unit.

How each dialect gets there:

* Langfuse's `usage_details` has been summed by the client and goes through `domain.usage.normalise_usage`.
* GenAI (`gen_ai.usage.*`), OpenInference (`llm.token_count.*`) and Vercel (`ai.usage.*`) name a whole and, under many
  spellings, parts of it. Conventions say that the whole includes its parts, so the parts are taken out of it. Two
  things prove that a sender means otherwise, as with providers that bill caches beside the input: a stated total that
  only adds up when the parts are counted on top, or parts that exceed the whole. Then the whole stands as sent, and a
  total that leaves no room for the parts gives way to the sum.
* Vercel's provider metadata, Google's ADK and LiteLLM add parts that their attributes do not name.
* Instrumentations of Bedrock and Anthropic pass their numbers on as they are, where caches lie beside the input, even
  if some of them add up a total without them; so did Vercel before version 6.
* How input and output are made up of text, images and so on repeats what is counted, but for answers that are no text.
* What no spelling is known for is kept under its own name, beside the total unless there is nothing else.

So nothing is counted twice.
"""

import re
from typing import Any, Final

from msgspec import Struct

from panope.domain.usage import MAX_UNITS, TOTAL
from panope.wire.semconv.dialects import google, litellm, vercel
from panope.wire.semconv.text import parse_object

_CACHED: Final = "input_cached_tokens"
_CREATED: Final = "input_cache_creation"
_REASONING: Final = "output_reasoning_tokens"

_SPELLINGS: Final = {
    "input": "prompt_tokens input_tokens prompt",
    "output": "completion_tokens output_tokens completion",
    TOTAL: "total_tokens total",
    _CACHED: """
        cache_read.input_tokens cache_read_input_tokens cache_read_tokens prompt_details.cache_read input_cached_tokens
        cached_input_tokens prompt_tokens_details.cached_tokens input_tokens_details.cached_tokens cached_tokens
    """,
    _CREATED: """
        cache_creation.input_tokens cache_creation_input_tokens cache_write_tokens prompt_details.cache_write
        cache_write.input_tokens cache_write_input_tokens input_cache_creation
    """,
    "input_audio_tokens": "prompt_details.audio input_audio_tokens",
    _REASONING: """
        reasoning.output_tokens completion_details.reasoning reasoning_tokens output_tokens_details.reasoning_tokens
        completion_tokens_details.reasoning_tokens output_reasoning_tokens experimental.reasoning_tokens
        thoughts_tokens
    """,
    "output_audio_tokens": "completion_details.audio output_audio_tokens audio.output_tokens audio_candidates_tokens",
    "output_image_tokens": "output_image_tokens image.output_tokens image_candidates_tokens",
}
_REPEATED: Final = re.compile(
    r"(text|image|audio|video|document)(_(prompt|cache|candidates|tool_use_prompt)_tokens|"
    r"(\.cache_read)?\.(input|output)_tokens)|cached_content_tokens|audio_tokens|cache_audio_read_tokens"
)
"""How the tokens of Google's models are made up, by its own instrumentation and by Pydantic AI: a part of input may be
one of what was cached as well, so that neither can be taken out."""
_VERCEL_SPELLINGS: Final = {
    "input": "promptTokens inputTokens",
    "output": "completionTokens outputTokens",
    TOTAL: "tokens totalTokens",
    _CACHED: "cachedInputTokens inputTokenDetails.cacheReadTokens",
    _CREATED: "inputTokenDetails.cacheWriteTokens",
    _REASONING: "reasoningTokens outputTokenDetails.reasoningTokens",
}
_REPEATS: Final = frozenset({"inputTokenDetails.noCacheTokens", "outputTokenDetails.textTokens"})
"""What is left of a whole without its parts: known already."""


def _by_spelling(table: dict[str, str]) -> dict[str, tuple[int, str]]:
    return {
        spelling: (rank, name) for name, spellings in table.items() for rank, spelling in enumerate(spellings.split())
    }


_GENERIC: Final = _by_spelling(_SPELLINGS)
_VERCEL: Final = _by_spelling(_VERCEL_SPELLINGS)
_PREFIXES: Final = ("gen_ai.usage.", "llm.token_count.")
_VERCEL_PREFIX: Final = "ai.usage."
_COST_KEY: Final = "gen_ai.usage.cost"
_AFTER: Final = 100
_LAST_RANK: Final = 1000
_WHOLES: Final = frozenset({"input", "output", TOTAL})
_BESIDE_SCOPES: Final = frozenset(
    {
        "opentelemetry.instrumentation.bedrock",
        "opentelemetry.instrumentation.botocore.bedrock-runtime",
        "@traceloop/instrumentation-anthropic",
    }
)
"""Scopes whose caches lie beside the input."""
_HIDING_SCOPES: Final = frozenset({vercel.SCOPE, google.ADK_SCOPE, litellm.SCOPE})


class UsageKeys(Struct, frozen=True):
    """The usage attributes that spans of one kind carry: attribute and usage type, the preferred spelling first."""

    names: tuple[tuple[str, str], ...]
    scope: str


def usage_keys(keys: tuple[str, ...], scope: str) -> UsageKeys:
    """Find the usage attributes among the names of a span's attributes."""
    ranked = []
    for key in keys:
        found = _canonical(key, scope)
        if found is not None:
            ranked.append((*found, key))
    return UsageKeys(tuple((key, name) for _, name, key in sorted(ranked)), scope)


def _canonical(key: str, scope: str) -> tuple[int, str] | None:
    for prefix in _PREFIXES:
        if key.startswith(prefix) and key != _COST_KEY:
            spelling = key[len(prefix) :]
            name = spelling.removeprefix("details.")
            rank, canonical = _GENERIC.get(name, (_LAST_RANK, name))
            if rank == _LAST_RANK and _REPEATED.fullmatch(name):
                return None
            # Details are what the provider said, where the attribute of the same name follows the conventions.
            return rank if name == spelling else rank + _AFTER, canonical
    if scope == vercel.SCOPE and key.startswith(_VERCEL_PREFIX):
        name = key[len(_VERCEL_PREFIX) :]
        rank, canonical = _VERCEL.get(name, (_LAST_RANK, name))
        return None if name in _REPEATS else (rank + len(_GENERIC), canonical)
    return None


def read_usage(attributes: dict[str, Any], keys: UsageKeys) -> tuple[dict[str, int], int]:
    """Usage by type with its total, empty when there is none, and how many attributes had to be left out."""
    usage: dict[str, int] = {}
    dropped = 0
    for key, name in keys.names:
        if name not in usage:
            units = to_units(attributes[key])
            if units is None:
                dropped += 1
            else:
                usage[name] = units
    if keys.scope in _HIDING_SCOPES:
        _add_hidden_parts(attributes, usage, keys.scope)
    if not usage:
        return usage, dropped
    if keys.scope in _BESIDE_SCOPES or (keys.scope == vercel.SCOPE and vercel.has_caches_beside(attributes)):
        usage.pop(TOTAL, None)
    else:
        _separate(usage)
    if TOTAL not in usage:
        usage[TOTAL] = _sum(usage)
    return usage, dropped


def _sum(usage: dict[str, int]) -> int:
    """Of what went in and came out; of everything where neither is told."""
    sides = [units for name, units in usage.items() if name.startswith(("input", "output"))]
    return min(sum(sides or usage.values()), MAX_UNITS)


def to_units(value: object) -> int | None:
    """Whole units; None for what is negative, fractional, no number, or beyond every plausible size."""
    if type(value) is int:
        return value if 0 <= value <= MAX_UNITS else None
    if type(value) is str and value.isascii() and value.isdecimal() and len(value) <= len(str(MAX_UNITS)):
        value = int(value)
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= MAX_UNITS else None


def _separate(usage: dict[str, int]) -> None:
    """Take the parts out of their wholes unless they lie beside them, which a total without them cannot know."""
    if not usage.keys() <= _WHOLES:
        inner = sum(units for name, units in usage.items() if name.startswith("input_"))
        outer = sum(units for name, units in usage.items() if name.startswith("output_"))
        beside = usage.get(TOTAL, 0) - usage.get("input", 0) - usage.get("output", 0)
        if beside != inner + outer:
            if beside != inner or not inner:
                _take_out(usage, "input", inner)
            if beside != outer or beside == inner:
                _take_out(usage, "output", outer)


def _take_out(usage: dict[str, int], side: str, parts: int) -> None:
    whole = usage.get(side)
    if whole is None:
        return
    if parts <= whole:
        usage[side] = whole - parts
    else:
        usage.pop(TOTAL, None)


def _add_hidden_parts(attributes: dict[str, Any], usage: dict[str, int], scope: str) -> None:
    if scope == google.ADK_SCOPE:
        answer = parse_object(attributes.get(google.LLM_RESPONSE)) or {}
        sent = parse_object(answer.get("usage_metadata")) or {}
        _add(usage, _CACHED, sent.get("cached_content_token_count"))
        _add(usage, TOTAL, sent.get("total_token_count"))
        return
    if scope == litellm.SCOPE:
        for name, units in litellm.hidden_parts(attributes).items():
            _add(usage, name, units)
        return
    provider = parse_object(attributes.get(vercel.PROVIDER_METADATA)) or {}
    openai = parse_object(provider.get("openai")) or {}
    _add(usage, _CACHED, openai.get("cachedPromptTokens"))
    _add(usage, _REASONING, openai.get("reasoningTokens"))
    _add(usage, "output_accepted_prediction_tokens", openai.get("acceptedPredictionTokens"))
    _add(usage, "output_rejected_prediction_tokens", openai.get("rejectedPredictionTokens"))
    _add_anthropic(usage, parse_object(provider.get("anthropic")) or {})
    _add_google(usage, parse_object(provider.get("google")) or parse_object(provider.get("vertex")) or {})
    bedrock = parse_object((parse_object(provider.get("bedrock")) or {}).get("usage")) or {}
    _add(usage, _CACHED, bedrock.get("cacheReadInputTokens"))
    _add(usage, _CREATED, bedrock.get("cacheWriteInputTokens", bedrock.get("cacheCreationInputTokens")))


def _add_google(usage: dict[str, int], google: dict[str, Any]) -> None:
    """Version 5 tells of a whole answer only what was asked and said; the total shows that thoughts lie beside it."""
    sent = parse_object(google.get("usageMetadata")) or {}
    _add(usage, _CACHED, sent.get("cachedContentTokenCount"))
    _add(usage, _REASONING, sent.get("thoughtsTokenCount"))
    _add(usage, TOTAL, sent.get("totalTokenCount"))


def _add_anthropic(usage: dict[str, int], anthropic: dict[str, Any]) -> None:
    sent = parse_object(anthropic.get("usage")) or {}
    created = anthropic.get("cacheCreationInputTokens")
    _add(usage, _CACHED, anthropic.get("cacheReadInputTokens", sent.get("cache_read_input_tokens")))
    by_life = parse_object(sent.get("cache_creation")) or {}
    if by_life and _CREATED not in usage:
        _add(usage, f"{_CREATED}_5m", by_life.get("ephemeral_5m_input_tokens"))
        _add(usage, f"{_CREATED}_1h", by_life.get("ephemeral_1h_input_tokens"))
    else:
        _add(usage, _CREATED, sent.get("cache_creation_input_tokens") if created is None else created)


def _add(usage: dict[str, int], name: str, value: object) -> None:
    units = to_units(value)
    if units and name not in usage:
        usage[name] = units
