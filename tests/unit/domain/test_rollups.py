"""Counters over all hours: what the differences of hours do to them."""

from panope.domain.events import EntityKind
from panope.domain.rollups import HOUR_US, BucketKey, BucketTotals, count_all_hours, counter_kind

TRACE, OBSERVATION = EntityKind.TRACE, EntityKind.OBSERVATION


def _key(kind: str, hour: int, environment: str, name: str, model: str = "") -> BucketKey:
    return BucketKey(kind=kind, hour_us=hour * HOUR_US, environment=environment, name=name, model=model)


def test_hours_models_and_names_of_traces_are_added_up_types_and_environments_kept_apart() -> None:
    counters = count_all_hours(
        {
            _key(TRACE, 1, "production", "a"): BucketTotals(count=2, total_cost=7),
            _key(TRACE, 2, "production", "b"): BucketTotals(count=1),
            _key(TRACE, 2, "staging", "b"): BucketTotals(count=4),
            _key(OBSERVATION, 1, "production", "SPAN"): BucketTotals(count=8),
            _key(OBSERVATION, 1, "production", "GENERATION", "gpt-4o"): BucketTotals(count=16, total_tokens=3),
            _key(OBSERVATION, 9, "production", "GENERATION", "gpt-4"): BucketTotals(count=32),
        }
    )
    assert counters == {
        _key(counter_kind(TRACE), 0, "production", ""): BucketTotals(count=3),
        _key(counter_kind(TRACE), 0, "staging", ""): BucketTotals(count=4),
        _key(counter_kind(OBSERVATION), 0, "production", "SPAN"): BucketTotals(count=8),
        _key(counter_kind(OBSERVATION), 0, "production", "GENERATION"): BucketTotals(count=48),
    }


def test_what_moves_between_hours_or_only_changes_its_cost_moves_no_counter() -> None:
    moved = {
        _key(TRACE, 1, "production", "a"): BucketTotals(count=-1),
        _key(TRACE, 5, "production", "b"): BucketTotals(count=1),
        _key(OBSERVATION, 5, "production", "GENERATION", "gpt-4o"): BucketTotals(total_cost=9),
    }
    assert count_all_hours(moved) == {}
