"""How an observation ended: level, message, kind of error; and what only looks like an error."""

from typing import Final

from panope.domain.agents import control_flow, error_type_of
from panope.wire.semconv import precedence
from panope.wire.semconv.dialects import livekit, logfire
from panope.wire.semconv.dialects.langfuse import LEVELS
from panope.wire.semconv.draft import Draft
from panope.wire.semconv.span import STATUS_ERROR, Span
from panope.wire.semconv.text import as_text

_LEVEL: Final = "langfuse.observation.level"
_MESSAGE: Final = "langfuse.observation.status_message"
KEYS: Final = (_LEVEL, _MESSAGE, logfire.LEVEL_KEY, *precedence.ERROR_TYPE)
"""Attributes that speak of how an observation ended."""


def read_severity(draft: Draft) -> None:
    """Set `level`, `status_message`, `error_type`, and `finish_reason` when a framework only steered its run.

    LangGraph raises to interrupt a run or to hand over; instrumentations record that like an error and it is none.
    """
    span, values = draft.span, draft.values
    message = _message(draft)
    error_type = values.get("error_type")
    if span.events:
        recorded_type, recorded_message = _exception(span)
        error_type, message = error_type or recorded_type, message or recorded_message
    if message:
        values["status_message"] = message
    control = control_flow(message, error_type) if message or error_type else None
    if control is not None:
        values["level"] = "DEFAULT"
        values["finish_reason"] = control
        values.pop("error_type", None)
        return
    level = _level(draft)
    if level is not None:
        values["level"] = level
    if error_type is None and level == "ERROR":
        error_type = error_type_of(message)
    if error_type is not None:
        values["error_type"] = error_type


def _message(draft: Draft) -> str | None:
    sent = draft.attributes.get(_MESSAGE)
    return as_text(sent) if sent is not None and sent != "" else draft.span.status_message or None


def _exception(span: Span) -> tuple[str | None, str | None]:
    """Type and message of the last recorded exception: what the span ended with."""
    for event in reversed(span.events):
        if event.name == "exception":
            error_type, message = (event.attributes.get(f"exception.{name}") for name in ("type", "message"))
            return (as_text(error_type) if error_type else None, as_text(message) if message else None)
    return None, None


def _level(draft: Draft) -> str | None:
    sent = draft.attributes.get(_LEVEL)
    if sent is not None:
        known = LEVELS.get(as_text(sent).strip().upper())
        if known is not None:
            return known
    if draft.span.status_code == STATUS_ERROR:
        return "ERROR"
    if draft.facts.context.scope.name == livekit.SCOPE and draft.span.name in livekit.NOISY_SPANS:
        return "DEBUG"
    return logfire.level_of(draft.attributes.get(logfire.LEVEL_KEY))
