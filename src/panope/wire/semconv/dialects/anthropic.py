"""Anthropic's own clients, which trace themselves."""

from typing import Final

SCOPE: Final = "com.anthropic.sdk.python"
_OPENLLMETRY: Final = "traceloop."


def is_echo(names: frozenset[str]) -> bool:
    """Whether OpenLLMetry is at work, which marks every span of the process and counts the same call in its own."""
    return any(name.startswith(_OPENLLMETRY) for name in names)
