"""What a client says about itself."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope

from panope.features.accounts.password_check import Client

_PASSED_ON: Final = frozenset({"forwarded", "via", "x-real-ip"})
_PASSED_ON_PREFIX: Final = "x-forwarded-"


def header_of(scope: Scope, name: bytes) -> str | None:
    """The first header of a name in lower case; None when there is none."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def cookie_of(request: Request, name: str) -> str | None:
    """The first cookie of a name; None when there is none.

    Of several, browsers send the one of the longest path first, which is that of this server: another server may be
    published above its path.
    """
    for pair in "; ".join(request.headers.getlist("cookie")).split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            return value
    return None


def at_port(request: Request, name: str) -> str:
    """The name of a cookie of this server: browsers give the cookies of one port to all servers of a host."""
    port = request.headers.get("host", "").rpartition("]")[2].partition(":")[2]
    return f"{name}_{port}" if port.isdecimal() else name


def sdk_header(request: Request, part: str) -> str | None:
    """`name` or `version` of the client's SDK, at most 100 characters; SDKs of the 2.x line write underscores."""
    headers = request.headers
    value = headers.get(f"x-langfuse-sdk-{part}") or headers.get(f"x_langfuse_sdk_{part}")
    return value[:100] if value else None


def sdk_of(request: Request) -> str:
    """Name and version in one, `python 4.14.0`; what is not stated is left empty."""
    return f"{sdk_header(request, 'name') or ''} {sdk_header(request, 'version') or ''}"


def is_on_this_machine(request: Request) -> bool:
    """Whether a request comes from the machine that the server runs on.

    It comes over loopback, was sent to a name of loopback, and no header tells of a proxy. A proxy on this machine
    that passes on neither the name it was called by nor any such header cannot be told from somebody who sits here.
    """
    if any(name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIX) for name in request.headers):
        return False
    return _is_loopback(request.client.host if request.client else "") and _is_loopback(_called(request))


def _called(request: Request) -> str:
    """The name or address that a request was sent to, without its port."""
    try:
        return urlsplit("//" + request.headers.get("host", "")).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def client_of(request: Request) -> Client:
    """Where a request comes from: the connection, and what the nearest proxy says of it."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return Client(peer, forwarded or None)
