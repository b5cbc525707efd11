"""What an agent framework tells about its run in metadata and messages, as columns of its own.

Agent frameworks have no common vocabulary, but the callbacks of the widespread ones write the same few metadata keys.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_TEXT_KEYS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("graph_node", ("langgraph_node", "graph_node")),
    ("thread_id", ("thread_id",)),
    ("agent", ("agent", "agent_name", "lc_agent_name")),
    ("tool", ("tool", "tool_name")),
    ("finish_reason", ("finish_reason", "stop_reason")),
    ("error_type", ("error_type", "error.type", "exception.type")),
)
_RETRY_KEYS: Final = ("retry_number", "retry_count")
_ATTEMPT_TAG: Final = "retry:attempt:"
_MAX_CHARS: Final = 200
_MAX_RETRY: Final = 1_000_000

INTERRUPT: Final = "interrupt"
HANDOFF: Final = "handoff"

_INTERRUPT: Final = re.compile(r"[(\[]*(?:[a-z_]+\.)*(?:Interrupt\((?:value|id)=|GraphInterrupt\b|NodeInterrupt\b)")
_HANDOFF: Final = re.compile(r"[(\[]*(?:[a-z_]+\.)*(?:ParentCommand\b|Command\((?:graph|goto|update|resume)=)")
_ERROR_TYPE: Final = re.compile(r"(?:[A-Za-z_]\w*\.)*([A-Z]\w*(?:Error|Exception|Timeout|Exit))(?=$|[:(\s])")


def agent_columns(metadata: Mapping[str, object]) -> dict[str, object]:
    """Lift `agent`, `tool`, `graph_node`, `thread_id`, `finish_reason`, `error_type` and `retry_number`.

    Only the top level is read, and only scalar values count; a column that nothing speaks of is absent.
    """
    columns: dict[str, object] = {}
    for column, keys in _TEXT_KEYS:
        for key in keys:
            text = _to_text(metadata[key]) if key in metadata else None
            if text:
                columns[column] = text
                break
    retry = _find_retry(metadata)
    if retry is not None:
        columns["retry_number"] = retry
    return columns


def control_flow(status_message: str | None, error_type: str | None = None) -> str | None:
    """Recognise what LangGraph raises to steer a run: `interrupt` (waits for a person) or `handoff`, else None.

    Neither is an error, though callbacks report both like one.
    """
    for text in (error_type, status_message):
        if not text:
            continue
        start = text[:_MAX_CHARS]
        if _INTERRUPT.match(start):
            return INTERRUPT
        if _HANDOFF.match(start):
            return HANDOFF
    return None


def error_type_of(status_message: str | None) -> str | None:
    """The class name at the start of a message like `httpx.ReadTimeout: …`; None when there is none."""
    match = _ERROR_TYPE.match(status_message[:_MAX_CHARS]) if status_message else None
    return match.group(1) if match else None


def _to_text(value: object) -> str | None:
    if isinstance(value, str):
        return value[:_MAX_CHARS]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _find_retry(metadata: Mapping[str, object]) -> int | None:
    for key in _RETRY_KEYS:
        value = metadata.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_RETRY:
            return value
    tags = metadata.get("tags")
    return _attempt_of(tags) if isinstance(tags, list) else None


def _attempt_of(tags: Iterable[object]) -> int | None:
    """Retries that came before this run, from LangChain's tag `retry:attempt:N`."""
    for tag in tags:
        if isinstance(tag, str) and tag.startswith(_ATTEMPT_TAG):
            number = tag.removeprefix(_ATTEMPT_TAG)
            return (
                max(0, int(number) - 1)
                if number.isascii() and number.isdigit() and len(number) < len("1000000")
                else None
            )
    return None
