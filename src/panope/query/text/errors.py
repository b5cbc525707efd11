"""What can be wrong with a query text."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.domain.errors import InvalidError, Issue

_SHOWN_CHARS: Final = 40


def shorten(text: str) -> str:
    """A part of the query text as a message repeats it: its beginning, when it is long."""
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


class Problem(StrEnum):
    """The closed set of mistakes. The first group is found on reading, the second on lowering to a view."""

    TOO_LONG = "too_long"
    TOO_MANY_TERMS = "too_many_terms"
    NUL = "nul"
    MISSING_TERM = "missing_term"
    MISSING_VALUE = "missing_value"
    MISSING_COLON = "missing_colon"
    MISSING_KEY = "missing_key"
    UNEXPECTED_KEY = "unexpected_key"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_FLAG = "unknown_flag"
    UNCLOSED_QUOTE = "unclosed_quote"
    BAD_LIST = "bad_list"
    BAD_RANGE = "bad_range"
    BAD_WILDCARD = "bad_wildcard"
    STRAY_CHARACTER = "stray_character"
    ACROSS_TERMS = "across_terms"

    NOT_IN_VIEW = "not_in_view"
    BAD_NUMBER = "bad_number"
    BAD_TIME = "bad_time"
    UNSUITED_VALUE = "unsuited_value"


class QueryError(Struct, frozen=True):
    """One mistake and its place, counted in characters from 0."""

    code: Problem
    position: int
    length: int
    message: str
    """A sentence for the person who wrote the text."""


class InvalidTextError(InvalidError):
    """A query text that cannot be used; `error` says where and why."""

    def __init__(self, error: QueryError) -> None:
        where = f"at character {error.position + 1}"
        super().__init__(
            f"Invalid q {where}: {error.message}",
            code="invalid_query",
            issues=(Issue(("q", error.position), error.message, error.code.value),),
        )
        self.error = error
