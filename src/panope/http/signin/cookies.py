"""The cookie of a session, and the short-lived one that a form was shown with."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from panope.http.clients import at_port
from panope.http.members import COOKIE

FORM_COOKIE = "panope_form"
_FORM_S = 24 * 3600


class Cookies:
    """Sets and takes away cookies, for the path under which the server is published."""

    def __init__(self, public_url: str | None, session_ttl_s: int) -> None:
        self._public = urlsplit(public_url or "")
        self._session_ttl_s = session_ttl_s

    def keep_session(self, request: Request, response: Response, token: str) -> None:
        """Have the browser keep the token of a session, from now for as long as the session lives."""
        self._set(request, response, COOKIE, token, self._session_ttl_s)

    def forget_session(self, request: Request, response: Response) -> None:
        """Have the browser forget it."""
        self._set(request, response, COOKIE, "", 0)

    def keep_form(self, request: Request, response: Response, nonce: str) -> None:
        """Have the browser keep what the ticket of its forms is made from."""
        self._set(request, response, FORM_COOKIE, nonce, _FORM_S)

    def _set(self, request: Request, response: Response, name: str, value: str, max_age_s: int) -> None:
        response.set_cookie(
            at_port(request, name),
            value,
            max_age=max_age_s,
            path=request.scope.get("root_path") or "/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="lax",
        )

    def _is_secure(self, request: Request) -> bool:
        """Whether the browser speaks TLS: as the connection, the proxy or the configured address has it."""
        told = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        if told:
            return told == "https"
        is_public = request.headers.get("host", "").lower() == self._public.netloc.lower()
        return request.scope["scheme"] == "https" or (is_public and self._public.scheme == "https")
