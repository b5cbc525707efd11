"""What the values of a term say of one field of a view."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from panope.query.ast import And, Condition, Node, Op, Or
from panope.query.text.errors import Problem
from panope.query.text.terms import Compare, Pattern, Plain, Range, Several, Value
from panope.query.text.units import read_number

_PARTS: Final = {"start": Op.STARTS_WITH, "end": Op.ENDS_WITH, "anywhere": Op.MATCHES}


class UnsuitedError(Exception):
    """A value that the field does not take, or a field that the view does not have."""

    def __init__(self, message: str, code: Problem = Problem.UNSUITED_VALUE) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def any_of(column: str, texts: tuple[str, ...], key: str | None = None) -> Condition:
    """One of the texts."""
    return Condition(column, Op.ANY_OF, texts, key)


def lower_text(name: str, column: str, key: str | None, value: Value) -> Node:
    """Text that a bare value is looked for in; an empty one stands for having none."""
    match value:
        case Plain(text):
            return Condition(column, Op.MATCHES if text else Op.EQ, text, key)
        case Pattern(text, at):
            return Condition(column, _PARTS[at], text, key)
        case Compare(op, text) if op == "=":
            return Condition(column, Op.EQ, text, key)
        case Several(texts, joint) if joint == "or":
            return any_of(column, texts) if key is None else Or(tuple(Condition(column, Op.EQ, t, key) for t in texts))
        case Several():
            raise UnsuitedError(f"{name} holds one value: join several by OR")
        case _:
            raise UnsuitedError(f"{name} is text: write {name}:a, {name}:=a, {name}:a* or {name}:(a OR b)")


def lower_number(target: Condition, value: Value, scale: Mapping[str, Decimal], expected: str) -> Node:
    """A number, a comparison or a range; the field and key are those of `target`."""

    def number(text: str) -> int | float:
        found = read_number(text, scale)
        if found is None:
            raise UnsuitedError(expected, Problem.BAD_NUMBER)
        return found

    def compared(op: Op, text: str) -> Condition:
        return Condition(target.field, op, number(text), target.key)

    match value:
        case Plain(text):
            return compared(Op.EQ, text)
        case Compare(op, text):
            return compared(Op(op), text)
        case Range(low, high):
            return And((compared(Op.GE, low), compared(Op.LE, high)))
        case _:
            raise UnsuitedError(f"{expected}, a comparison or a range")


def read_truth(value: Value) -> bool | None:
    """What `true` and `false` say; None for anything else."""
    text = value.text if isinstance(value, Plain) or (isinstance(value, Compare) and value.op == "=") else None
    return {"true": True, "false": False}.get(text or "")
