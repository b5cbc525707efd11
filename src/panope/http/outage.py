"""How long senders are told to wait while a store is away."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.errors import UnavailableError
from panope.http.errors import answer_panope_error
from panope.kit.clock import monotonic_s

_LONGEST_S: Final = 16
_OVER_AFTER_S: Final = 2.0 * _LONGEST_S
"""When nobody has met the outage for so long, another one is a new one."""


class Outage:
    """The present outage as requests meet it.

    Exporters try a handful of times and give up at a deadline of their own: 5 or 10 seconds unless told otherwise. A
    short wait serves those at the beginning; were it always short, the patient ones would have used up their tries
    within seconds. So it grows with the outage: 1 second at first, as many as it has lasted later, 16 at most. Six
    tries then reach over half a minute.
    """

    def __init__(self, clock: Callable[[], float] = monotonic_s) -> None:
        self._clock = clock
        self._began_s = self._met_s = -_OVER_AFTER_S

    def meet(self) -> int:
        """A request met it: after how many seconds it may come again."""
        now_s = self._clock()
        if now_s - self._met_s >= _OVER_AFTER_S:
            self._began_s = now_s
        self._met_s = now_s
        return min(_LONGEST_S, 1 + int(now_s - self._began_s))


def answer_errors(outage: Outage) -> Callable[[Request, Any], Coroutine[Any, Any, Response]]:
    """`answer_panope_error`, where an error that does not know when to come again leaves that to the outage."""

    async def answer(request: Request, error: Exception) -> Response:
        response = await answer_panope_error(request, error)
        if isinstance(error, UnavailableError) and error.retry_after_s is None:
            response.headers["Retry-After"] = str(outage.meet())
        return response

    return answer
