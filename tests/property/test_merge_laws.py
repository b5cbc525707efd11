"""The merge law on single entities: join is commutative, associative and idempotent, and storage loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.merge import codec
from panope.domain.merge.join import forget, join, same
from panope.domain.merge.lift import lift, lift_pair
from panope.domain.merge.state import State
from tests.support.histories.made import events

KINDS = list(EntityKind)


def _states(kind: EntityKind) -> st.SearchStrategy[State]:
    return st.lists(events((kind,)), min_size=1, max_size=6).map(lambda found: _join_all(kind, found))


def _join_all(kind: EntityKind, found: list[TelemetryEvent]) -> State:
    return join(kind, *(lift(event) for event in found))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_join_is_commutative(kind: EntityKind, data: st.DataObject) -> None:
    one, other = data.draw(_states(kind)), data.draw(_states(kind))
    assert same(join(kind, one, other), join(kind, other, one))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_join_is_associative(kind: EntityKind, data: st.DataObject) -> None:
    one, two, three = (data.draw(_states(kind)) for _ in range(3))
    assert same(join(kind, join(kind, one, two), three), join(kind, one, join(kind, two, three)))
    assert same(join(kind, join(kind, one, two), three), join(kind, one, two, three))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_join_is_idempotent(kind: EntityKind, data: st.DataObject) -> None:
    one, other = data.draw(_states(kind)), data.draw(_states(kind))
    joined = join(kind, one, other)
    assert same(join(kind, joined, one), joined)
    assert same(join(kind, joined, joined), joined)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_storage_gives_back_the_same_state(kind: EntityKind, data: st.DataObject) -> None:
    state = data.draw(_states(kind))
    assert same(codec.decode(codec.encode(state)), state)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_forgetting_then_joining_equals_joining_what_is_left(kind: EntityKind, data: st.DataObject) -> None:
    """A cut may be applied to the parts or to the whole, provided that nothing later was hidden by what goes."""
    found = data.draw(st.lists(events((kind,)), min_size=1, max_size=6))
    cut_us = data.draw(st.sampled_from([event.at_us for event in found]))
    late = [event for event in found if event.at_us > cut_us]
    forgotten = join(kind, State(), *(forget(kind, lift(event), cut_us) for event in found))
    assert same(forgotten, join(kind, State(), *(lift(event) for event in late)))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_pair_of_events_is_what_joining_them_gives(kind: EntityKind, data: st.DataObject) -> None:
    one, other = data.draw(events((kind,))), data.draw(events((kind,)))
    pair = lift_pair(one, other)
    assert pair is None or same(pair, join(kind, lift(one), lift(other)))
    assert lift_pair(other, one) == pair
