"""`join`: two states about one entity become one, whatever came first."""

from collections.abc import Iterable
from operator import attrgetter

from panope.domain.events import EntityKind
from panope.domain.merge.fields import Rule, fields_of
from panope.domain.merge.leaves import prune
from panope.domain.merge.state import Fragment, Stamp, State

_FIRST_FIELDS = {kind: fields_of(kind, Rule.FIRST) for kind in EntityKind}


def join(kind: EntityKind, *states: State) -> State:
    """Least state that knows everything that the given ones know.

    Commutative, associative and idempotent. Never changes its arguments.
    """
    united = _unite(fragment for state in states for fragment in state.fragments)
    if len(united) <= 1:
        return State(united)
    return State([fragment for fragment in _normalise(kind, united) if not fragment.is_spent()])


def forget(kind: EntityKind, state: State, cut_us: int) -> State:
    """Drop everything that was said at or before a cut time: what a deletion leaves of late repetitions."""
    kept = [fragment for fragment in state.fragments if fragment.stamp.at_us > cut_us]
    return state if len(kept) == len(state.fragments) else join(kind, State(kept))


def _unite(fragments: Iterable[Fragment]) -> list[Fragment]:
    """One fragment per stamp, in rising order. What one side has already dropped, the other may still hold."""
    by_stamp: dict[Stamp, Fragment] = {}
    for fragment in fragments:
        known = by_stamp.get(fragment.stamp)
        by_stamp[fragment.stamp] = fragment if known is None or known is fragment else _overlay(known, fragment)
    return sorted(by_stamp.values(), key=attrgetter("stamp"))


def _overlay(one: Fragment, other: Fragment) -> Fragment:
    return Fragment(
        one.stamp,
        {**one.values, **other.values},
        {**one.leaves, **other.leaves},
        sorted({*one.tags, *other.tags}),
    )


def _normalise(kind: EntityKind, fragments: list[Fragment]) -> list[Fragment]:
    """Leave each field, leaf and tag in the one fragment that decides it."""
    winners = _decide_values(kind, fragments)
    leaves = prune(fragments)
    tag_holders: dict[str, int] = {}
    for index, fragment in enumerate(fragments):
        for tag in fragment.tags:
            tag_holders.setdefault(tag, index)
    return [
        Fragment(
            fragment.stamp,
            {name: value for name, value in fragment.values.items() if winners[name] == index},
            {path: value for path, value in fragment.leaves.items() if leaves.get(path) == index},
            [tag for tag in fragment.tags if tag_holders[tag] == index],
        )
        for index, fragment in enumerate(fragments)
    ]


def _decide_values(kind: EntityKind, fragments: list[Fragment]) -> dict[str, int]:
    """Index of the deciding fragment by field. Stamps rise, so the last holder wins, but for first-wins fields."""
    first_fields = _FIRST_FIELDS[kind]
    winners: dict[str, int] = {}
    for index, fragment in enumerate(fragments):
        for name in fragment.values:
            if name in first_fields and name in winners:
                if fragments[winners[name]].stamp.rank < fragment.stamp.rank:
                    winners[name] = index
            else:
                winners[name] = index
    return winners
