"""What schemas may cost."""

import json
import time
from typing import Any

from panope.domain.datasets.schemas import problems


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
