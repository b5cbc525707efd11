"""Operations as panope's own API shows them: times in ISO 8601, money as exact decimal text in USD."""

from collections.abc import Sequence
from typing import Any

from panope.domain.operations import CostChange, Operation
from panope.wire.cost_explanation import show_usd
from panope.wire.langfuse.times import format_time

_DATE_CHARS = len("2026-01-01")


def show_operation(operation: Operation) -> dict[str, Any]:
    """Show an operation with all that it changed."""
    differences = operation.differences
    return show_summary(operation) | {
        "costs": [_show_cost(change) for change in sorted_costs(differences.costs)],
        "fields": [
            {"name": change.name, "observations": change.rows, "examples": change.examples}
            for change in sorted(differences.fields, key=lambda change: (-change.rows, change.name))
        ],
    }


def show_summary(operation: Operation) -> dict[str, Any]:
    """Show where an operation stands."""
    order, cursor = operation.order, operation.cursor
    return {
        "id": operation.id,
        "kind": order.kind.value,
        "state": operation.state.value,
        "since": format_time(order.since_us),
        "until": format_time(order.until_us),
        "model": order.model,
        "dryRun": order.is_dry_run,
        "createdAt": format_time(operation.created_us),
        "updatedAt": format_time(operation.updated_us or operation.created_us),
        "position": format_time(cursor.start_us) if cursor else None,
        "observations": operation.differences.observations,
        "changed": operation.differences.changed,
        "error": operation.error,
    }


def sorted_costs(costs: Sequence[CostChange]) -> list[CostChange]:
    """By day, then by model."""
    return sorted(costs, key=lambda change: (change.day_us, change.model))


def show_day(day_us: int) -> str:
    """The date of a day, in UTC."""
    return format_time(day_us)[:_DATE_CHARS]


def _show_cost(change: CostChange) -> dict[str, Any]:
    return {
        "day": show_day(change.day_us),
        "model": change.model,
        "observations": change.observations,
        "changed": change.changed,
        "costBefore": show_usd(change.cost_before),
        "costAfter": show_usd(change.cost_after),
        "unpricedBefore": change.unpriced_before,
        "unpricedAfter": change.unpriced_after,
    }
