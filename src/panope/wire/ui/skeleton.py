"""The skeleton of a trace: its observations in columns, without their texts."""

from msgspec import Struct

from panope.ports.exploration import Steps
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.jsonvalues import encode


class StepColumnsBody(Struct, rename="camel", kw_only=True):
    """Values at one position are those of one observation."""

    id: list[str]
    parent_id: list[str | None]
    type: list[str]
    name: list[str | None]
    start_time_us: list[int]
    end_time_us: list[int | None]
    time_to_first_token_us: list[int | None]
    level: list[str]
    status_message: list[str | None]
    model: list[str | None]
    input_tokens: list[int]
    output_tokens: list[int]
    total_tokens: list[int]
    cost: list[str | None]
    """USD; null when unknown, which is not zero."""
    is_unpriced: list[bool]
    prompt_name: list[str | None]
    prompt_version: list[int | None]
    score_count: list[int]
    comment_count: list[int]


class SkeletonBody(Struct, rename="camel", kw_only=True):
    """One page of observations by (start, id)."""

    count: int
    """Of the whole trace."""
    updated_us: int
    """Of the trace: a header with a later one knows of what this page may lack."""
    page: int
    """From 0."""
    pages: int
    columns: StepColumnsBody


def encode_skeleton(
    steps: Steps, comment_counts: list[int], *, count: int, updated_us: int, page: int, page_size: int
) -> bytes:
    """Write one page."""
    own = {"start_us", "end_us", "completion_start_us", "total_cost"}
    firsts = zip(steps.start_us, steps.completion_start_us, strict=True)
    columns = StepColumnsBody(
        **{name: getattr(steps, name) for name in Steps.__struct_fields__ if name not in own},
        start_time_us=steps.start_us,
        end_time_us=steps.end_us,
        time_to_first_token_us=[None if first_us is None else first_us - start_us for start_us, first_us in firsts],
        cost=[show_usd(cost) for cost in steps.total_cost],
        comment_count=comment_counts,
    )
    pages = max(1, -(-count // page_size))
    return encode(SkeletonBody(count=count, updated_us=updated_us, page=page, pages=pages, columns=columns))
