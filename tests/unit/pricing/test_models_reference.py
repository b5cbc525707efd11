"""The reference page of models says what the code does."""

import re
from pathlib import Path

from panope.domain.usage_types import KINDS, SPELLINGS

PAGE = Path(__file__).parents[3] / "docs/reference/models.md"
ROW = re.compile(r"^\| `([a-z_0-9]+)` \| (`.+`) \| (?:`(\w+)`)?[ ¹]*\|$", re.MULTILINE)


def test_table_of_spellings_is_complete() -> None:
    described = {
        name: (part_of or None, set(re.findall(r"`(\w+)`", spellings)))
        for name, spellings, part_of in ROW.findall(PAGE.read_text())
    }
    actual = {
        name: (kind.part_of, {spelling for spelling, one in SPELLINGS.items() if one is kind} - {name})
        for name, kind in KINDS.items()
        if name != "total"
    }
    assert described == actual
