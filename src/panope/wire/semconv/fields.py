"""The fields of an observation that single attributes speak of: how each is read, and from which attributes.

A step is given those of its attributes that the span carries, in the order of preference, and writes into the draft.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeAlias

from msgspec import Struct

from panope.wire.langfuse.environment import normalise_environment
from panope.wire.langfuse.events.traces import MAX_PROMPT_VERSION
from panope.wire.semconv import precedence
from panope.wire.semconv.dialects.langfuse import parse_time_us
from panope.wire.semconv.draft import Draft, cut, fits
from panope.wire.semconv.text import as_text, parse_array, parse_object

Step: TypeAlias = Callable[[Draft, tuple[str, ...]], None]

_MAX_COLUMN_CHARS: Final = 200
_ENUM: Final = "FinishReason."
_CLASS: Final = "<class '"
"""What Semantic Kernel puts before a reason and around an error: Python's words for its objects."""
_MAX_RETRY: Final = 1_000_000
_EXACT_FLOAT: Final = 1 << 53


class FieldRule(Struct, frozen=True):
    """One field: its step and the attributes it reads, the preferred first."""

    step: Step
    keys: tuple[str, ...]


def first_filled(attributes: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """Value of the first of the attributes that is not an empty text; None when there is none."""
    for key in keys:
        value = attributes[key]
        if value != "":
            return value
    return None


def _text_step(name: str) -> Step:
    def step(draft: Draft, keys: tuple[str, ...]) -> None:
        value = first_filled(draft.attributes, keys)
        if value is not None:
            draft.values[name] = cut(as_text(value), draft.repairs)

    return step


def _column_step(name: str) -> Step:
    def step(draft: Draft, keys: tuple[str, ...]) -> None:
        value = first_filled(draft.attributes, keys)
        if value is not None:
            draft.values[name] = as_text(value)[:_MAX_COLUMN_CHARS]

    return step


_environment = lru_cache(1024)(normalise_environment)
_MAX_REMEMBERED_CHARS: Final = 100


def find_environment(attributes: dict[str, Any], resource: dict[str, Any]) -> str | None:
    """Environment by the first name that the span or else the resource carries; None when neither says."""
    for key in precedence.ENVIRONMENT:
        value = attributes.get(key) or resource.get(key)
        if value:
            is_short = isinstance(value, str) and len(value) <= _MAX_REMEMBERED_CHARS
            return _environment(value) if is_short else normalise_environment(value)
    return None


def _read_environment(draft: Draft, _keys: tuple[str, ...]) -> None:
    found = find_environment(draft.attributes, draft.facts.context.resource)
    if found is not None:
        draft.values["environment"] = found


def _read_finish_reason(draft: Draft, keys: tuple[str, ...]) -> None:
    value = first_filled(draft.attributes, keys)
    reasons = parse_array(value)
    if reasons is not None:
        value = reasons[0] if reasons else None
    if value is not None and value != "":
        text = as_text(value)[:_MAX_COLUMN_CHARS]
        draft.values["finish_reason"] = text[len(_ENUM) :].lower() if text.startswith(_ENUM) else text


def _read_error_type(draft: Draft, keys: tuple[str, ...]) -> None:
    value = first_filled(draft.attributes, keys)
    if value is not None:
        text = as_text(value)[:_MAX_COLUMN_CHARS]
        if text.startswith(_CLASS):
            text = text.removeprefix(_CLASS).rstrip("'>").rpartition(".")[2]
        draft.values["error_type"] = text


def _read_retry(draft: Draft, keys: tuple[str, ...]) -> None:
    value = whole(first_filled(draft.attributes, keys))
    if value is not None and 0 <= value <= _MAX_RETRY:
        draft.values["retry_number"] = value


def whole(value: object) -> int | None:
    """An integer given as one, as a float without a fraction or as decimal digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < len(str(1 << 63)):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT_FLOAT:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_true(value: object) -> bool:
    """Whether a flag was set, as a boolean or as text."""
    return value is True or value == "true"


def _read_app_root(draft: Draft, keys: tuple[str, ...]) -> None:
    """A span that stands as root although it names a parent, which may lie in another system or nowhere."""
    if any(is_true(draft.attributes.get(key)) for key in keys):
        draft.values["is_app_root"] = True


_CHUNK_KEYS: Final = {
    "ai.response.msToFirstChunk": 1_000,
    "ai.stream.msToFirstChunk": 1_000,
    "gen_ai.response.time_to_first_chunk": 1_000_000,
    "gen_ai.client.operation.time_to_first_chunk": 1_000_000,
}
"""Attributes that say how long the first piece of a stream took, with their unit in µs."""
_MAX_CHUNK_US: Final = 10**13
_FIRST_TOKEN_EVENTS: Final = frozenset({"First Token Stream Event", "gen_ai.content.completion.chunk"})
_SENT_COMPLETION_START: Final = "langfuse.observation.completion_start_time"


def _read_completion_start(draft: Draft, keys: tuple[str, ...]) -> None:
    value = draft.attributes[keys[0]]
    if keys[0] == _SENT_COMPLETION_START:
        moment = parse_time_us(value)
    elif isinstance(value, int | float) and 0 <= value * _CHUNK_KEYS[keys[0]] <= _MAX_CHUNK_US:
        moment = draft.start_us + math.ceil(value * _CHUNK_KEYS[keys[0]])
    else:
        moment = None
    if moment is not None and fits(moment, draft.latest_us):
        draft.values["completion_start_time"] = moment
    else:
        draft.repairs.add("dropped_completion_start_time")


def read_first_token(draft: Draft) -> None:
    """Set `completion_start_time` by the event that tells of the first piece of a stream, unless it is known."""
    for event in draft.span.events:
        if event.name in _FIRST_TOKEN_EVENTS:
            moment = event.time_ns // 1000
            if fits(moment, draft.latest_us):
                draft.values.setdefault("completion_start_time", moment)
            return


_VERCEL_PROMPT: Final = "ai.telemetry.metadata.langfusePrompt"


def _read_prompt(draft: Draft, keys: tuple[str, ...]) -> None:
    if draft.values["type"] != "GENERATION":
        return
    attributes = draft.attributes
    name = first_filled(attributes, tuple(key for key in precedence.PROMPT_NAME if key in keys))
    version = first_filled(attributes, tuple(key for key in precedence.PROMPT_VERSION if key in keys))
    if name is None and _VERCEL_PROMPT in keys:
        linked = parse_object(attributes[_VERCEL_PROMPT]) or {}
        name, version = linked.get("name"), linked.get("version")
    number = whole(version)
    if isinstance(name, str) and name and number is not None and 0 < number <= MAX_PROMPT_VERSION:
        draft.values["prompt"] = [name, number]
    elif name is not None or version is not None:
        draft.repairs.add("dropped_prompt_link")


OBSERVATION_FIELDS: Final[tuple[FieldRule, ...]] = (
    FieldRule(_read_environment, precedence.ENVIRONMENT),
    FieldRule(_text_step("version"), precedence.VERSION),
    FieldRule(_read_app_root, precedence.AS_ROOT),
    FieldRule(_read_completion_start, (_SENT_COMPLETION_START, *_CHUNK_KEYS)),
    FieldRule(_read_prompt, (*precedence.PROMPT_NAME, *precedence.PROMPT_VERSION, _VERCEL_PROMPT)),
    FieldRule(_column_step("agent"), precedence.AGENT),
    FieldRule(_column_step("tool"), precedence.TOOL),
    FieldRule(_column_step("graph_node"), precedence.GRAPH_NODE),
    FieldRule(_column_step("thread_id"), precedence.THREAD_ID),
    FieldRule(_read_finish_reason, precedence.FINISH_REASON),
    FieldRule(_read_error_type, precedence.ERROR_TYPE),
    FieldRule(_read_retry, precedence.RETRY_NUMBER),
)
MODEL_FIELD: Final = FieldRule(_text_step("model"), precedence.MODEL)
"""Left out for sums over several calls."""
