"""Connections to providers of language models: whom to call, under which name, with which secret."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final, NewType

from msgspec import Struct

from panope.domain.errors import Issue

LlmConnectionId = NewType("LlmConnectionId", str)

MAX_CONNECTIONS: Final = 200
"""Of one project."""
_SHOWN_CHARS: Final = 4
_LEAST_CHARS: Final = 12
"""Of a secret of which any character is shown."""


class LlmAdapter(StrEnum):
    """Whose protocol a connection speaks."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    AZURE = "azure"
    BEDROCK = "bedrock"
    VERTEX = "google-vertex-ai"
    AI_STUDIO = "google-ai-studio"


class LlmConnection(Struct, frozen=True, kw_only=True):
    """One connection of a project, known by its provider's name. Secrets are here only as they were sealed."""

    id: LlmConnectionId
    provider: str
    adapter: LlmAdapter
    sealed_secret: str
    display_secret: str
    """Its last four characters behind dots, or dots alone."""
    base_url: str | None = None
    custom_models: tuple[str, ...] = ()
    with_default_models: bool = True
    sealed_headers: str | None = None
    """JSON of all extra headers, sealed as one."""
    header_names: tuple[str, ...] = ()
    config: dict[str, Any] | None = None
    created_us: int = 0
    updated_us: int = 0


def shorten_secret(secret: str) -> str:
    """What may be shown of a secret."""
    return "..." + (secret[-_SHOWN_CHARS:] if len(secret) >= _LEAST_CHARS else "")


_CONFIGS: Final[dict[LlmAdapter, tuple[str, type]]] = {
    LlmAdapter.BEDROCK: ("region", str),
    LlmAdapter.OPENAI: ("useResponsesApi", bool),
    LlmAdapter.VERTEX: ("location", str),
}


def check_config(adapter: LlmAdapter, config: dict[str, Any] | None) -> Iterator[Issue]:
    """What is wrong with the config of an adapter, which has at most one key."""
    name, kind = _CONFIGS.get(adapter, ("", str))
    if adapter is LlmAdapter.BEDROCK and not config:
        yield Issue(("config",), 'needs {"region": …} for the adapter bedrock')
    for key, value in (config or {}).items():
        if key != name:
            known = f"only {name} is known" if name else "it has no config"
            yield Issue(("config",), f"has a key that the adapter {adapter.value} does not know: {known}")
        elif type(value) is not kind or value == "":
            yield Issue(("config", name), "must be true or false" if kind is bool else "must be text")
