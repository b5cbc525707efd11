"""Which usage types mean the same units, and which are part of which: the one table of spellings.

Clients spell one kind of token in many ways, and prices are listed under one of them. A *kind* is the name under which
panope lists a price; its spellings are what clients send for the same units. A part is a kind whose units belong to a
larger kind: reasoning tokens are output tokens, so they cost what output costs unless they have a price of their own.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

INPUT: Final = "input"
OUTPUT: Final = "output"
TOTAL: Final = "total"


class UsageKind(Struct, frozen=True):
    """One kind of unit."""

    name: str
    part_of: str | None = None
    """The kind that it is a part of, and whose price stands in for a missing one."""
    is_cache: bool = False
    """Caching has prices of its own that differ widely from plain input. A price list that is silent about it says so
    on purpose when a person wrote it, and means "as input" when it comes with panope."""


def _spell(table: Mapping[UsageKind, str]) -> dict[str, UsageKind]:
    return {spelling: kind for kind, spellings in table.items() for spelling in (kind.name, *spellings.split())}


SPELLINGS: Final = _spell(
    {
        UsageKind(INPUT): "input_tokens inputTokens prompt_tokens promptTokens prompt_token_count promptTokenCount",
        UsageKind(OUTPUT): """
        output_tokens outputTokens completion_tokens completionTokens candidates_token_count candidatesTokenCount
    """,
        UsageKind(TOTAL): "total_tokens totalTokens total_token_count totalTokenCount",
        UsageKind("input_cached_tokens", INPUT, is_cache=True): """
        input_cached input_cache_read input_cache_read_tokens input_cache_read_input_tokens cache_read_input_tokens
        cache_read_tokens cache_read cached_input_tokens cached_tokens cachedInputTokens cacheReadInputTokens
        cached_content_token_count cachedContentTokenCount input_cached_text_tokens
    """,
        UsageKind("input_cache_creation", INPUT, is_cache=True): """
        input_cache_creation_5m input_cache_creation_tokens input_cache_creation_input_tokens input_cache_write
        input_cache_write_tokens cache_creation_input_tokens cache_creation_tokens cache_creation cache_write_tokens
        cache_write_input_tokens cache_write cacheWriteInputTokens cacheCreationInputTokens
        input_ephemeral_5m_input_tokens cache_creation_ephemeral_5m_input_tokens
    """,
        UsageKind("input_cache_creation_1h", "input_cache_creation", is_cache=True): """
        cache_creation_1h cache_write_1h input_ephemeral_1h_input_tokens
    """,
        UsageKind("input_text_tokens", INPUT): "input_text input_modality_1",
        UsageKind("input_audio_tokens", INPUT): "input_audio",
        UsageKind("input_image_tokens", INPUT): "input_image",
        UsageKind("input_video_tokens", INPUT): "input_video",
        UsageKind("input_tool_tokens", INPUT): "tool_use_prompt_token_count toolUsePromptTokenCount",
        UsageKind("input_cached_audio_tokens", "input_cached_tokens", is_cache=True): "cache_audio_read_tokens",
        UsageKind("input_cached_image_tokens", "input_cached_tokens", is_cache=True): "cache_image_read_tokens",
        UsageKind("output_reasoning_tokens", OUTPUT): """
        output_reasoning reasoning_tokens reasoningTokens thoughts_token_count thoughtsTokenCount
    """,
        UsageKind("output_text_tokens", OUTPUT): "output_text output_modality_1",
        UsageKind("output_audio_tokens", OUTPUT): "output_audio",
        UsageKind("output_image_tokens", OUTPUT): "output_image",
        UsageKind("output_video_tokens", OUTPUT): "output_video",
        UsageKind("output_citation_tokens", OUTPUT): "citation_tokens",
        UsageKind("output_accepted_prediction_tokens", OUTPUT): "accepted_prediction_tokens",
        UsageKind("output_rejected_prediction_tokens", OUTPUT): "rejected_prediction_tokens",
        UsageKind("web_searches"): "web_search_requests webSearchQueries web_search_queries",
        UsageKind("storage_searches"): "file_search_requests",
        UsageKind("input_audio_seconds"): "audio_seconds input_seconds",
        UsageKind("input_characters"): "characters",
        UsageKind("input_document_pages"): "document_pages pages_processed",
        UsageKind("input_annotated_document_pages"): "annotated_document_pages",
        UsageKind("input_text_messages"): "text_messages",
    }
)
"""Kind by spelling. What is not listed is a kind of its own, priced only by a price of exactly that name."""

KINDS: Final = {kind.name: kind for kind in SPELLINGS.values()}
"""Kind by its name."""


def amounts_by_kind(usage: Mapping[str, int]) -> dict[str, int]:
    """Units by kind. Two spellings of one kind are the same units said twice: the larger number counts."""
    amounts: dict[str, int] = {}
    for spelling, units in usage.items():
        kind = SPELLINGS.get(spelling)
        if kind is not None:
            amounts[kind.name] = max(units, amounts.get(kind.name, 0))
    return amounts


def root_of(kind: UsageKind) -> str:
    """Name of the largest kind that a kind is part of: `input`, `output`, or itself."""
    while kind.part_of is not None:
        kind = KINDS[kind.part_of]
    return kind.name


def parts_within(usage: Mapping[str, int]) -> dict[str, int]:
    """Units of `input` and `output` that the same usage lists again as their parts; empty when it repeats none.

    Usage lists every unit once, in disjoint types, so that they add up to `total`. Some clients copy a provider's
    answer instead, in which input contains the cached and output the reasoning tokens. The stated total gives that
    away: it is then input plus output, with nothing left for the parts.
    """
    if len(usage) < 4:
        return {}
    amounts = amounts_by_kind(usage)
    if amounts.get(INPUT, 0) + amounts.get(OUTPUT, 0) != min(stated_totals(usage), default=-1):
        return {}
    within: dict[str, int] = {}
    for name, units in amounts.items():
        root = root_of(KINDS[name])
        if root != name:
            within[root] = within.get(root, 0) + units
    return {root: units for root, units in within.items() if 0 < units <= amounts.get(root, 0)}


def stated_totals(usage: Mapping[str, int]) -> list[int]:
    """What was sent as the total, under each of its spellings."""
    return [units for spelling, units in usage.items() if (kind := SPELLINGS.get(spelling)) and kind.name == TOTAL]
