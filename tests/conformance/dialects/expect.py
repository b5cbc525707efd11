"""The words in which it is said what a recording must become: `trace` with observations `seen` in it."""

from typing import Any, Final

from msgspec import Struct, field

from tests.conformance.recording.models import world

PICO: Final = 10**12
QUESTION: Final = "What is the weather in Paris?"
REFUSED: Final = world.REFUSAL
TOOL_TEXT: Final = world.TOOL_TEXT
WEATHER: Final = world.WEATHER
GREETING: Final = world.GREETING
CALL: Final = 'call get_weather {"city": "Paris"}'

ASKING: Final = {"input": 56, "input_cached_tokens": 64, "output": 16, "output_reasoning_tokens": 8, "total": 144}
"""The call of a model that asks for a tool, by OpenAI's and Gemini's count; each part once."""
ANSWERING: Final = {"input": 32, "input_cached_tokens": 128, "output": 12, "total": 172}
GREETED: Final = {"input": 30, "output": 6, "total": 36}
EMBEDDED: Final = {"input": 9, "total": 9}
ASKING_CREATED: Final = {
    "input": 46, "input_cached_tokens": 64, "input_cache_creation": 10, "output": 24, "total": 144
}  # fmt: skip
"""The same by Anthropic's and Bedrock's count, which know of writes to the cache and of no reasoning."""

PRICES: Final = {
    "gpt-4o-mini": {"input": 0.15, "input_cached_tokens": 0.075, "output": 0.6, "output_reasoning_tokens": 0.6},
    "text-embedding-3-small": {"input": 0.02},
    "claude-sonnet-4-5": {"input": 3, "input_cached_tokens": 0.3, "input_cache_creation": 3.75, "output": 15},
    "nova-lite": {"input": 0.06, "input_cached_tokens": 0.015, "input_cache_creation": 0.06, "output": 0.24},
    "claude-3-5-sonnet": {"input": 3, "input_cached_tokens": 0.3, "input_cache_creation": 3.75, "output": 15},
    "gemini-2.5-flash": {"input": 0.3, "input_cached_tokens": 0.03, "output": 2.5, "output_reasoning_tokens": 2.5},
}
"""USD per million tokens, as the providers publish them."""


class Talk(Struct, frozen=True):
    """A conversation, line by line."""

    lines: tuple[str, ...]


class Holds(Struct, frozen=True):
    """Metadata, of which only these entries matter."""

    entries: dict[str, Any]


class Expected(Struct):
    """One trace or observation: its fields, and the observations below it in the order of their start."""

    fields: dict[str, Any]
    below: "list[Expected]" = field(default_factory=list)


def talk(*lines: str) -> Talk:
    """A conversation: `role: text` or `role: call name {arguments}` a line."""
    return Talk(lines)


def cost_of(model: str, usage: dict[str, int]) -> int:
    """What usage of a model costs, in 10⁻¹² USD."""
    return round(sum(units * PRICES[model][name] for name, units in usage.items() if name != "total") * 10**6)


def trace(*below: Expected, **fields: Any) -> Expected:
    """A trace: name, user_id, session_id, tags, input, output, metadata; unless said otherwise nobody is named.

    Its tokens and cost must be the sum over what is expected below.
    """
    expected = _asserted({"user_id": None, "session_id": None, "tags": [], **fields})
    usages = [found.fields.get("usage", {}) for found in _all(below)]
    expected["total_tokens"] = sum(usage.get("total", 0) for usage in usages)
    expected["total_cost"] = sum(found.fields.get("total_cost") or 0 for found in _all(below))
    return Expected(expected, list(below))


def seen(name: str, kind: str, *below: Expected, **fields: Any) -> Expected:
    """An observation that is no model call: it has no usage, no model and no cost."""
    base = {"type": kind, "name": name, "level": "DEFAULT", "model": None, "usage": {}, "total_cost": None}
    return Expected(_asserted({**base, **fields}), list(below))


def called(name: str, usage: dict[str, int], price: str, *below: Expected, model: str, **fields: Any) -> Expected:
    """A priced call of a model: a GENERATION unless its `type` says otherwise."""
    base = {"type": "GENERATION", "name": name, "level": "DEFAULT", "model": model, "usage": usage}
    return Expected(_asserted({**base, "total_cost": cost_of(price, usage), **fields}), list(below))


def _asserted(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields without those that a test leaves open with `...`, as it must where a framework makes up an id."""
    return {name: value for name, value in fields.items() if value is not ...}


def _all(below: "tuple[Expected, ...] | list[Expected]") -> list[Expected]:
    return [found for expected in below for found in (expected, *_all(expected.below))]


_ASKED: Final = f"user: {QUESTION}"
_STEPS: Final = {
    "ask": ((_ASKED,), f"assistant: {CALL}", ASKING),
    "answer": ((_ASKED, f"assistant: {CALL}", f"tool: {TOOL_TEXT}"), f"assistant: {WEATHER}", ANSWERING),
    "greet": (("user: Say hello.",), f"assistant: {GREETING}", GREETED),
}


def turn(
    name: str, step: str, price: str, *below: Expected, model: str, system: str | None = None, **fields: Any
) -> Expected:
    """One of the calls that every script makes: `ask` for the weather, `answer` with the tool's result, `greet`.

    `system` is the system message, where the script gives one.
    """
    sent, answered, usage = _STEPS[step]
    start = () if system is None else (f"system: {system}",)
    told = {"input": talk(*start, *sent), "output": talk(answered)}
    return called(name, fields.pop("usage", usage), price, *below, model=model, **{**told, **fields})


def failed(name: str, kind: str, message: str, *below: Expected, **fields: Any) -> Expected:
    """An observation that ended with an error."""
    return seen(name, kind, *below, level="ERROR", status_message=message, **fields)


def refused(name: str, message: str, *, model: str, system: str | None = None, **fields: Any) -> Expected:
    """The call of a model that was refused: it costs nothing and says what was asked."""
    start = () if system is None else (f"system: {system}",)
    told = {"input": talk(*start, "user: Please refuse."), **fields}
    return failed(name, "GENERATION", message, model=model, **told)


def used(name: str, **fields: Any) -> Expected:
    """The call of the tool, with its arguments and what it gave."""
    told = {"tool": "get_weather", "input": {"city": "Paris"}, "output": TOOL_TEXT}
    return seen(name, "TOOL", **{**told, **fields})
