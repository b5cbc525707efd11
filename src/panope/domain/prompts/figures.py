"""What came of the versions of a prompt in use."""

from msgspec import Struct


class FiguresQuestion(Struct, frozen=True, kw_only=True):
    """Which uses count: those that began in the window. Scores count by their own time."""

    from_us: int
    until_us: int
    """First moment that no longer counts."""
    environments: tuple[str, ...] = ()
    """Empty: all of them."""


class ScoreFigure(Struct, frozen=True, kw_only=True):
    """Scores of one name and data type, given to observations that used a version."""

    name: str
    data_type: str
    count: int
    mean: float | None
    """Of booleans the share that is true; None of categories."""


class VersionFigures(Struct, frozen=True, kw_only=True):
    """One version; a use is an observation that names it."""

    version: int
    labels: tuple[str, ...]
    uses: int = 0
    errors: int = 0
    """Uses of level ERROR."""
    p50_latency_us: float | None = None
    p95_latency_us: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    total_cost: int = 0
    """In 10⁻¹² USD."""
    first_us: int | None = None
    """Start of the first use; None without any."""
    last_us: int | None = None
    scores: tuple[ScoreFigure, ...] = ()
    """By name and data type."""


class PromptFiguresFound(Struct, frozen=True):
    """All versions that a prompt has now, newest first."""

    name: str
    versions: tuple[VersionFigures, ...]
