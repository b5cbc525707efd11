"""Whether a page of this server sent a request, as far as browsers tell."""

from urllib.parse import urlsplit

from starlette.requests import Request

from panope.domain.errors import ForbiddenError


def require_same_site(request: Request, public_url: str | None) -> None:
    """Raise `ForbiddenError` when a browser says that another site's page sent the request.

    Browsers that say nothing, and programs, pass: whatever is protected asks for a secret as well. The host is
    compared without the scheme, which a proxy may hide.
    """
    fetch_site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetch_site is not None:
        is_own = fetch_site in {"same-origin", "none"}
    else:
        is_own = origin is None or _host_of(origin) in _own_hosts(request, public_url)
    if not is_own:
        raise ForbiddenError("The request comes from a page of another site: use the one of panope", code="cross_site")


def _host_of(origin: str) -> str | None:
    """Host and port; None for what is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _own_hosts(request: Request, public_url: str | None) -> set[str]:
    headers = request.headers
    told = (headers.get("host", ""), headers.get("x-forwarded-host", "").partition(",")[0])
    hosts = {host.strip().lower() for host in told} | {urlsplit(public_url or "").netloc.lower()}
    return hosts - {""}
