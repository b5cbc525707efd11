"""Bodies of requests to the catalog: typed, with every mistake named by its place."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from panope.domain.errors import InvalidError, Issue
from panope.wire import jsontext

_AT: Final = " - at `$"
_PATH_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_Body = TypeVar("_Body")


def read_body(
    body: bytes,
    shape: type[_Body],
    *,
    code: str = "invalid_request_data",
    what: str = "body",
    allow_nul: bool = False,
) -> _Body:
    """Decode a body of JSON. What the shape does not name is ignored, as clients of other versions may send more.

    With `allow_nul` the caller sees to the character NUL, which no text may hold.

    Raises `InvalidError` with the place that is wrong; also for a document that no engine can keep.
    """
    try:
        decoded = msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(_AT)
        raise invalid_body([Issue(_path(where), message, "invalid_type")], code=code) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        issue = Issue((), f"The {what} is not a JSON object in UTF-8", "invalid_json")
        raise invalid_body([issue], code=code) from None
    issues = list(_check(body, allow_nul=allow_nul))
    if issues:
        raise invalid_body(issues, code=code)
    return decoded


def invalid_body(issues: Sequence[Issue], *, code: str = "invalid_request_data") -> InvalidError:
    """The error of a body that is wrong at one place or more; its text names the first."""
    first = issues[0]
    where = ".".join(str(step) for step in first.path)
    text = f"Invalid request data: {where}: {first.message}" if where else f"Invalid request data: {first.message}"
    return InvalidError(text, code=code, issues=issues)


def _check(body: bytes, *, allow_nul: bool) -> Iterator[Issue]:
    """What no engine can keep, wherever it stands in a valid document."""
    if jsontext.is_too_deep(body):
        yield Issue((), f"nests more than {jsontext.MAX_DEPTH} arrays and objects: flatten it", "too_deep")
    if not allow_nul and jsontext.has_nul(body):
        yield Issue((), "holds the character NUL, which no text may: leave it out", "invalid_text")


def _path(where: str) -> tuple[str | int, ...]:
    return tuple(name or (int(index) if index.isdigit() else index) for name, index in _PATH_STEP.findall(where[:-1]))
