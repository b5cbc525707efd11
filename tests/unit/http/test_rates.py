import pytest

from panope.domain.errors import RateLimitedError
from panope.http.rates import BrowserRate


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_an_allowance_is_used_up_and_fills_evenly() -> None:
    clock = Clock()
    rate = BrowserRate(60, clock)
    for _ in range(60):
        rate.take("pk")
    with pytest.raises(RateLimitedError) as refused:
        rate.take("pk")
    assert refused.value.retry_after_s == 2
    rate.take("another")
    clock.now_s += 1
    rate.take("pk")
    with pytest.raises(RateLimitedError):
        rate.take("pk")
    clock.now_s += 3600
    for _ in range(60):
        rate.take("pk")
    with pytest.raises(RateLimitedError):
        rate.take("pk")


def test_a_refused_request_costs_nothing() -> None:
    clock = Clock()
    rate = BrowserRate(1, clock)
    rate.take("pk")
    waits = set()
    for _ in range(100):
        with pytest.raises(RateLimitedError) as refused:
            rate.take("pk")
        waits.add(refused.value.retry_after_s or 0)
    clock.now_s += max(waits)
    rate.take("pk")
