"""What the web app asks of a list: the rows of one kind that match a text, within a time, in an order."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from panope.query.ast import And, Condition, Keyset, Node, Not, Op, Some, Sort
from panope.query.fields import View


class Listing(StrEnum):
    """What is listed. Users are not stored: they are what traces name."""

    TRACES = "traces"
    OBSERVATIONS = "observations"
    SESSIONS = "sessions"
    USERS = "users"
    SCORES = "scores"

    @property
    def view(self) -> View:
        """The view that the conditions are about."""
        return View.TRACES if self is Listing.USERS else View(self.value)


TIMES: Final = {
    View.TRACES: "timestamp",
    View.OBSERVATIONS: "start_time",
    View.SCORES: "timestamp",
    View.SESSIONS: "created_at",
}
"""The field that places a row in time."""

INTERNAL_ENVIRONMENTS: Final = ("langfuse-", "panope-", "sdk-experiment")
"""How the environments begin that only machinery writes to: left out unless they are asked for by name."""

_SLACK_US: Final = 10_000_000
"""A row is stamped before it is committed: what has changed since a moment was stamped at most so long before it."""


class Question(Struct, frozen=True, kw_only=True):
    """One question of the web app."""

    listing: Listing
    text: str = ""
    """In the query language `q`."""
    now_us: int | None = None
    """What relative times count from; None: the time of reading."""
    score_types: Mapping[str, str] | None = None
    """The data types of the scores that the text names; None: those of their newest."""
    environments: tuple[str, ...] = ()
    """Empty: all but the internal ones."""
    from_us: int | None = None
    until_us: int | None = None
    changed_since_us: int | None = None
    """Only rows that came or changed since then."""
    sort: Sort
    limit: int = 100
    after: Keyset | None = None


def bound(question: Question, *, in_any_environment: bool = False) -> Node:
    """All conditions of a question but those of its text."""
    view = question.listing.view
    nodes: list[Node] = [] if in_any_environment else [in_environments(question.environments)]
    nodes += _window(question, view)
    if question.changed_since_us is not None:
        changed = Condition("updated_at", Op.GE, question.changed_since_us - _SLACK_US)
        nodes.append(Some(changed) if view is View.SESSIONS else changed)
    return And(tuple(nodes))


def _window(question: Question, view: View) -> list[Node]:
    """The time of the question; a session lies in it with any of its traces."""
    moments = ((Op.GE, question.from_us), (Op.LT, question.until_us))
    time = TIMES[View.TRACES if view is View.SESSIONS else view]
    nodes: list[Node] = [Condition(time, op, moment) for op, moment in moments if moment is not None]
    return [Some(And(tuple(nodes)))] if nodes and view is View.SESSIONS else nodes


def in_environments(names: tuple[str, ...]) -> Node:
    """The condition on the environment; all but the internal ones without names."""
    if names:
        return Condition("environment", Op.ANY_OF, names)
    return And(tuple(Not(Condition("environment", Op.STARTS_WITH, start)) for start in INTERNAL_ENVIRONMENTS))
