"""Which attributes of a span matter for what, worked out once for each set of attribute names.

Spans of one instrumentation carry the same names over and over, so what depends on names alone is remembered: which
dialects can say something, which attributes nobody understands. A plan never depends on values, hence remembering
changes nothing but time.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from panope.wire.semconv import metadata, metering, precedence, severity
from panope.wire.semconv.dialects import livekit
from panope.wire.semconv.dialects.langfuse import SDK_SCOPE
from panope.wire.semconv.dialects.rules import IoReader, IoRule, TypeDecider, TypeRule, prefix_match
from panope.wire.semconv.fields import MODEL_FIELD, OBSERVATION_FIELDS, FieldRule, Step
from panope.wire.semconv.metering import MeterPlan
from panope.wire.semconv.parameters import ParameterPlan, parameter_plan
from panope.wire.semconv.trace_fields import TracePlan, trace_plan

_OWN_WORDS: Final = ("langfuse.observation.type", "langfuse.observation.model.name")
_MAX_REMEMBERED: Final = 2048
_MAX_NAMES: Final = 128
_MAX_NAME_CHARS: Final = 4096

_STORED_ELSEWHERE: Final = frozenset({
    "user.id", "session.id", "tag.tags", "llm.invocation_parameters", "model_config", *metering.COST_KEYS,
    *precedence.UNDERSTOOD,
})  # fmt: skip
_STORED_BELOW: Final = (
    "ai.settings.context",
    "ai.telemetry.metadata",
    "traceloop.association.properties",
    "langfuse.experiment",
    "langfuse.metadata",
    "langfuse.observation.metadata",
    "langfuse.trace.metadata",
)


class IoStep(Struct, frozen=True):
    """One way of finding input and output that the names of the attributes leave open."""

    read: IoReader | None
    input: str | None
    output: str | None
    keys: tuple[str, ...]
    """All that it looks at."""


class Plan(Struct, frozen=True):
    """What to do with a span of given attribute names and scope."""

    types: tuple[tuple[str | None, Mapping[Any, str] | None, TypeDecider | None], ...]
    """Of the rules that may decide: key, types, decider."""
    io: tuple[IoStep, ...]
    io_with_events: tuple[IoStep, ...]
    steps: tuple[tuple[Step, tuple[str, ...]], ...]
    model_steps: tuple[tuple[Step, tuple[str, ...]], ...]
    parameters: ParameterPlan | None
    meter: MeterPlan | None
    is_echo: bool
    """Tells a call that another span counts."""
    may_aggregate: bool
    """Model, parameters, usage and cost may stand for several calls below."""
    blobs: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    experiment: tuple[str, ...]
    leftover: tuple[str, ...]
    """Attributes that nothing else stores; none for Langfuse's SDKs."""
    trace: TracePlan
    has_severity: bool
    """Some attribute, or the scope, may set a level."""
    may_stand_as_root: bool
    """Some attribute may make a span with a parent a root."""
    is_mixed: bool
    """Another instrumentation's span says its type or model in Langfuse's words: see `MIXED_MAPPER`."""
    names_itself: bool
    """Some attribute could name a span whose name is empty."""
    has_call: bool
    """Some attribute may speak of a model's call: of its model, parameters, usage or cost."""
    has_metadata: bool
    """Some attribute is metadata, or is understood by nobody and kept as such."""


_remembered: Final[dict[tuple[str, ...], Plan]] = {}
"""By the names of the attributes, the scope last."""


def plan_for(attributes: dict[str, Any], scope: str) -> Plan:
    """Plan for a span with these attributes, made by this scope."""
    key = (*attributes, scope)
    plan = _remembered.get(key)
    if plan is None:
        plan = _make(key[:-1], scope)
        if len(key) <= _MAX_NAMES and sum(map(len, key)) <= _MAX_NAME_CHARS:
            if len(_remembered) >= _MAX_REMEMBERED:
                _remembered.clear()
            _remembered[key] = plan
    return plan


def _make(keys: tuple[str, ...], scope: str) -> Plan:
    names = frozenset(keys)
    rules = [rule for rule in precedence.IO_RULES if rule.scope is None or rule.scope == scope]
    io = [(rule, _io_step(rule, keys, names)) for rule in rules]
    meter = metering.meter_plan(keys, scope)
    blobs, named = tuple(key for key in metadata.BLOBS if key in names), metadata.named_keys(keys)
    experiment, parameters = metadata.experiment_keys(keys), parameter_plan(keys, scope)
    model_steps = _present((MODEL_FIELD,), names)
    stored = {*(key for _, step in io for key in step.keys), *(meter.usage_sent if meter else ()), *blobs}
    leftover = () if scope.startswith(SDK_SCOPE) else tuple(key for key in keys if _is_left(key, stored))
    return Plan(
        types=tuple(
            (rule.key, rule.types, rule.decide) for rule in precedence.TYPE_RULES if _may_decide(rule, names, scope)
        ),
        io=tuple(step for rule, step in io if step.keys),
        io_with_events=tuple(step for rule, step in io if step.keys or rule.on_events),
        steps=_present(OBSERVATION_FIELDS, names),
        model_steps=model_steps,
        parameters=parameters,
        meter=meter,
        is_echo=metering.is_echo(names, scope),
        may_aggregate=not names.isdisjoint(metering.AGGREGATE_KEYS),
        blobs=blobs,
        named=named,
        experiment=experiment,
        leftover=leftover,
        trace=trace_plan(keys),
        has_severity=scope == livekit.SCOPE or not names.isdisjoint(severity.KEYS),
        may_stand_as_root=not names.isdisjoint(precedence.AS_ROOT),
        is_mixed=not scope.startswith(SDK_SCOPE) and not names.isdisjoint(_OWN_WORDS),
        names_itself=not names.isdisjoint(precedence.NAME_KEYS),
        has_call=bool(model_steps or parameters or meter),
        has_metadata=bool(blobs or named or experiment or leftover),
    )


def _may_decide(rule: TypeRule, names: frozenset[str], scope: str) -> bool:
    return (rule.scope is None or rule.scope == scope) and (rule.key is None or rule.key in names)


def _io_step(rule: IoRule, keys: tuple[str, ...], names: frozenset[str]) -> IoStep:
    inputs = tuple(key for key in rule.inputs if key in names)
    outputs = tuple(key for key in rule.outputs if key in names)
    below = tuple(key for key in keys if prefix_match(key, rule.prefixes))
    return IoStep(rule.read, next(iter(inputs), None), next(iter(outputs), None), (*inputs, *outputs, *below))


def _present(rules: tuple[FieldRule, ...], names: frozenset[str]) -> tuple[tuple[Step, tuple[str, ...]], ...]:
    return tuple((rule.step, found) for rule in rules if (found := tuple(key for key in rule.keys if key in names)))


def _is_left(key: str, stored: set[str]) -> bool:
    return key not in stored and key not in _STORED_ELSEWHERE and not prefix_match(key, _STORED_BELOW)
