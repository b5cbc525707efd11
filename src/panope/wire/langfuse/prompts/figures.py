"""Figures of the versions of a prompt, as panope's own API is asked for them and shows them."""

from typing import Final

from msgspec import Struct

from panope.domain.prompts.figures import FiguresQuestion, PromptFiguresFound, ScoreFigure, VersionFigures
from panope.domain.usage import PICO_PER_USD
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.paging import Params, invalid
from panope.wire.langfuse.times import floor_ms, format_optional_time, parse_time

_PARAMETERS: Final = ("fromTimestamp", "toTimestamp", "environment")
_FIRST_US: Final = parse_time("0001-01-01T00:00:00Z")
_LAST_US: Final = parse_time("9999-12-31T00:00:00Z")
_US_PER_MS: Final = 1_000


class LatencyBody(Struct):
    """Milliseconds from the start of a use to its end; null when none has ended."""

    p50: float | None
    p95: float | None


class ScoreFigureBody(Struct, rename="camel"):
    """Scores of one name and data type."""

    name: str
    data_type: str
    count: int
    mean: float | None


class VersionFiguresBody(Struct, rename="camel", kw_only=True):
    """One version in use."""

    version: int
    labels: tuple[str, ...]
    uses: int
    errors: int
    latency_ms: LatencyBody
    input_tokens: int
    output_tokens: int
    total_tokens: int
    total_cost: float
    first_used_at: str | None
    last_used_at: str | None
    scores: list[ScoreFigureBody]


class FiguresBody(Struct):
    """All versions, newest first."""

    name: str
    data: list[VersionFiguresBody]


def read_figures_request(params: Params) -> FiguresQuestion:
    """Read the query string, in which every name must be a known one."""
    unknown = sorted(params.names() - set(_PARAMETERS))
    if unknown:
        raise invalid((unknown[0],), f"is not a parameter here; possible: {', '.join(_PARAMETERS)}")
    from_us, until_us = params.time("fromTimestamp"), params.time("toTimestamp")
    question = FiguresQuestion(
        from_us=_FIRST_US if from_us is None else floor_ms(from_us),
        until_us=_LAST_US if until_us is None else floor_ms(until_us),
        environments=params.words("environment"),
    )
    if question.from_us >= question.until_us:
        raise invalid(("toTimestamp",), "must be later than fromTimestamp")
    return question


def encode_figures(found: PromptFiguresFound) -> bytes:
    """The body of the answer."""
    return encode(FiguresBody(found.name, [_version(each) for each in found.versions]))


def _version(figures: VersionFigures) -> VersionFiguresBody:
    return VersionFiguresBody(
        version=figures.version,
        labels=figures.labels,
        uses=figures.uses,
        errors=figures.errors,
        latency_ms=LatencyBody(_in_ms(figures.p50_latency_us), _in_ms(figures.p95_latency_us)),
        input_tokens=figures.input_tokens,
        output_tokens=figures.output_tokens,
        total_tokens=figures.total_tokens,
        total_cost=figures.total_cost / PICO_PER_USD,
        first_used_at=format_optional_time(figures.first_us),
        last_used_at=format_optional_time(figures.last_us),
        scores=[_score(each) for each in figures.scores],
    )


def _score(figure: ScoreFigure) -> ScoreFigureBody:
    return ScoreFigureBody(figure.name, figure.data_type, figure.count, figure.mean)


def _in_ms(us: float | None) -> float | None:
    return None if us is None else us / _US_PER_MS
