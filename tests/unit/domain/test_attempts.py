"""Attempts are counted in all places or in none, and never beyond what a place allows."""

from hypothesis import given
from hypothesis import strategies as st

from panope.domain.attempts import AttemptCount, AttemptLimit, take_attempt

LIMITS = {
    "a": AttemptLimit(place="a", most=3, window_us=10),
    "b": AttemptLimit(place="b", most=5, window_us=25),
    "c": AttemptLimit(place="c", most=1, window_us=40),
}
ATTEMPTS = st.lists(st.tuples(st.integers(0, 6), st.sets(st.sampled_from(sorted(LIMITS)), min_size=1)), max_size=60)


@given(ATTEMPTS)
def test_no_window_holds_more_than_its_place_allows(attempts: list[tuple[int, set[str]]]) -> None:
    kept: dict[str, AttemptCount] = {}
    taken: list[tuple[int, set[str]]] = []
    now_us = 0
    for later_us, places in attempts:
        now_us += later_us
        changed, blocked_until_us = take_attempt(kept, [LIMITS[place] for place in sorted(places)], now_us)
        if blocked_until_us is None:
            assert {count.place for count in changed} == places
            taken.append((now_us, places))
        else:
            assert changed == []
            assert blocked_until_us > now_us
            full = [place for place in places if place in kept and kept[place].count >= LIMITS[place].most]
            assert any(kept[place].until_us == blocked_until_us for place in full)
        kept |= {count.place: count for count in changed}
        for count in kept.values():
            inside = [at_us for at_us, where in taken if count.place in where and at_us >= count.since_us]
            assert count.count == len(inside) <= LIMITS[count.place].most


@given(ATTEMPTS)
def test_who_waits_as_long_as_is_said_may_try_again(attempts: list[tuple[int, set[str]]]) -> None:
    kept: dict[str, AttemptCount] = {}
    now_us = 0
    for later_us, places in attempts:
        now_us += later_us
        limits = [LIMITS[place] for place in sorted(places)]
        changed, blocked_until_us = take_attempt(kept, limits, now_us)
        if blocked_until_us is not None:
            changed, still_blocked = take_attempt(kept, limits, blocked_until_us)
            assert still_blocked is None
            now_us = blocked_until_us
        kept |= {count.place: count for count in changed}
