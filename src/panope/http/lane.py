"""Finding a hot route without trying all of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class PathTable(BaseRoute):
    """Several routes as one: those with a fixed path are found by it, the others by what stands before a parameter."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._fixed = {route.path: route for route in routes if "{" not in route.path}
        self._open = [(route.path.partition("{")[0], route) for route in routes if "{" in route.path]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Starlette would have it, route by route; the one that matches replaces this one in the scope."""
        partial: tuple[Match, dict[str, Any]] = Match.NONE, {}
        if scope["type"] != "http":
            return partial
        for route in self._candidates(scope["path"].removeprefix(scope.get("root_path", ""))):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, "route": route}
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, {**found, "route": route}
        return partial

    def _candidates(self, path: str) -> Iterable[Route]:
        fixed = self._fixed.get(path)
        if fixed is not None:
            yield fixed
        for start, route in self._open:
            if path.startswith(start):
                yield route

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve by the route that was found."""
        route: Route = scope["route"]
        await route.handle(scope, receive, send)
