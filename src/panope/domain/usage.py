"""Usage and cost as providers and SDKs report them, brought to one form in which no unit is counted twice.

The form: `usage` maps a usage type to whole units, and the types other than `total` are disjoint, so that each can be
priced by itself and their sum is what the provider charged for. How each shape gets there:

* OpenAI completions, **exactly** `prompt_tokens`, `completion_tokens`, `total_tokens` and optionally
  `prompt_tokens_details`, `completion_tokens_details`: `prompt_tokens` includes what its details name, so
  `input = prompt_tokens - sum of details`, and each detail `k` becomes `input_k`; the same for output.
* OpenAI responses, **exactly** `input_tokens`, `output_tokens`, `total_tokens` and optionally their `_details`:
  likewise.
* One more key than that and nobody knows what includes what: every key is kept as it was sent (Anthropic's
  `cache_read_input_tokens` is such a key, and there `input_tokens` does not include it). A `usage` object has no room
  for other types than input and output; of Anthropic's it keeps the caches, which lie beside them.
* `{input, output, total, unit, inputCost, outputCost, totalCost}`: the client has done the sum already.
* `{promptTokens, completionTokens, totalTokens}`: renamed; costs beside them do not count. In usage details, where
  any key is a usage type, only exactly these three.

Details that name more than the whole are cut where the whole is used up, in the order sent: input with its caches never
exceeds what the provider said. `total` as sent stands, under every spelling; where none was sent it is the sum of all
types.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct, field

from panope.domain.usage_types import stated_totals

PICO_PER_USD: Final = 10**12
MAX_UNITS: Final = 10**15
"""Of one usage type: more was not used, and sums of it would leave int64."""
MAX_COST_PICO: Final = 10**18
"""One million USD per observation and type, for the same reason."""

MAX_TYPES: Final = 100
"""Usage types in one event."""
MAX_TYPE_CHARS: Final = 200

TOTAL: Final = "total"
UNITS: Final = frozenset({"CHARACTERS", "TOKENS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"})

_CAMEL: Final = {"promptTokens": "input", "completionTokens": "output", "totalTokens": TOTAL}
_PLAIN: Final = {"input": "input", "output": "output", TOTAL: TOTAL}
_PLAIN_COSTS: Final = {"inputCost": "input", "outputCost": "output", "totalCost": TOTAL}
_SNAKE: Final = {
    "prompt_tokens": "input",
    "input_tokens": "input",
    "completion_tokens": "output",
    "output_tokens": "output",
    "total_tokens": TOTAL,
}
_BESIDE: Final = ("cache_creation_input_tokens", "cache_read_input_tokens")
_SHAPES: Final = tuple(
    (
        triple,
        frozenset({*triple, "total_tokens"}),
        frozenset({*triple, "total_tokens", *(f"{k}_details" for k in triple)}),
    )
    for triple in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens"))
)
"""The two exact OpenAI shapes: whole of input and of output, keys that must be there, keys that may."""


class NormalisedUsage(Struct, kw_only=True):
    """What one event said about usage, in panope's form."""

    usage: dict[str, int] = field(default_factory=dict)
    """Units by usage type, with `total`; empty when nothing usable was sent."""
    cost: dict[str, int] = field(default_factory=dict)
    """10⁻¹² USD by usage type as far as the usage object itself carried costs; hand it to `normalise_cost`."""
    unit: str | None = None
    dropped: int = 0
    """Entries left out: negative, fractional, no number, beyond every plausible size, or one type too many."""


def normalise_usage(
    usage: Mapping[str, object] | None, usage_details: Mapping[str, object] | None = None
) -> NormalisedUsage:
    """Bring the `usage` object and the usage details of one event to one form; details win per usage type."""
    result = NormalisedUsage()
    if usage:
        _read_usage_object(usage, result)
    if usage_details:
        _read_details(usage_details, result)
    if result.usage and TOTAL not in result.usage:
        stated = stated_totals(result.usage)
        result.usage[TOTAL] = max(stated) if stated else min(sum(result.usage.values()), MAX_UNITS)
    return result


def normalise_cost(cost: Mapping[str, object] | None, given: Mapping[str, int] | None = None) -> dict[str, int]:
    """Convert costs in USD to 10⁻¹² USD and lay them over `given`, costs that came with the usage.

    Only numbers that are not negative count, each exactly as its shortest decimal text. Without a total, input and
    output add up to one as long as there is nothing else: what other types include, the sender alone knows.
    """
    result = dict(given or {})
    for name, value in (cost or {}).items():
        pico = to_pico(value) if _has_room(name, result) else None
        if pico is not None:
            result[name] = pico
    if result and result.keys() <= {"input", "output"}:
        result[TOTAL] = sum(result.values())
    return result


