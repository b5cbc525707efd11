"""Routes whose ids are one segment of the path each, whatever they hold."""

from typing import Any
from urllib.parse import unquote

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope


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
