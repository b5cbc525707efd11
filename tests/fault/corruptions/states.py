"""States that are lost, noise, or not what was sent."""

from collections.abc import Callable
from typing import Any

from panope.domain.merge import codec
from panope.domain.merge.codec import StateParts
from panope.domain.merge.state import State
from tests.fault.corruptions.planting import Tables, assign, corruption, key_of


def _change_state(table: str, entity: str, change: Callable[[State], State]) -> Callable[[Tables], None]:
    def plant(tables: Tables) -> None:
        state = codec.decode(tables.read_parts(table, entity))
        tables.write_parts(table, entity, codec.encode(change(state)))

    return plant


def _change_parts(table: str, entity: str, **changes: Any) -> Callable[[Tables], None]:
    def plant(tables: Tables) -> None:
        parts = tables.read_parts(table, entity)
        kept = {name: getattr(parts, name) for name in StateParts.__struct_fields__}
        tables.write_parts(table, entity, StateParts(**{**kept, **changes}))

    return plant


def _swap_states(tables: Tables) -> None:
    one, other = tables.read_parts("observation", "o3"), tables.read_parts("observation", "o5")
    tables.write_parts("observation", "o3", other)
    tables.write_parts("observation", "o5", one)


def _copy_state(tables: Tables, source: str, target: str) -> None:
    columns = ", ".join(column for column in tables.payload_columns)
    tables.execute(
        f"INSERT INTO trace_payload (key, {columns}) SELECT {key_of('trace', target)}, {columns} FROM trace_payload "
        f"WHERE key = {key_of('trace', source)}"
    )


STATES = [
    corruption(
        "an observation lost its state",
        f"DELETE FROM observation_payload WHERE key = {key_of('observation', 'o3')}",
        "state-missing",
        of="o3",
    ),
    corruption(
        "a trace lost its state",
        f"DELETE FROM trace_payload WHERE key = {key_of('trace', 't2')}",
        "state-missing",
        of="t2",
    ),
    corruption(
        "a compressed state is noise",
        f"UPDATE observation_payload SET body = x'01ff00ff' WHERE key = {key_of('observation', 'o3')}",
        "state-unreadable",
        of="o3",
        only="sqlite",
    ),
    corruption(
        "a state is empty",
        f"UPDATE observation_payload SET body = x'' WHERE key = {key_of('observation', 'o3')}",
        "state-unreadable",
        of="o3",
        only="sqlite",
    ),
    corruption(
        "a skeleton is cut", _change_parts("observation", "o1", skeleton=b"\x92\x96"), "state-unreadable", of="o1"
    ),
    corruption("two observations swapped their states", _swap_states, "row-differs", of="o5"),
    corruption(
        "an output text is lost",
        _change_parts("observation", "o1", output=None),
        "state-abnormal",
        "row-differs",
        of="o1",
        fields="output",
    ),
    corruption(
        "an input text is another",
        _change_parts("observation", "o1", input="what is down? " * 400),
        "row-differs",
        of="o1",
        fields="input_preview",
    ),
    corruption(
        "a text is left over",
        _change_parts("observation", "o3", input="nobody sent this"),
        "state-abnormal",
        of="o3",
        fields="input",
    ),
    corruption(
        "metadata is not JSON", _change_parts("observation", "o1", metadata='{"k":[1,2'), "state-unreadable", of="o1"
    ),
    corruption(
        "metadata is not what was sent",
        _change_parts("observation", "o1", metadata='{"k":[1,3],"n":{"a":1}}'),
        "state-abnormal",
        of="o1",
        fields="metadata",
    ),
    corruption(
        "an update is lost",
        _change_state("trace", "t1", lambda state: State(state.fragments[:-1])),
        "row-differs",
        of="t1",
    ),
    corruption(
        "fragments stand in another order",
        _change_state("observation", "o1", lambda state: State(state.fragments[::-1])),
        "state-abnormal",
        of="o1",
        fields="fragments",
    ),
    corruption(
        "a state says nothing",
        _change_state("trace", "t2", lambda _: State([])),
        "state-abnormal",
        "row-differs",
        of="t2",
        fields="fragments",
    ),
    corruption(
        "a trace that nothing was sent about has a state",
        lambda tables: _copy_state(tables, "t2", "stateless"),
        "row-differs",
        of="stateless",
    ),
    corruption("a score's state is noise", assign("score", "c2", "state = NOISE"), "state-unreadable", of="c2"),
]
