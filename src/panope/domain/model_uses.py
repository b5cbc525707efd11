"""How often model names are used, and by which price models."""

from msgspec import Struct


class NameUse(Struct, frozen=True, kw_only=True):
    """Observations that sent one model name."""

    model: str
    week: int
    """Of the last seven days."""
    last_day_us: int
    """The last day with any, at midnight UTC."""


class ModelUse(Struct, frozen=True, kw_only=True):
    """Observations that one price model prices; as in `NameUse`."""

    week: int
    last_day_us: int
    names: tuple[str, ...]
    """Model names that were sent, those used most first."""


class TestedName(Struct, frozen=True, kw_only=True):
    """A model name, and whether a pattern is found in it."""

    model: str
    week: int
    is_match: bool
