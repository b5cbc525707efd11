"""Terms → the tree of a query over one view."""

from collections.abc import Callable, Mapping
from typing import Final

from panope.query.ast import And, Condition, Node, Not, Op, Or, Some
from panope.query.fields import View
from panope.query.text import units
from panope.query.text.errors import InvalidTextError, Problem, QueryError
from panope.query.text.fields import BY_USAGE, FLAGS, TEXT_FIELDS, VIEWS, Kind, Place, TextField
from panope.query.text.moments import is_relative, read_moment
from panope.query.text.scores import lower_score
from panope.query.text.terms import Compare, Pattern, Plain, Present, Query, Range, Several, Term, Value
from panope.query.text.values import UnsuitedError, any_of, lower_number, lower_text, read_truth

_OPPOSITES: Final = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.MATCHES: Op.NOT_MATCHES,
    Op.ANY_OF: Op.NONE_OF,
    Op.IS_NULL: Op.IS_NOT_NULL,
    Op.IS_NOT_NULL: Op.IS_NULL,
}
_SEARCHED: Final = {
    View.TRACES: ("id", "name", "user_id", "input", "output"),
    View.OBSERVATIONS: ("id", "name", "user_id", "input", "output"),
    View.SESSIONS: ("id",),
    View.SCORES: ("id", "name", "user_id", "string_value", "comment"),
}
_SEARCHED_OF_TRACES: Final = ("name", "user_id")
"""Of the traces of a session."""


def lower(query: Query, view: View, score_types: Mapping[str, str], now_us: int) -> Node:
    """The tree that is true where all terms hold; InvalidTextError names the term that the view cannot answer.

    `score_types` gives the data type of scores by their name; without it the form of a value decides: true and false
    ask boolean scores, numbers numeric ones, anything else labels. `now_us` is what relative times count from, in µs.
    """
    nodes: list[Node] = []
    for index in range(len(query.terms)):
        node = _lower_at(query, index, view, score_types, now_us)
        nodes.extend(node.nodes if isinstance(node, And) else (node,))
    return And(tuple(nodes))


def _lower_at(query: Query, index: int, view: View, score_types: Mapping[str, str], now_us: int) -> Node:
    term = query.terms[index]
    try:
        node = _Lowering(view, score_types, now_us).positive(term)
    except UnsuitedError as error:
        raise InvalidTextError(QueryError(error.code, *query.span(index), error.message)) from None
    return negate(node) if term.negated else node


def negate(node: Node) -> Node:
    """The opposite: by the operator's own where it has one."""
    if isinstance(node, Condition) and node.op in _OPPOSITES:
        return Condition(node.field, _OPPOSITES[node.op], node.value, node.key)
    return Not(node)


def search(view: View, phrase: str) -> Node:
    """Where a phrase stands anywhere in what is searched, in capitals or not.

    The one place that decides what free text is looked for in; engines find the rows by their index of texts.
    """
    own = tuple(Condition(field, Op.MATCHES, phrase) for field in _SEARCHED[view])
    if view is not View.SESSIONS:
        return Or(own)
    return Or((*own, Some(Or(tuple(Condition(field, Op.MATCHES, phrase) for field in _SEARCHED_OF_TRACES)))))


