"""`join`: two states about one entity become one, whatever came first."""

from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from panope.domain.events import EntityKind
from panope.domain.merge.fields import Rule, fields_of
from panope.domain.merge.leaves import flatten, prune
from panope.domain.merge.state import Fragment, State

_FIRST_FIELDS = {kind: fields_of(kind, Rule.FIRST) for kind in EntityKind}
_stamp = attrgetter("stamp")
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_Key = TypeVar("_Key")


def join(kind: EntityKind, *states: State) -> State:
    """Least state that knows everything that the given ones know.

    Commutative, associative and idempotent. Never changes its arguments.
    """
    united = _unite([fragment for state in states for fragment in state.fragments])
    if len(united) <= 1:
        return State(united)
    return State(_normalise(kind, united))


def forget(kind: EntityKind, state: State, cut_us: int) -> State:
    """Drop everything that was said at or before a cut time: what a deletion leaves of late repetitions."""
    kept = [fragment for fragment in state.fragments if fragment.stamp.at_us > cut_us]
    return state if len(kept) == len(state.fragments) else join(kind, State(kept))


def same(one: State, other: State) -> bool:
    """Whether two states say the same, however their metadata is held."""
    return [opened(fragment) for fragment in one.fragments] == [opened(fragment) for fragment in other.fragments]


def opened(fragment: Fragment) -> Fragment:
    """The fragment with its metadata taken apart."""
    if fragment.whole is None:
        return fragment
    return Fragment(fragment.stamp, fragment.values, flatten(fragment.whole)[0], fragment.tags)


def _unite(fragments: list[Fragment]) -> list[Fragment]:
    """One fragment per stamp, in rising order. What one side has already dropped, the other may still hold."""
    fragments.sort(key=_stamp)
    united = fragments[:1]
    for fragment in fragments[1:]:
        known = united[-1]
        if known.stamp != fragment.stamp:
            united.append(fragment)
        elif known is not fragment and known != fragment:
            united[-1] = _overlay(opened(known), opened(fragment))
    return united


def _overlay(one: Fragment, other: Fragment) -> Fragment:
    return Fragment(
        one.stamp,
        _greater_values(one.values, other.values),
        _greater_values(one.leaves, other.leaves),
        sorted({*one.tags, *other.tags}),
    )


def _greater_values(one: dict[_Key, Any], other: dict[_Key, Any]) -> dict[_Key, Any]:
    """Both maps; where they disagree, one event was sent with two contents and the greater encoding stands."""
    united = {**one, **other}
    for key in one.keys() & other.keys():
        united[key] = max(one[key], other[key], key=_encode)
    return united


def _normalise(kind: EntityKind, fragments: list[Fragment]) -> list[Fragment]:
    """Leave each field, leaf and tag in the one fragment that decides it."""
    said = tagged = 0
    has_leaves = False
    for fragment in fragments:
        if fragment.leaves:
            has_leaves = True
        elif fragment.whole is not None:
            said += 1
        if fragment.tags:
            tagged += 1
    if said > 1 or has_leaves:
        fragments = _prune_leaves([opened(fragment) for fragment in fragments])
    if tagged > 1:
        fragments = _prune_tags(fragments)
    pruned = _prune_values(kind, fragments)
    latest, latest_us = pruned[0], pruned[0].stamp.at_us
    for fragment in pruned:
        if fragment.stamp.at_us >= latest_us:
            latest, latest_us = fragment, fragment.stamp.at_us
    return [
        fragment
        for fragment in pruned
        if fragment.values or fragment.leaves or fragment.tags or fragment.whole or fragment is latest
    ]


def _prune_values(kind: EntityKind, fragments: list[Fragment]) -> list[Fragment]:
    """Stamps rise, so the last holder of a field wins, but for first-wins fields; there the rank goes first."""
    first_fields = _FIRST_FIELDS[kind]
    winners: dict[str, int] = {}
    beaten: dict[int, list[str]] = {}
    for index, fragment in enumerate(fragments):
        for name in fragment.values:
            holder = winners.setdefault(name, index)
            if holder == index:
                continue
            loser = holder
            if name in first_fields and fragments[holder].stamp.rank >= fragment.stamp.rank:
                loser = index
            else:
                winners[name] = index
            beaten.setdefault(loser, []).append(name)
    if not beaten:
        return fragments
    pruned = fragments.copy()
    for index, names in beaten.items():
        fragment = fragments[index]
        values: dict[str, Any] = {}
        if len(names) < len(fragment.values):
            values = fragment.values.copy()
            for name in names:
                del values[name]
        pruned[index] = Fragment(fragment.stamp, values, fragment.leaves, fragment.tags, fragment.whole)
    return pruned


def _prune_leaves(fragments: list[Fragment]) -> list[Fragment]:
    leaves = prune(fragments)
    return [
        Fragment(
            fragment.stamp,
            fragment.values,
            {path: value for path, value in fragment.leaves.items() if leaves.get(path) == index},
            fragment.tags,
        )
        for index, fragment in enumerate(fragments)
    ]


def _prune_tags(fragments: list[Fragment]) -> list[Fragment]:
    """A tag stays with the first that gave it."""
    seen: set[str] = set()
    kept = []
    for fragment in fragments:
        tags = [tag for tag in fragment.tags if tag not in seen]
        seen.update(tags)
        kept.append(Fragment(fragment.stamp, fragment.values, fragment.leaves, tags, fragment.whole))
    return kept
