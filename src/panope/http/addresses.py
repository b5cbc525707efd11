"""The address of this server as its clients see it."""

import re
from typing import Final

from starlette.requests import Request

from panope.domain.errors import InvalidError

_HOST: Final = re.compile(r"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_SCHEMES: Final = frozenset({"http", "https"})


def base_url_of(request: Request, public_url: str | None) -> str:
    """Address of this server as its clients see it, without a slash at the end.

    The configured one, else what the request says: host and scheme, those that a proxy forwards before its own, and
    the path prefix. Whoever makes them up is misled alone. Raises `InvalidError` for a host that can be none.
    """
    if public_url:
        return public_url.rstrip("/")
    headers = request.headers
    host = headers.get("x-forwarded-host", headers.get("host", "")).partition(",")[0].strip()
    if not _HOST.fullmatch(host):
        text = "The Host header of the request is no name or address: send another, or set PANOPE_PUBLIC_URL"
        raise InvalidError(text, code="invalid_host")
    told = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    scheme = told if told in _SCHEMES else request.scope["scheme"]
    return f"{scheme}://{host}{request.scope.get('root_path', '')}"
