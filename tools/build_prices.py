"""Write the price table that ships with panope, from the `genai-prices` package (MIT) and a supplement of our own.

    python tools/build_prices.py [--check]

The output depends on nothing but its two sources: run it after raising the version of `genai-prices` and commit what
changes. `--check` writes nothing and fails when the committed table differs.
"""

import argparse
import json
import re
import sys
import tomllib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from genai_prices import types
from genai_prices.data import providers

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/panope/features/pricing/managed_prices.json"
SUPPLEMENT = ROOT / "tools/prices_supplement.toml"
NAMESPACE = uuid.UUID("5c1a63a4-5d0f-5b0e-9d0c-6f0d6d4e7a11")

MAKERS = {
    "openai": "openai azure azure_openai azure-openai openai_chat openai-chat openai-responses",
    "anthropic": "anthropic",
    "google": "google gemini google_genai google-genai google-gla google-vertex google_vertexai vertex_ai vertexai "
    "vertex google_ai_studio google_anthropic_vertex",
    "mistral": "mistral mistralai mistral_ai",
    "x-ai": "xai x-ai x_ai",
    "deepseek": "deepseek deepseek-ai",
    "cohere": "cohere cohere_chat",
    "moonshotai": "moonshot moonshotai",
    "zai": "zai z-ai z_ai zai-org",
    "zhipuai": "zhipuai zhipu",
    "minimax": "minimax",
    "meta": "meta meta_llama",
    "voyageai": "voyage voyageai",
    "elevenlabs": "elevenlabs",
    "typesafe": "typesafe",
}
"""Who makes models, in order of preference, with the prefixes that name them. A maker's model is matched under any
path prefix: whatever gateway it is reached by, this is its price unless that gateway's own is known."""

HOSTS = {
    "perplexity": "perplexity pplx",
    "arcee": "arcee arcee-ai",
    "cursor": "cursor",
    "aws": "bedrock bedrock_converse aws_bedrock amazon_bedrock amazon-bedrock aws amazon",
    "azure": "azure azure_ai azure_openai azure-openai azureml",
    "groq": "groq",
    "together": "together_ai together together-ai togethercomputer",
    "fireworks": "fireworks_ai fireworks fireworks-ai",
    "cerebras": "cerebras",
    "databricks": "databricks",
    "cloudflare": "cloudflare workers-ai",
    "baseten": "baseten",
    "novita": "novita",
    "ovhcloud": "ovhcloud",
    "doubleword": "doubleword",
    "avian": "avian",
    "modal": "modal",
    "huggingface_together": "huggingface/together",
    "huggingface_fireworks-ai": "huggingface/fireworks-ai",
    "huggingface_groq": "huggingface/groq",
    "huggingface_cerebras": "huggingface/cerebras",
    "huggingface_novita": "huggingface/novita",
    "huggingface_nebius": "huggingface/nebius",
    "huggingface_nscale": "huggingface/nscale",
    "huggingface_hyperbolic": "huggingface/hyperbolic",
    "huggingface_sambanova": "huggingface/sambanova",
    "huggingface_ovhcloud": "huggingface/ovhcloud",
    "huggingface_publicai": "huggingface/publicai",
    "openrouter": "openrouter",
    "quicksilverpro": "quicksilverpro",
    "github-copilot": "github_copilot github-copilot",
    "openai-decisions": "openai-decisions",
}
"""Who serves models of others, in order of preference for a name without a prefix that no maker claims."""

PREFIXES = {prefix for prefixes in [*MAKERS.values(), *HOSTS.values()] for prefix in prefixes.split()}
"""`openai/gpt-4o` is a name of the maker's, though a marketplace uses it as well."""

DEEP_PATHS = ("amazon", "fireworks", "gemini")
"""Hosts that put a path of their own between prefix and name, by the first of their prefixes in order."""

VENDOR_DOT = r"(?:[\w-]+\.)?anthropic\."
"""How AWS names the models of others: `us.anthropic.`, `anthropic.`."""

