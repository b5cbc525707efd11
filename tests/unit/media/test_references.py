"""Finding references to media in JSON."""

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panope.wire.langfuse.media.references import find_references

ID = "A1-_b2C3d4E5f6G7h8I9j0"
TEXT = f"@@@langfuseMedia:type=image/png|id={ID}|source=bytes@@@"

KEYS = st.text().filter(lambda key: "']" not in key)
PLAIN = st.none() | st.booleans() | st.integers() | st.text().filter(lambda text: "@@@" not in text)
VALUES = st.recursive(
    PLAIN | st.just(TEXT) | st.just(f"see {TEXT} and {TEXT}!"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def parse(path: str) -> list[str | int]:
    """A path as SDKs read it: `['key']` and `[number]` after `$`."""
    steps: list[str | int] = []
    assert path[0] == "$"
    rest = path[1:]
    while rest:
        if rest.startswith("['"):
            end = rest.index("']", 2)
            steps.append(rest[2:end])
            rest = rest[end + 2 :]
        else:
            end = rest.index("]")
            steps.append(int(rest[1:end]))
            rest = rest[end + 1 :]
    return steps


def at(value: Any, path: str) -> Any:
    for step in parse(path):
        value = value[step]
    return value


@given(VALUES)
@example({"]": TEXT})
def test_every_reference_is_found_where_its_path_leads(value: Any) -> None:
    found = find_references(value)
    assert len(found) == json.dumps(value).count("@@@langfuseMedia:")
    for reference in found:
        assert reference.text in at(value, reference.json_path)
        assert (reference.media_id, reference.content_type, reference.source) == (ID, "image/png", "bytes")


def test_references_come_in_the_order_in_which_they_stand() -> None:
    value = {"b": [TEXT.replace("A1", "B1"), {"c": TEXT.replace("A1", "C1")}], "a": TEXT}
    assert [(each.json_path, each.media_id[:2]) for each in find_references(value)] == [
        ("$['b'][0]", "B1"),
        ("$['b'][1]['c']", "C1"),
        ("$['a']", "A1"),
    ]
    assert [each.json_path for each in find_references(TEXT)] == ["$"]


def test_the_parts_of_a_reference_may_come_in_any_order() -> None:
    (found,) = find_references(f"@@@langfuseMedia:source=file|more=x=y|id={ID}|type=audio/wav@@@")
    assert (found.media_id, found.content_type, found.source) == (ID, "audio/wav", "file")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@@@langfuseMedia:@@@",
        "@@@langfuseMedia:type=image/png@@@",
        "@@@langfuseMedia:id=@@@",
        "@@@langfuseMedia:id=../../etc@@@",
        f"@@@langfuseMedia:id={'a' * 65}@@@",
        f"@@@langfuseMedia:type=image/png|id={ID}|source=bytes",
        f"@@langfuseMedia:type=image/png|id={ID}|source=bytes@@",
    ],
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert find_references({"text": text, text: 1}) == []


def test_a_hostile_value_costs_little() -> None:
    deep: Any = TEXT
    for _ in range(50_000):
        deep = [deep]
    began_s = time.process_time()
    assert len(find_references(deep)) == 1
    assert len(find_references([TEXT] * 5_000)) == 1_000
    assert find_references("@@@langfuseMedia:" * 100_000) == []
    assert time.process_time() - began_s < 5


def test_a_long_key_above_many_values_is_not_copied_for_each() -> None:
    hostile = {"k" * 1_000_000: [0] * 10_000 + [TEXT], "after": TEXT}
    tracemalloc.start()
    try:
        found = find_references(hostile)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [each.json_path for each in found] == ["$['after']"]
    assert most_bytes < 50_000_000
