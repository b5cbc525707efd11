"""Metadata of observations and traces: objects under one name, single values under many, and what nobody understood."""

from typing import Any, Final

from panope.wire.semconv.dialects.traceloop import ASSOCIATION
from panope.wire.semconv.dialects.vercel import CONTEXT
from panope.wire.semconv.text import parse_json

_NAMED_PREFIXES: Final = (
    "langfuse.observation.metadata.",
    "langfuse.metadata.",
    "ai.telemetry.metadata.",
    CONTEXT,
    ASSOCIATION,
)
_ELSEWHERE: Final = frozenset(
    {
        *(f"{CONTEXT}{name}" for name in ("userId", "sessionId", "tags")),
        *(f"ai.telemetry.metadata.{name}" for name in ("userId", "sessionId", "tags", "langfusePrompt")),
        *(f"{ASSOCIATION}{name}" for name in ("user_id", "session_id", "tags")),
    }
)
_TRACE_PREFIX: Final = "langfuse.trace.metadata."
_TRACE_BLOB: Final = "langfuse.trace.metadata"
_EXPERIMENT_PREFIX: Final = "langfuse.experiment."

BLOBS: Final = ("metadata", "langfuse.metadata", "langfuse.observation.metadata")
"""Attributes that hold a whole object: OpenInference's, then Langfuse's, each laid over the ones before."""


def named_keys(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Attributes that are one metadata value each, with its key; dots in it are kept."""
    return tuple(
        (key, key[len(prefix) :])
        for key in keys
        for prefix in _NAMED_PREFIXES
        if key.startswith(prefix) and key not in _ELSEWHERE
    )


def trace_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes that are trace metadata, the whole object among them."""
    return tuple(key for key in keys if key == _TRACE_BLOB or key.startswith(_TRACE_PREFIX))


def experiment_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Attributes that place an observation in an experiment."""
    return tuple(key for key in keys if key.startswith(_EXPERIMENT_PREFIX))


def as_object(value: object) -> dict[str, Any]:
    """Metadata as an object: JSON text is parsed, any other root is wrapped as `{"metadata": value}`."""
    if isinstance(value, str):
        parsed = parse_json(value)
        value = value if parsed is None else parsed
    if isinstance(value, dict):
        return value
    return {} if value is None or value in ("", "null") else {"metadata": value}


def read_metadata(
    attributes: dict[str, Any], blobs: tuple[str, ...], named: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    """Metadata of an observation as it was sent; values stay as they are."""
    found: dict[str, Any] = {}
    for key in blobs:
        found.update(as_object(attributes[key]))
    for key, name in named:
        found[name] = attributes[key]
    return found


def read_trace_metadata(attributes: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Metadata that was set on the trace itself."""
    found: dict[str, Any] = {}
    if _TRACE_BLOB in keys:
        found.update(as_object(attributes[_TRACE_BLOB]))
    for key in keys:
        if key != _TRACE_BLOB:
            found[key[len(_TRACE_PREFIX) :]] = attributes[key]
    return found


def read_experiment(attributes: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Experiment attributes as one object: `{"id", "name", "metadata": {…}, "dataset": {"id"}, "item": {"id", …}}`."""
    root: dict[str, Any] = {}
    for key in sorted(keys):
        path = key[len(_EXPERIMENT_PREFIX) :]
        node = root
        for level in ("dataset.", "item.", "metadata."):
            if path.startswith(level) and len(path) > len(level):
                node = _level(node, level[:-1])
                path = path[len(level) :]
        if path == "metadata":
            _level(node, path).update(as_object(attributes[key]))
        else:
            node[path] = attributes[key]
    return root


def _level(node: dict[str, Any], name: str) -> dict[str, Any]:
    child = node.get(name)
    if not isinstance(child, dict):
        child = node[name] = {}
    return child
