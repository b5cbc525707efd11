"""Routes of the web app: ids are one segment of the path each, whatever they hold; large answers are packed."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import unquote

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from panope.http.routes.ui.packing import pack


class WholeSegments(APIRoute):
    """Matches the path as it was sent: an encoded slash belongs to its id and divides nothing.

    So `traces/a%2Fio` is the trace `a/io`, and `traces/a/io` the text of the trace `a`.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the framework does it, on the encoded path; the parameters are decoded, once."""
        raw: bytes | None = scope.get("raw_path")
        if raw is None:
            return super().matches(scope)
        match, found = super().matches({**scope, "path": raw.decode("latin-1").partition("?")[0]})
        params: dict[str, Any] | None = found.get("path_params")
        if params:
            found["path_params"] = {name: unquote(value) for name, value in params.items()}
        return match, found

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own, with its answer packed."""
        handle = super().get_route_handler()

        async def handle_and_pack(request: Request) -> Response:
            return await pack(request, await handle(request))

        return handle_and_pack
