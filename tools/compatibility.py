"""Writes the table of operations in `docs/reference/compatibility.md` from what calling each of them showed.

`tests/conformance/operations.json` keeps the outcomes; a test calls them all again and compares.
"""

import json
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "compatibility.md"
OUTCOMES: Final = ROOT / "tests" / "conformance" / "operations.json"
"""By SDK: each operation of its generated client, and how calling it ended."""
SDKS: Final = {
    "langfuse-2": "2.60.10",
    "langfuse-3": "3.15.0",
    "langfuse-4.14": "4.14.3",
    "langfuse-4.18": "4.18.0",
    "langfuse-5": "5.0.4",
}
"""Versions by the name of their requirements."""
ANSWERED: Final = "answered"
"""The client's own model has read the answer."""

_API: Final = "/api/public"
_MARK: Final = "<!-- From here on made from the code: `make docs`. -->\n"
_INTRODUCTION: Final = """
## Operations

Every operation of the client that each Python SDK generates from the API's description, found in its source and called
once with the arguments that this generation takes (`tests/conformance/test_every_operation.py`). *yes*: the SDK's own
model has read the answer. *left*: the client has it, the server does not serve it. An empty cell: this client does not
have it. `{}` stands for an id or a name.

"""


def render() -> str:
    """The page: what is written by hand, then the table."""
    by_hand, _, _ = PAGE.read_text(encoding="utf-8").partition(_MARK)
    outcomes: dict[str, dict[str, str]] = json.loads(OUTCOMES.read_text(encoding="utf-8"))
    operations = sorted({name for found in outcomes.values() for name in found}, key=_place)
    lines = [f"| Operation | {' | '.join(SDKS.values())} |", f"|---|{'---|' * len(SDKS)}"]
    lines += [
        f"| `{name.replace(_API, '')}` | {' | '.join(_cell(outcomes[sdk].get(name)) for sdk in SDKS)} |"
        for name in operations
    ]
    served = [f"{_count(outcomes[sdk])} of {len(outcomes[sdk])} with {version}" for sdk, version in SDKS.items()]
    summary = f"Served: {', '.join(served)}.\n\n"
    return by_hand + _MARK + _INTRODUCTION + summary + "\n".join(lines) + "\n"


def _place(operation: str) -> tuple[str, str]:
    method, _, path = operation.partition(" ")
    return path, method


def _cell(outcome: str | None) -> str:
    if outcome is None:
        return ""
    return "yes" if outcome == ANSWERED else "left"


def _count(outcomes: dict[str, str]) -> int:
    return sum(1 for outcome in outcomes.values() if outcome == ANSWERED)
