"""The one error tree: what went wrong in the project's own terms, without any transport's status codes."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct


class ErrorKind(StrEnum):
    """The closed set of ways in which a request can fail; each transport maps it to its own vocabulary."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNSUPPORTED = "unsupported"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class PanopeError(Exception):
    """A failure that a caller can understand and act on.

    `code` is a stable snake_case word, `message` says what was wrong, where, and what to do. Neither ever holds a
    payload or a secret.
    """

    kind: ErrorKind = ErrorKind.INTERNAL

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.kind.value
        self.retry_after_s = retry_after_s


class Issue(Struct, frozen=True):
    """One place of a request that breaks the contract."""

    path: tuple[str | int, ...]
    """Where: the names and indexes that lead there."""
    message: str
    code: str = "custom"


class InvalidError(PanopeError):
    """The request contradicts the contract; sending it again unchanged will fail again.

    `issues` names the places, when the request was understood well enough to tell them.
    """

    kind = ErrorKind.INVALID

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        retry_after_s: int | None = None,
        issues: Sequence[Issue] = (),
    ) -> None:
        super().__init__(message, code=code, retry_after_s=retry_after_s)
        self.issues = tuple(issues)


class TooBroadError(InvalidError):
    """Answering would take more work than one question may; the message says how to ask for less."""


class UnauthenticatedError(PanopeError):
    """No valid credentials came with the request."""

    kind = ErrorKind.UNAUTHENTICATED


class ForbiddenError(PanopeError):
    """The credentials are valid and do not reach this far."""

    kind = ErrorKind.FORBIDDEN


class NotFoundError(PanopeError):
    """Nothing of that name exists in the caller's project."""

    kind = ErrorKind.NOT_FOUND


class ConflictError(PanopeError):
    """The name or state is taken."""

    kind = ErrorKind.CONFLICT


class TooLargeError(PanopeError):
    """A body or a part of it is beyond a limit that the message names."""

    kind = ErrorKind.TOO_LARGE


class RateLimitedError(PanopeError):
    """The caller sends faster than the server can make durable; `retry_after_s` says when to try again."""

    kind = ErrorKind.RATE_LIMITED


class UnsupportedError(PanopeError):
    """This engine or build cannot do that."""

    kind = ErrorKind.UNSUPPORTED


class UnavailableError(PanopeError):
    """A store is away for now; nothing was accepted, and trying again later is right."""

    kind = ErrorKind.UNAVAILABLE
