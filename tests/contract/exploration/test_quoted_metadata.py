"""Texts of the metadata that came in quotes are asked for what they say, on every engine alike."""

import json
from typing import Final

import pytest

from panope.query.ast import Condition, ListQuery, Op, Sort
from tests.contract.world import PROJECT
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import minute, observation

SENT: Final = {
    "plain": ("planner", "planner"),
    "quoted": ('"planner"', "planner"),
    "spaced": (' "planner"', ' "planner"'),
    "number": ('"12"', "12"),
    "letters": (json.dumps('a "b" \\ ü 😀\n'), 'a "b" \\ ü 😀\n'),
    "unescaped": ('"ü 😀"', "ü 😀"),
    "half": ('"\\ud83d"', '"\\ud83d"'),
    "nul": ('"\\u0000"', '"\\u0000"'),
    "broken": ('"a" "b"', '"a" "b"'),
    "newline": ('"a\nb"', '"a\nb"'),
    "open": ('"a', '"a'),
    "empty": ('""', ""),
    "object": ('{"a":"b"}', '{"a":"b"}'),
}
"""A text as it is kept, and what it says, by the id of the observation."""


@pytest.mark.parametrize("entity_id", SENT)
async def test_a_text_is_found_by_what_it_says(engine: Engine, entity_id: str) -> None:
    told = [
        observation(key, n, type="SPAN", start_time=minute(n), metadata={"k": sent})
        for n, (key, (sent, _)) in enumerate(SENT.items())
    ]
    await engine.writer.apply(batch(PROJECT, told))
    said = SENT[entity_id][1]
    query = ListQuery(where=Condition("metadata", Op.EQ, said, "k"), sort=Sort("start_time", descending=False))
    rows = (await engine.reader.list_observations(PROJECT, query)).rows
    assert [found.row.id for found in rows] == [key for key, (_, text) in SENT.items() if text == said]
