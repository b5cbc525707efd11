"""What a form sends, and that it was this server's form."""

import hmac
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from panope.domain.errors import ForbiddenError, InvalidError
from panope.features.accounts.sessions import UserSessions
from panope.http.clients import at_port, cookie_of
from panope.http.fast.routing import read_small_body
from panope.http.signin.cookies import FORM_COOKIE
from panope.http.sites import require_same_site

TICKET: Final = "ticket"
_MAX_BYTES: Final = 32 * 1024
_MAX_FIELDS: Final = 20
_MAX_NONCE_CHARS: Final = 100


class Forms:
    """Shows and checks tickets: a form comes with one that belongs to a cookie, which no other site can read."""

    def __init__(self, sessions: UserSessions, new_id: Callable[[], str], public_url: str | None) -> None:
        self._sessions = sessions
        self._new_id = new_id
        self._public_url = public_url

    async def ticket(self, request: Request) -> tuple[str, str]:
        """The nonce for the cookie and the ticket for the form; forms in other tabs go on working."""
        nonce = _nonce(request) or self._new_id()
        return nonce, await self._sessions.seal("form", nonce)

    async def read(self, request: Request) -> dict[str, str]:
        """What a form sends, by name.

        Raises `ForbiddenError` when no page of this server has sent it, `InvalidError` for what is no form and
        `TooLargeError` for one that is too large.
        """
        require_same_site(request, self._public_url)
        sent = await read_fields(request)
        nonce = _nonce(request)
        due = await self._sessions.seal("form", nonce) if nonce else ""
        if not due or not hmac.compare_digest(sent.get(TICKET, "").encode(errors="replace"), due.encode()):
            text = "The form was open for too long, or your browser keeps no cookies: try again"
            raise ForbiddenError(text, code="form_expired")
        return sent


async def read_fields(request: Request) -> dict[str, str]:
    """Fields of a form by name, the last of each; raises as `Forms.read`."""
    body = await read_small_body(request, _MAX_BYTES, "shorten what you typed")
    try:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise InvalidError("That is not one of the forms of this server", code="invalid_form") from None
    return {name: value.replace("\0", "") for name, value in pairs}


def _nonce(request: Request) -> str:
    return (cookie_of(request, at_port(request, FORM_COOKIE)) or "")[:_MAX_NONCE_CHARS]
