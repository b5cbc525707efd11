"""`score.name:value`: which scores of that name are asked, and for what."""

from typing import Final

from panope.domain.scores import ScoreDataType
from panope.query.ast import Condition, Node, Op, Or
from panope.query.text.errors import shorten
from panope.query.text.terms import Compare, Plain, Present, Range, Several, Value
from panope.query.text.units import NUMBER, read_number
from panope.query.text.values import UnsuitedError, any_of, lower_number, read_truth

_UNASKED: Final = frozenset({ScoreDataType.TEXT, ScoreDataType.CORRECTION})


def lower_score(name: str, value: Value, data_type: str | None) -> Node:
    """By the type of the scores; without it by the form of the value: truth, number or label."""
    shown = f"score.{shorten(name)}"
    if data_type in _UNASKED:
        raise UnsuitedError(f"{shown} holds texts, which a condition cannot be about")
    if isinstance(value, Present):
        return _present(name, data_type)
    if data_type == ScoreDataType.CATEGORICAL:
        return _label(name, value)
    truth = read_truth(value)
    if truth is not None and data_type in (None, ScoreDataType.BOOLEAN):
        return Condition("score_booleans", Op.EQ, truth, name)
    if data_type is None and not _is_numeric(value):
        return _label(name, value)
    return lower_number(Condition("scores_avg", Op.EQ, key=name), value, NUMBER, f"{shown} takes a number")


def _present(name: str, data_type: str | None) -> Node:
    numbers = Condition("scores_avg", Op.IS_NOT_NULL, key=name)
    labels = Condition("score_categories", Op.IS_NOT_NULL, key=name)
    if data_type is None:
        return Or((numbers, labels))
    return labels if data_type == ScoreDataType.CATEGORICAL else numbers


def _label(name: str, value: Value) -> Node:
    match value:
        case Plain(text):
            return any_of("score_categories", (text,), name)
        case Compare(op, text) if op == "=":
            return any_of("score_categories", (text,), name)
        case Several(texts, joint) if joint == "or":
            return any_of("score_categories", texts, name)
        case _:
            raise UnsuitedError(f"score.{shorten(name)} has labels: write one, or several as in (good OR ok)")


def _is_numeric(value: Value) -> bool:
    """Whether a value reads as a number, which sizes and ranges always should."""
    if isinstance(value, Range):
        return True
    if isinstance(value, Compare):
        return value.op != "=" or read_number(value.text, NUMBER) is not None
    return isinstance(value, Plain) and read_number(value.text, NUMBER) is not None
