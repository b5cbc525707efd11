"""How often somebody may call who has shown no secret."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from panope.domain.errors import RateLimitedError

_MOST_CALLERS: Final = 10_000
_MINUTE_S: Final = 60.0


class _Allowance(Struct):
    left: float
    at_s: float


class BrowserRate:
    """An allowance per public key that fills up again evenly; a full one is a minute's worth.

    Everybody can read a public key off a page that sends scores, so that whoever has one must not fill the disk.
    """

    def __init__(self, per_minute: int, clock_s: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock_s = clock_s
        self._allowances: dict[str, _Allowance] = {}

    def take(self, public_key: str) -> None:
        """Count one request; raise `RateLimitedError` when the allowance is used up."""
        now_s = self._clock_s()
        allowance = self._allowances.get(public_key)
        if allowance is None:
            if len(self._allowances) >= _MOST_CALLERS:
                self._allowances.clear()
            allowance = self._allowances[public_key] = _Allowance(float(self._per_minute), now_s)
        refilled = (now_s - allowance.at_s) * self._per_minute / _MINUTE_S
        allowance.left = min(float(self._per_minute), allowance.left + max(0.0, refilled))
        allowance.at_s = now_s
        if allowance.left < 1:
            wait_s = int((1 - allowance.left) * _MINUTE_S / self._per_minute) + 1
            text = (
                f"This public key sent more than browser_requests_per_minute ({self._per_minute}): send again later, "
                "or send from a server with the key pair"
            )
            raise RateLimitedError(text, code="too_many_browser_requests", retry_after_s=wait_s)
        allowance.left -= 1