USAGE_TYPES = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "input_cached_tokens",
    "cache_write_mtok": "input_cache_creation",
    "cache_write_1h_mtok": "input_cache_creation_1h",
    "input_audio_mtok": "input_audio_tokens",
    "output_audio_mtok": "output_audio_tokens",
    "cache_audio_read_mtok": "input_cached_audio_tokens",
    "input_image_mtok": "input_image_tokens",
    "output_image_mtok": "output_image_tokens",
    "cache_image_read_mtok": "input_cached_image_tokens",
    "input_video_mtok": "input_video_tokens",
    "output_video_mtok": "output_video_tokens",
    "output_reasoning_mtok": "output_reasoning_tokens",
    "output_citation_mtok": "output_citation_tokens",
    "input_mchars": "input_characters",
    "input_audio_hours": "input_audio_seconds",
    "audio_hours": "input_audio_seconds",
    "input_document_kpages": "input_document_pages",
    "input_annotated_document_kpages": "input_annotated_document_pages",
    "input_text_messages_kcount": "input_text_messages",
    "web_searches_kcount": "web_searches",
    "storage_searches_kcount": "storage_searches",
}
"""panope's usage type of every price that is imported. A price per request is left out: no usage counts requests."""

UNITS = {"input_characters": "CHARACTERS", "input_audio_seconds": "SECONDS"}
MILLION = Decimal(10**6)
CONTEXT_PATTERN = "^(input|prompt|cache)"
"""The usage types that fill a context window."""
_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_HALF_HOURS = [time(minute // 60, minute % 60, tzinfo=UTC) for minute in range(0, 24 * 60, 30)]

Prices = dict[str, Decimal]


@dataclass
class Alternative:
    """One way in which a name may match: the whole of it, without a prefix."""

    regex: str
    sample: str
    """A name that it matches, in lower case."""

    def __post_init__(self) -> None:
        self.compiled = re.compile(self.regex, re.IGNORECASE)
        self.is_literal = re.escape(self.sample) == self.regex

    def matches(self, name: str) -> bool:
        """Whether it matches a whole name."""
        return self.sample == name.lower() if self.is_literal else bool(self.compiled.fullmatch(name))


@dataclass
class Family:
    """One model of one provider with its prices over time."""

    name: str
    pattern: str
    versions: list[dict[str, Any]]
    alternatives: list[Alternative] = field(default_factory=list)


class Claims:
    """The bare names that families so far have claimed, so that a later one cannot take them."""

    def __init__(self, alternatives: Iterable[Alternative] = ()) -> None:
        self._literals: set[str] = set()
        self._open: list[Alternative] = []
        self._samples: list[str] = []
        self.add(alternatives)

    def clash(self, alternative: Alternative) -> bool:
        """Whether an alternative would match a claimed name, or its sample is claimed."""
        if self._has(alternative.sample) or self.repeats_prefix(alternative):
            return True
        return not alternative.is_literal and any(alternative.matches(sample) for sample in self._samples)

    def repeats_prefix(self, alternative: Alternative) -> bool:
        """Whether a name is another one that is claimed, with a prefix: `perplexity/sonar` beside `sonar`."""
        prefix, _, rest = alternative.sample.partition("/")
        return prefix in PREFIXES and self._has(rest)

    def _has(self, name: str) -> bool:
        return name in self._literals or any(one.matches(name) for one in self._open)

    def add(self, alternatives: Iterable[Alternative]) -> None:
        """Claim what these match."""
        for alternative in alternatives:
            self._samples.append(alternative.sample)
            if alternative.is_literal:
                self._literals.add(alternative.sample)
            else:
                self._open.append(alternative)


def alternatives_of(clause: Any) -> Iterator[Alternative]:
    """Translate a match clause. A conjunction keeps its first part: `is_narrow_first` puts what it excludes before."""
    match clause:
        case types.ClauseOr(or_=parts):
            for part in parts:
                yield from alternatives_of(part)
        case types.ClauseAnd(and_=parts):
            yield from alternatives_of(parts[0])
        case types.ClauseEquals(equals=text):
            yield Alternative(re.escape(text.lower()), text.lower())
        case types.ClauseStartsWith(starts_with=text):
            yield Alternative(re.escape(text.lower()) + ".*", text.lower())
        case types.ClauseEndsWith(ends_with=text):
            yield Alternative(".*" + re.escape(text.lower()), text.lower())
        case types.ClauseContains(contains=text):
            yield Alternative(".*" + re.escape(text.lower()) + ".*", text.lower())
        case types.ClauseRegex(regex=text):
            yield from regex_alternatives(text)
        case _:
            raise TypeError(type(clause).__name__)


def regex_alternatives(text: str) -> Iterator[Alternative]:
    """Translate a regular expression, which matches anywhere, into one that matches a whole name."""
    body = text.removeprefix("^").removesuffix("$")
    regex = ("" if text.startswith("^") else ".*") + body + ("" if text.endswith("$") else ".*")
    sample = (
        re.sub(r"\[-@\]", "-", body).replace(r"\d{4}", "2025").replace(r"\d{2}", "01").replace(r"\d{8}", "20250101")
    )
    sample = re.sub(r"\(([^()]*)\)\?", r"\1", sample).replace(r"\d", "1").replace("\\", "")
    yield Alternative(regex, sample.lower())


def named_alternatives(model: types.ModelInfo, provider: types.Provider) -> list[Alternative]:
    """Ways in which a model matches, its own id included, which its clause does not always know."""
    alternatives = list(alternatives_of(model.match))
    own = model.id.lower()
    if provider.find_model(own) is None and not own.startswith("regional."):
        alternatives.append(Alternative(re.escape(own), own))
    return alternatives


def is_narrow_first(model: types.ModelInfo) -> bool:
    """Sort key within a provider: conjunctions, which translate into something wider, after everything else."""
    clauses = model.match.or_ if isinstance(model.match, types.ClauseOr) else [model.match]
    return any(isinstance(clause, types.ClauseAnd) for clause in clauses)


def pattern_of(
    prefixes: str, alternatives: list[Alternative], free: list[Alternative], *, is_maker: bool
) -> tuple[str, bool]:
    """Pattern of a family, of which some alternatives match without prefix; and whether any path prefix will do."""
    names = "|".join(sorted({re.escape(prefix).replace(r"\-", "-") for prefix in prefixes.split()}))
    everything = _union(alternatives)
    if is_maker and len(free) == len(alternatives):
        return rf"(?i)^(?:.*/)?(?:(?:[\w-]+\.)?(?:{names})[.:])?{everything}$", True
    prefix = rf"(?:.*/)?(?:{names})[/:]" + ("(?:.*/)?" if names.startswith(DEEP_PATHS) else "")
    if "bedrock" in prefixes:
        prefix = rf"(?:{prefix}|(?:.*/)?{VENDOR_DOT})"
    if len(free) == len(alternatives):
        return rf"(?i)^(?:{prefix})?{everything}$", False
    if not free:
        return rf"(?i)^{prefix}{everything}$", False
    return rf"(?i)^(?:{prefix}{everything}|{_union(free)})$", False


def _union(alternatives: list[Alternative]) -> str:
    texts = [_DATE.sub(r"\1-?\2-?\3", one.regex.replace(r"\-", "-")) for one in alternatives]
    return f"(?:{'|'.join(dict.fromkeys(texts))})"


def resolve(prices: types.ModelPrice, context_tokens: int) -> Prices:
    """USD per million units by usage type, for a request whose input has so many tokens."""
    resolved: Prices = {}
    for key, price in prices.__dict__.items():
        usage_type = USAGE_TYPES.get(key)
        if usage_type is None or price is None:
            continue
        if isinstance(price, types.TieredPrices):
            steps = [tier.price for tier in price.tiers if context_tokens > tier.start]
            amount = steps[-1] if steps else price.base
        else:
            amount = price
        resolved[usage_type] = amount * MILLION / _units_per_price(key)
    return resolved


def _units_per_price(key: str) -> Decimal:
    if key.endswith("_hours"):
        return Decimal(3600)
    if key.endswith(("_kcount", "_kpages")):
        return Decimal(1000)
    return MILLION


def thresholds_of(prices: types.ModelPrice) -> list[int]:
    """Input sizes above which a price changes, largest first."""
    tiered = [price for price in prices.__dict__.values() if isinstance(price, types.TieredPrices)]
    return sorted({tier.start for price in tiered for tier in price.tiers}, reverse=True)


def prices_on(model: types.ModelInfo, day: date) -> types.ModelPrice:
    """The prices that hold for the greater part of a day; of two that hold equally long, the dearer."""
    found = [model.get_prices(datetime.combine(day, moment)) for moment in _HALF_HOURS]
    counts = Counter(id(prices) for prices in found)
    by_id = {id(prices): prices for prices in found}
    return by_id[max(counts, key=lambda key: (counts[key], sum(resolve(by_id[key], 0).values())))]


def versions_of(model: types.ModelInfo, name: str) -> list[dict[str, Any]]:
    """The prices of a model over time, oldest first; the first has no start. Empty without any price."""
    conditions = [] if isinstance(model.prices, types.ModelPrice) else model.prices
    days = sorted(
        {one.constraint.start_date for one in conditions if isinstance(one.constraint, types.StartDateConstraint)}
    )
    versions: list[dict[str, Any]] = []
    for start in [None, *days]:
        prices = prices_on(model, start or min([*days, date(2020, 1, 1)]) - timedelta(days=1))
        is_newest = start == (days[-1] if days else None)
        entry = version_of(prices, (model.price_variants or []) if is_newest else [])
        if name.endswith(":free") and not entry["prices"]:
            entry["prices"] = {"input": "0", "output": "0"}
        if versions and entry == {key: value for key, value in versions[-1].items() if key not in {"id", "start"}}:
            continue
        versions.append({"id": stable_id(name, start)} | ({"start": start.isoformat()} if start else {}) | entry)
    return versions if any(entry["prices"] for entry in versions) else []


def version_of(prices: types.ModelPrice, variants: list[types.PriceVariant]) -> dict[str, Any]:
    """Default prices and tiers of one time."""
    base = resolve(prices, 0)
    tiers = []
    for label, key, values, overrides in services_of(variants, base):
        for threshold in [*thresholds_of(overrides), 0]:
            changed = {**resolve(prices, threshold + 1), **resolve(overrides, threshold + 1)}
            tier = {"service": {"key": key, "values": values}, "prices": _texts(changed, base)}
            tiers.append(_named(label, threshold) | tier | ({"above": threshold} if threshold else {}))
    for threshold in thresholds_of(prices):
        context = {"above": threshold, "prices": _texts(resolve(prices, threshold + 1), base)}
        tiers.append(_named("Input", threshold) | context)
    entry: dict[str, Any] = {"prices": _texts(base, base)}
    return entry | ({"tiers": tiers} if tiers else {})


def services_of(
    variants: list[types.PriceVariant], base: Prices
) -> Iterator[tuple[str, str, list[str], types.ModelPrice]]:
    """Label, model parameter, its values, and prices of every way to be served that an API parameter selects."""
    groups: dict[tuple[str, str], tuple[list[str], types.ModelPrice]] = {}
    seen: set[tuple[str, str]] = set()
    for variant in variants:
        ((key, value),) = variant.when.items()
        key = "service_tier" if key == "processing" else key
        changed = resolve(variant.prices, 0)
        if key not in {"service_tier", "speed"} or not changed.keys() & base.keys() or (key, value) in seen:
            continue
        seen.add((key, value))
        values, _ = groups.setdefault((key, repr(variant.prices)), ([], variant.prices))
        values.append(value)
    for (key, _), (values, prices) in groups.items():
        yield values[0].capitalize(), key, values, prices


def _named(label: str, threshold: int) -> dict[str, str]:
    return {"name": f"{label} above {threshold:,} tokens" if threshold else label}


def _texts(prices: Prices, keys: Prices) -> dict[str, str]:
    """Prices as decimal text, of the same usage types in every tier."""
    return {key: _text(prices.get(key, keys[key])) for key in keys}


def _text(price: Decimal) -> str:
    return format(round(price, 9).normalize(), "f")


def stable_id(name: str, start: date | None) -> str:
    """The id of an entry: the same in every release for the same model and start."""
    return str(uuid.uuid5(NAMESPACE, f"{name} {start.isoformat() if start else ''}"))


def imported(claims: Claims) -> tuple[list[Family], list[Family]]:
    """Families of hosts and of makers."""
    by_id = {provider.id: provider for provider in providers}
    hosts: list[Family] = []
    makers: list[Family] = []
    names: set[str] = set()
    missing = by_id.keys() - MAKERS.keys() - HOSTS.keys()
    assert not missing, f"say where these providers stand: {sorted(missing)}"
    for provider_id, prefixes in {**MAKERS, **HOSTS}.items():
        is_maker = provider_id in MAKERS
        claimed: list[Alternative] = []
        own = Claims([one for model in by_id[provider_id].models for one in alternatives_of(model.match)])
        for model in sorted(by_id[provider_id].models, key=is_narrow_first):
            alternatives = named_alternatives(model, by_id[provider_id])
            free = [one for one in alternatives if not claims.clash(one) and not own.repeats_prefix(one)]
            pattern, is_open = pattern_of(prefixes, alternatives, free, is_maker=is_maker)
            name = model.id if is_open and model.id.lower() not in names else f"{prefixes.split()[0]}/{model.id}"
            name = name.replace("/regional.", "/us.")
            versions = versions_of(model, name)
            if not versions:
                continue
            names.add(name.lower())
            family = Family(name, pattern, versions, alternatives)
            (makers if is_open else hosts).append(family)
            claimed += free
        claims.add(claimed)
    return hosts, makers


def supplement(claims: Claims) -> tuple[list[Family], list[Family]]:
    """Families written by hand: what comes before all others, and what comes after."""
    before: list[Family] = []
    after: list[Family] = []
    for entry in tomllib.loads(SUPPLEMENT.read_text())["model"]:
        alternatives = [Alternative(re.escape(name), name) for name in entry.get("match", [])]
        clash = [one.sample for one in alternatives if claims.clash(one)]
        free = [one for one in alternatives if one.sample not in clash]
        pattern = entry.get("pattern") or rf"(?i)^(?:.*/)?{_union(free)}$"
        assert "pattern" in entry or free, f"{entry['name']} is in the imported list by now: delete it"
        name = entry["name"] if entry["name"] not in clash else free[0].sample
        versions = [{"id": stable_id(entry["name"], None), "prices": entry["prices"]}]
        (before if entry.get("first") else after).append(Family(name, pattern, versions, alternatives))
    return before, after


def build() -> str:
    """The whole table as text: one family a line, in order of preference."""
    claims = Claims()
    hosts, makers = imported(claims)
    before, after = supplement(claims)
    hosts.sort(key=lambda family: not family.name.startswith(("huggingface/", "openrouter/")))  # before plain groq/…
    families = [*before, *hosts, *makers, *after]
    twice = [name for name, count in Counter(family.name for family in families).items() if count > 1]
    assert not twice, f"two families have one name: {twice}"
    lines = [
        json.dumps(
            {"name": one.name, "match": one.pattern, **_unit(one), "versions": one.versions}, separators=(",", ":")
        )
        for one in families
    ]
    head = json.dumps({"source": f"genai-prices {version('genai-prices')} (MIT)"})
    return head.removesuffix("}") + ', "families": [\n' + ",\n".join(lines) + "\n]}\n"


def _unit(family: Family) -> dict[str, str]:
    kinds = family.versions[-1]["prices"].keys()
    units = {UNITS.get(kind, "TOKENS") for kind in kinds}
    return {"unit": units.pop()} if len(units) == 1 and units != {"TOKENS"} else {}


def main() -> int:
    """Write the table, or compare."""
    parser = argparse.ArgumentParser(description="Write the price table that ships with panope.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the committed table differs")
    text = build()
    if parser.parse_args().check:
        return 0 if TARGET.exists() and TARGET.read_text() == text else 1
    TARGET.write_text(text)
    print(f"{text.count(chr(10)) - 2} models, {len(text) // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
