"""Model parameters: an object that was sent as such, or one gathered from single attributes."""

from typing import Any, Final

from msgspec import Struct

from panope.wire.semconv.dialects import genai, google, vercel
from panope.wire.semconv.draft import Draft
from panope.wire.semconv.text import as_text, parse_object

SENT: Final = "langfuse.observation.model.parameters"
_OBJECTS: Final = ("llm.invocation_parameters", "model_config")


class ParameterPlan(Struct, frozen=True):
    """Where the parameters of a span may be."""

    is_sent: bool
    objects: tuple[str, ...]
    """Attributes that hold a whole object, the preferred first."""
    named: tuple[tuple[str, str], ...]
    """Attributes that hold one parameter each, with its name."""
    scope: str


def parameter_plan(keys: tuple[str, ...], scope: str) -> ParameterPlan | None:
    """Find the attributes that hold parameters; None when there are none."""
    objects = tuple(key for key in _OBJECTS if key in keys)
    plan = ParameterPlan(SENT in keys, objects, genai.parameter_names(keys), scope)
    by_scope = scope == vercel.SCOPE or (scope == google.GENKIT_SCOPE and "genkit:input" in keys)
    return plan if plan.is_sent or plan.objects or plan.named or by_scope else None


def read_parameters(draft: Draft, plan: ParameterPlan) -> None:
    """Set `model_parameters`: texts and numbers as they are, anything else as compact JSON text."""
    kept = {
        name: value if isinstance(value, (str, int, float)) else as_text(value)
        for name, value in _find(draft.attributes, plan).items()
        if value is not None
    }
    if kept:
        draft.values["model_parameters"] = kept


def _find(attributes: dict[str, Any], plan: ParameterPlan) -> dict[str, Any]:
    sent = parse_object(attributes[SENT]) if plan.is_sent else None
    if plan.scope == vercel.SCOPE:
        return {**vercel.parameters(attributes), **(sent or {})}
    if sent is not None:
        return sent
    if plan.scope == google.GENKIT_SCOPE:
        return google.genkit_parameters(attributes)
    for key in plan.objects:
        found = parse_object(attributes[key])
        if found is not None:
            return found
    return {name: attributes[key] for key, name in plan.named}
