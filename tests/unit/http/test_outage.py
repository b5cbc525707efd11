"""Senders wait longer the longer a store is away, and short again at the next outage."""

from starlette.requests import Request

from panope.domain.errors import UnavailableError
from panope.http.outage import Outage, answer_errors


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_the_wait_grows_with_the_outage_up_to_a_bound() -> None:
    clock = Clock()
    outage, waits = Outage(clock), []
    for _ in range(100):
        waits.append(outage.meet())
        clock.now_s += 1
    assert waits[:20] == [*range(1, 17), 16, 16, 16, 16]
    assert set(waits[20:]) == {16}


def test_six_tries_of_one_exporter_reach_over_half_a_minute() -> None:
    clock = Clock()
    outage = Outage(clock)
    for _ in range(5):
        clock.now_s += outage.meet()
    assert clock.now_s - Clock.now_s > 30


def test_a_later_outage_begins_with_a_short_wait() -> None:
    clock = Clock()
    outage = Outage(clock)
    outage.meet()
    clock.now_s += 20
    assert outage.meet() == 16
    clock.now_s += 32
    assert outage.meet() == 1


async def test_an_error_that_knows_when_to_come_again_is_left_alone() -> None:
    clock = Clock()
    answer = answer_errors(Outage(clock))
    waits = []
    for error in (UnavailableError("away"), UnavailableError("full", retry_after_s=7), UnavailableError("away")):
        response = await answer(Request({"type": "http"}), error)
        waits.append((response.status_code, response.headers["Retry-After"]))
        clock.now_s += 3
    assert waits == [(503, "1"), (503, "7"), (503, "7")]
