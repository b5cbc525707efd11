"""What schemas may cost."""

import json
import time
from typing import Any

import pytest

from panope.domain.datasets.schemas import check_schema, problems
from panope.domain.errors import InvalidError


def found(schema: Any, value: Any) -> list[str]:
    return [issue.code for issue in problems(json.dumps(schema), json.dumps(value), ("input",))]


def test_a_schema_with_many_parts_does_not_look_at_many_values() -> None:
    costly = {"items": {"allOf": [{"multipleOf": 1, "minimum": -number} for number in range(3_000)]}}
    began_s = time.process_time()
    assert found(costly, list(range(20_000))) == ["schema_too_costly"]
    assert time.process_time() - began_s < 2


def test_large_values_are_fine_with_schemas_as_people_write_them() -> None:
    usual = {"type": "array", "items": {"type": "object", "required": ["role"], "properties": {"n": {"minimum": 0}}}}
    assert found(usual, [{"role": "user", "n": number} for number in range(100_000)]) == []
    assert found({"allOf": [{"minLength": number} for number in range(1_000)]}, "x" * 1_000_000) == []


@pytest.mark.parametrize("index", ["2", "1" * 5_000, "\u0660"])
def test_a_reference_to_no_part_of_a_list_is_refused(index: str) -> None:
    with pytest.raises(InvalidError):
        check_schema(json.dumps({"allOf": [{}, {}], "properties": {"a": {"$ref": f"#/allOf/{index}"}}}), ("schema",))


def test_a_reference_to_a_part_of_a_list_is_followed() -> None:
    schema = {"allOf": [{}, {"minProperties": 1}], "properties": {"a": {"$ref": "#/allOf/1"}}}
    assert found(schema, {"a": {}}) == ["schema_violation"]