class _Lowering:
    """Lowers terms of one view."""

    def __init__(self, view: View, score_types: Mapping[str, str], now_us: int) -> None:
        self._view = view
        self._score_types = score_types
        self._now_us = now_us
        self._kinds: dict[Kind, Callable[[TextField, str, Value], Node]] = {
            Kind.EXACT: self._exact,
            Kind.UPPER: self._upper,
            Kind.TEXT: self._text,
            Kind.LIST: self._list,
            Kind.NUMBER: self._number,
            Kind.COUNT: self._number,
            Kind.DURATION: self._number,
            Kind.MONEY: self._number,
            Kind.MOMENT: self._moment,
            Kind.VALUE: self._score_value,
        }

    def positive(self, term: Term) -> Node:
        """The term without its minus."""
        if term.field is None:
            return search(self._view, term.value.text) if isinstance(term.value, Plain) else Or(())
        if term.field == "is":
            return self._flag(term)
        field = TEXT_FIELDS[term.field]
        if isinstance(term.value, Present) and term.key is None and field.name in ("error", "score"):
            return self._presence(field)
        place = self._place(field.name, field.places)
        if place.depth and isinstance(term.value, Several) and term.value.joint == "and":
            each = (Term(term.field, Several((text,), "or"), term.key) for text in term.value.texts)
            return And(tuple(_down(place.depth, self._at(field, place, one)) for one in each))
        return _down(place.depth, self._at(field, place, term))

    def _at(self, field: TextField, place: Place, term: Term) -> Node:
        """The term of the view that keeps the field."""
        if field.kind is Kind.MAP:
            return _map(field, place.column, term)
        if field.kind is Kind.SCORE:
            return lower_score(term.key or "", term.value, self._score_types.get(term.key or ""))
        column = BY_USAGE.get(field.name, {}).get(term.key, place.column)
        key = term.key if column == place.column and field.name in BY_USAGE else None
        if isinstance(term.value, Present):
            return Condition(column, Op.IS_NOT_NULL, None, key)
        if key is not None:
            return self._number(field, column, term.value, key)
        return self._kinds[field.kind](field, column, term.value)

    def _place(self, name: str, places: Mapping[View, Place]) -> Place:
        place = places.get(self._view)
        if place is not None:
            return place
        others = ", ".join(view for view in VIEWS if view in places)
        raise UnsuitedError(
            f"{self._view.capitalize()} have no {name}: {others} can be asked for it", Problem.NOT_IN_VIEW
        )

    def _flag(self, term: Term) -> Node:
        name = term.value.text if isinstance(term.value, Plain) else ""
        place = self._place(f"is:{name}", FLAGS[name])
        if name == "running":
            return _down(place.depth, _running(View.TRACES if place.depth else self._view))
        return _down(place.depth, Condition(place.column, Op.EQ, value=True))

    def _presence(self, field: TextField) -> Node:
        """`has:error` and `has:score`, which ask whether there is any."""
        if field.name == "score":
            self._place("score", field.places)
            return Condition("has_score", Op.EQ, value=True)
        if self._view is View.OBSERVATIONS:
            return Condition("level", Op.EQ, "ERROR")
        place = self._place("error", _ERROR_COUNT)
        return _down(place.depth, Condition(place.column, Op.GT, 0))

    def _exact(self, field: TextField, column: str, value: Value) -> Node:
        if isinstance(value, Plain):
            return any_of(column, (value.text,))
        return lower_text(field.name, column, None, value)

    def _upper(self, field: TextField, column: str, value: Value) -> Node:
        return self._exact(field, column, _raised(value))

    def _text(self, field: TextField, column: str, value: Value) -> Node:
        return lower_text(field.name, column, None, value)

    def _list(self, field: TextField, column: str, value: Value) -> Node:
        if isinstance(value, Several):
            return Condition(column, Op.ALL_OF if value.joint == "and" else Op.ANY_OF, value.texts)
        if isinstance(value, Plain) or (isinstance(value, Compare) and value.op == "="):
            return any_of(column, (value.text,))
        raise UnsuitedError(
            f"{field.name} takes whole values: {field.name}:a, {field.name}:(a OR b) or {field.name}:(a AND b)"
        )

    def _number(self, field: TextField, column: str, value: Value, key: str | None = None) -> Node:
        scale, sample = _UNITS[field.kind]
        return lower_number(
            Condition(column, Op.EQ, key=key), value, scale, f"{field.name} takes a number such as {sample}"
        )

    def _moment(self, field: TextField, column: str, value: Value) -> Node:
        if isinstance(value, Range):
            low, high = self._stretch(field, value.low), self._stretch(field, value.high)
            return And((Condition(column, Op.GE, low[0]), Condition(column, Op.LT, high[1])))
        if isinstance(value, Compare) and value.op != "=":
            first, end = self._stretch(field, value.text)
            op = Op.GE if value.op.startswith(">") else Op.LT
            return Condition(column, op, first if value.op in (">=", "<") else end)
        if isinstance(value, Plain | Compare) and not is_relative(value.text):
            first, end = self._stretch(field, value.text)
            return And((Condition(column, Op.GE, first), Condition(column, Op.LT, end)))
        raise UnsuitedError(f"{field.name} takes a comparison such as {field.name}:>=-1h, a day, or a range")

    def _stretch(self, field: TextField, text: str) -> tuple[int, int]:
        found = read_moment(text, self._now_us)
        if found is None:
            raise UnsuitedError(
                f"{field.name} takes a time such as 2026-06-01, 2026-06-01T10:30Z, -1h or now", Problem.BAD_TIME
            )
        return found

    def _score_value(self, field: TextField, column: str, value: Value) -> Node:
        truth = read_truth(value)
        if truth is not None:
            return Condition("boolean_value", Op.EQ, truth)
        expected = f"{field.name} takes a number, true or false; label:good asks labels"
        return lower_number(Condition(column, Op.EQ), value, units.NUMBER, expected)


_UNITS: Final = {
    Kind.NUMBER: (units.NUMBER, "2 or >0.5"),
    Kind.COUNT: (units.COUNT, ">100 or 10k"),
    Kind.DURATION: (units.DURATION, ">2s or <800ms"),
    Kind.MONEY: (units.MONEY, ">$0.05 or 0.1..1"),
}
_ERROR_COUNT: Final = {
    View.TRACES: Place("error_count"),
    View.OBSERVATIONS: Place("level"),
    View.SESSIONS: Place("error_count"),
}


def _down(depth: int, node: Node) -> Node:
    """Of a part, so many times removed."""
    for _ in range(depth):
        node = Some(node)
    return node


def _running(view: View) -> Node:
    """Whether an end is still to come; of an event none ever does."""
    if view is View.TRACES:
        return Or((Condition("incomplete", Op.EQ, value=True), Condition("open_count", Op.GT, 0)))
    return And((Condition("end_time", Op.IS_NULL), Condition("type", Op.NE, "EVENT")))


def _map(field: TextField, column: str, term: Term) -> Node:
    if isinstance(term.value, Present):
        return Condition(column, Op.IS_NOT_NULL, None, term.key)
    return lower_text(field.name, column, term.key, term.value)


def _raised(value: Value) -> Value:
    """In capitals."""
    match value:
        case Plain(text):
            return Plain(text.upper())
        case Pattern(text, at):
            return Pattern(text.upper(), at)
        case Compare(op, text):
            return Compare(op, text.upper())
        case Several(texts, joint):
            return Several(tuple(text.upper() for text in texts), joint)
        case _:
            return value
