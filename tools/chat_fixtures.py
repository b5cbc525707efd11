"""Writes the recorded conversations that the web app's chat models are tested with, from the dialects' recordings.

`python -m tools.chat_fixtures`. Each entry is what panope stores for one observation of a recording, and the lines that
`tests.conformance.dialects.conversation` reads from it: another reader of the same shapes, so that neither can be wrong
alone.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from panope.ports.telemetry import Observed
from tests.conformance.dialects.conversation import read_conversation
from tests.conformance.dialects.reading import load_fixture, through_memory
from tests.conformance.dialects.table import NAMES

PAGE: Final = Path(__file__).parents[1] / "web" / "src" / "models" / "chat" / "fixtures" / "recorded.json"


def render() -> str:
    """The text of the file: a list, one entry per shape that a recording has."""
    return json.dumps(list(_entries()), indent=1, ensure_ascii=False) + "\n"


def _entries() -> Iterator[dict[str, Any]]:
    for name in NAMES:
        fixture, seen = load_fixture(name), set[str]()
        for detail in asyncio.run(through_memory(fixture)):
            for observed in detail.observations:
                entry = _entry(observed)
                shape = json.dumps([entry["type"], _shape(entry["input"]), _shape(entry["output"])])
                if entry["input"] is entry["output"] is None or shape in seen:
                    continue
                seen.add(shape)
                yield {"recording": name, **entry}


def _entry(observed: Observed) -> dict[str, Any]:
    payload = observed.payload
    sides = {"input": payload.input, "output": payload.output}
    lines = {f"{side}Lines": read_conversation(text) for side, text in sides.items()}
    return {"type": observed.row.type, "name": observed.row.name, **sides, **lines}


def _shape(text: str | None) -> Any:
    """What kinds of values are where, so that the same call with other words counts once."""
    try:
        return _kinds(json.loads(text or "null"))
    except ValueError:
        return "str"


def _kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _kinds(child) for key, child in sorted(value.items())}
    return [_kinds(child) for child in value] if isinstance(value, list) else type(value).__name__


def main() -> int:
    """Write the file."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
