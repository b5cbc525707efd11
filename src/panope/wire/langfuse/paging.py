"""Query parameters of the public API, and the two ways in which its lists are paged."""

import math
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from panope.domain.errors import InvalidError, Issue
from panope.wire.langfuse.times import parse_time

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
_MAX_OFFSET = 2**53 - 1


def invalid(path: tuple[str | int, ...], message: str) -> InvalidError:
    """One place of a request that breaks the contract, as an error to raise."""
    where = ".".join(str(step) for step in path)
    return InvalidError(
        f"Invalid request data: {where}: {message}",
        code="invalid_request_data",
        issues=(Issue(path, message),),
    )


class Params:
    """The query string of a request, decoded. A blank value counts as absent."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def names(self) -> set[str]:
        """All names that were sent, blank or not."""
        return set(self._values)

    def sent(self, name: str) -> str | None:
        """The one value of a parameter, blank included; None when it was not sent."""
        values = self._values.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise invalid((name,), "was sent more than once; send one value")
        return values[0]

    def text(self, name: str) -> str | None:
        """The one value of a parameter."""
        return self.sent(name) or None

    def all(self, name: str) -> list[str]:
        """All values of a parameter that may be repeated, as they were sent."""
        return self._values.get(name, [])

    def words(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that may be repeated, hold several separated by commas, or both."""
        parts = [part.strip() for value in self._values.get(name, []) for part in value.split(",")]
        return tuple(dict.fromkeys(part for part in parts if part))

    def choice(self, name: str, allowed: Iterable[str]) -> str | None:
        """One of a closed set."""
        value = self.text(name)
        options = list(allowed)
        if value is not None and value not in options:
            raise invalid((name,), f"must be one of {', '.join(options)}")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Read a whole number between two bounds, both allowed."""
        value = self.text(name)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise invalid((name,), "must be a whole number") from None
        if not low <= number <= high:
            raise invalid((name,), f"must be between {low} and {high}" if high < _MAX_OFFSET else f"must be ≥ {low}")
        return number

    def number(self, name: str) -> float | None:
        """Read a finite number."""
        value = self.text(name)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            raise invalid((name,), "must be a number") from None
        if not math.isfinite(number):
            raise invalid((name,), "must be a finite number")
        return number

    def flag(self, name: str) -> bool | None:
        """Read `true` or `false`."""
        value = self.choice(name, ("true", "false"))
        return None if value is None else value == "true"

    def time(self, name: str) -> int | None:
        """Read a moment, in microseconds since the epoch."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return parse_time(value)
        except ValueError:
            raise invalid((name,), "must be an ISO 8601 time that ends in Z or an offset") from None


class PageNumber(Struct, frozen=True):
    """Which page of how many rows; the first is 1."""

    page: int
    limit: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.limit


def read_page(params: Params, default_limit: int = DEFAULT_LIMIT) -> PageNumber:
    """Read `page` and `limit`; a limit beyond the largest is an error, not cut."""
    limit = params.integer("limit", default_limit, 1, MAX_LIMIT)
    return PageNumber(params.integer("page", 1, 1, _MAX_OFFSET // limit), limit)


def page_meta(page: PageNumber, total: int) -> dict[str, Any]:
    """Say where this page lies among all rows."""
    return {"page": page.page, "limit": page.limit, "totalItems": total, "totalPages": -(-total // page.limit)}
