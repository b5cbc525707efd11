"""The rule for environment names: cleaned, never refused."""

import re
from typing import Final

from panope.domain.tracing import DEFAULT_ENVIRONMENT

MAX_CHARS: Final = 40

_RESERVED_PREFIX: Final = re.compile(r"(?:langfuse[-_]?)+")
_ALLOWED: Final = re.compile(r"[a-z0-9_-]+")


def normalise_environment(value: object) -> str:
    """Lower the case, drop the reserved prefix, cut to 40 characters; `default` when nothing valid is left."""
    if not isinstance(value, str):
        return DEFAULT_ENVIRONMENT
    text = value.lower()
    prefix = _RESERVED_PREFIX.match(text)
    if prefix:
        text = text[prefix.end() :]
    text = text[:MAX_CHARS]
    return text if _ALLOWED.fullmatch(text) else DEFAULT_ENVIRONMENT
