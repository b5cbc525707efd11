"""Conditions on comments in SQL that SQLite and Postgres read alike."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, func, true, type_coerce

from panope.domain.text.folding import fold, replacements
from panope.query.ast import Condition, Op
from panope.query.comparing import COMPARISONS


def said(content: ColumnElement[str], condition: Condition) -> ColumnElement[bool]:
    """The condition on the text of one comment, as `CommentStore.find_objects` takes it."""
    op, value = condition.op, condition.value
    if isinstance(value, tuple):
        return content.in_(value)
    if not isinstance(value, str):
        return true()
    return content == value if op is Op.EQ else _PARTS[op](content, value)


def counted(condition: Condition) -> ColumnElement[bool]:
    """The condition on how many comments an object has; what it is compared with may be beyond 32 bits."""
    compared: ColumnElement[bool] = COMPARISONS[condition.op](type_coerce(func.count(), BigInteger), condition.value)
    return compared


def _starts(content: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return func.substr(content, 1, len(text)) == text


def _ends(content: ColumnElement[str], text: str) -> ColumnElement[bool]:
    length = func.length(content)
    return (length >= len(text)) & (func.substr(content, length - len(text) + 1) == text)


def _contains(content: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """By what is left without the text: the functions that find one have other names on each engine."""
    return func.length(func.replace(content, text, "")) < func.length(content)


def _matches(content: ColumnElement[str], phrase: str) -> ColumnElement[bool]:
    """The text is folded as far as it matters for finding the phrase; under its collation `lower` knows ASCII alone."""
    folded: ColumnElement[str] = func.lower(content)
    for origin, letter in replacements(fold(phrase)):
        folded = func.replace(folded, origin, letter)
    return _contains(folded, fold(phrase))


_PARTS: Final[dict[Op, Callable[[ColumnElement[str], str], ColumnElement[bool]]]] = {
    Op.CONTAINS: _contains,
    Op.MATCHES: _matches,
    Op.STARTS_WITH: _starts,
    Op.ENDS_WITH: _ends,
}
