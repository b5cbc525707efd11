"""Repricing of history, on the wire of the web app: money as exact decimal text in USD."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from panope.domain.operations import Operation
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.jsonvalues import encode
from panope.wire.langfuse.requests import read_body

_INT64: Final = 2**62


class RepricingRequest(Struct, kw_only=True, rename="camel"):
    """What to price again by the prices of now."""

    since_us: Annotated[int, Meta(ge=-_INT64, le=_INT64)]
    """Observations that began then or later."""
    model: Annotated[str, Meta(min_length=1, max_length=1_000)] | None = None
    """Only those that sent exactly this model name."""
    dry_run: bool = True
    """Only say what would change."""


class RepricingBody(Struct, kw_only=True, rename="camel"):
    """How far it is, and what it changes, or would. `positionUs` null: not begun."""

    id: str
    state: str
    dry_run: bool
    model: str | None
    since_us: int
    until_us: int
    position_us: int | None
    observations: int
    """Looked at."""
    changed: int
    cost_before: str
    cost_after: str
    unpriced_before: int
    unpriced_after: int
    error: str | None


def read_repricing(body: bytes) -> RepricingRequest:
    """Read what to price again; raises `InvalidError`."""
    return read_body(body, RepricingRequest)


def encode_repricing(operation: Operation) -> bytes:
    """Write where a repricing stands."""
    order, cursor, costs = operation.order, operation.cursor, operation.differences.costs
    return encode(
        RepricingBody(
            id=operation.id,
            state=operation.state.value,
            dry_run=order.is_dry_run,
            model=order.model,
            since_us=order.since_us,
            until_us=order.until_us,
            position_us=None if cursor is None else cursor.start_us,
            observations=operation.differences.observations,
            changed=operation.differences.changed,
            cost_before=show_usd(sum(change.cost_before for change in costs)) or "0",
            cost_after=show_usd(sum(change.cost_after for change in costs)) or "0",
            unpriced_before=sum(change.unpriced_before for change in costs),
            unpriced_after=sum(change.unpriced_after for change in costs),
            error=operation.error,
        )
    )