def to_pico(usd: object) -> int | None:
    """Convert an amount in USD to 10⁻¹² USD; None unless it is a number from 0 to a million."""
    if isinstance(usd, bool) or not isinstance(usd, int | float):
        return None
    if not 0 <= usd <= MAX_COST_PICO // PICO_PER_USD:
        return None
    return int((Decimal(repr(usd)) * PICO_PER_USD).to_integral_value())


def _read_usage_object(usage: Mapping[str, object], result: NormalisedUsage) -> None:
    if not _CAMEL.keys().isdisjoint(usage):
        _rename(usage, _CAMEL, result)
        result.unit = "TOKENS"
        return
    if _PLAIN.keys().isdisjoint(usage) and not _SNAKE.keys().isdisjoint(usage):
        if not _read_openai(usage, result):
            _rename(usage, _SNAKE, result)
            _rename(usage, {name: name for name in _BESIDE}, result)
        result.unit = "TOKENS"
        return
    _rename(usage, _PLAIN, result)
    unit = usage.get("unit")
    result.unit = unit if isinstance(unit, str) and unit in UNITS else None
    for name, target in _PLAIN_COSTS.items():
        pico = to_pico(usage[name]) if name in usage else None
        if pico is not None:
            result.cost[target] = pico


def _rename(usage: Mapping[str, object], names: Mapping[str, str], result: NormalisedUsage) -> None:
    for name, target in names.items():
        if name in usage:
            _keep(target, usage[name], result)


def _read_details(details: Mapping[str, object], result: NormalisedUsage) -> None:
    if _read_openai(details, result):
        return
    if details.keys() == _CAMEL.keys():
        _rename(details, _CAMEL, result)
        return
    for name, value in details.items():
        _keep(name, _parse_digits(value) if isinstance(value, str) else value, result)


def _read_openai(usage: Mapping[str, object], result: NormalisedUsage) -> bool:
    """Read one of the two exact OpenAI shapes; False, and nothing read, when it is neither."""
    if "total_tokens" not in usage:
        return False
    for triple, expected, allowed in _SHAPES:
        if not expected <= usage.keys() <= allowed:
            continue
        if not all(_is_units(usage[name]) for name in expected):
            return False
        parts = [
            _split(side, usage[name], usage.get(f"{name}_details")) for side, name in zip(_PLAIN, triple, strict=False)
        ]
        if any(part is None for part in parts):
            return False
        for part in parts:
            result.usage.update(part or {})
        _keep(TOTAL, usage["total_tokens"], result)
        return True
    return False


def _split(side: str, whole: object, details: object) -> dict[str, int] | None:
    """Take the details out of the whole; None when they are no details."""
    left = _to_units(whole)
    if left is None or not isinstance(details, Mapping | None):
        return None
    parts: dict[str, int] = {}
    for name, value in (details or {}).items():
        if value is None:
            continue
        units = _to_units(value)
        if units is None or not _has_room(name, parts):
            return None
        parts[f"{side}_{name}"] = min(units, left)
        left -= parts[f"{side}_{name}"]
    return {side: left, **parts}


def _keep(name: str, value: object, result: NormalisedUsage) -> None:
    if value is None:
        return
    units = _to_units(value) if _has_room(name, result.usage) else None
    if units is None:
        result.dropped += 1
    else:
        result.usage[name] = units


def _has_room(name: str, known: Mapping[str, int]) -> bool:
    return name in known or (len(known) < MAX_TYPES and len(name) <= MAX_TYPE_CHARS)


def _parse_digits(text: str) -> object:
    is_digits = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_UNITS))
    return int(text) if is_digits else text


def _is_units(value: object) -> bool:
    return _to_units(value) is not None


def _to_units(value: object) -> int | None:
    """Whole units; a float without a fraction is one. None for anything that is no plausible amount."""
    if type(value) is int:  # as nearly all are; asking for a union of types takes a microsecond
        return value if 0 <= value <= MAX_UNITS else None
    if not isinstance(value, float) or not 0 <= value <= MAX_UNITS or value != int(value):
        return None
    return int(value)
