"""The reference pages say what the code says."""

import json
import re
from types import ModuleType

import pytest

from panope.assembly import AppOptions
from panope.domain.accounts import Access
from panope.query.fields import View
from panope.wire.langfuse.filters import parse_filter
from tests.api.conftest import LIMITS, staged
from tests.unit.cli.test_cli import COMMANDS
from tools import api_page, cli_page, errors_page
from tools.pages import PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_a_page_is_what_the_code_makes_of_it(page: ModuleType) -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.render(), "run `make docs`"


async def test_every_route_is_on_the_page_with_its_caller() -> None:
    text = api_page.PAGE.read_text(encoding="utf-8")
    async with staged(AppOptions(limits=LIMITS)) as stage:
        table = [entry for entry in stage.app.state.route_table if entry.method != "HEAD"]
    assert len(table) > 25
    for entry in table:
        path = re.sub(r"{(\w+):\w+}", r"{\1}", entry.path)
        section = re.search(rf"^### `{entry.method} {re.escape(path)}`\n\n(.+)$", text, re.MULTILINE)
        assert section, entry
        assert section[1].endswith("For anybody.*") == (entry.access is None), entry
        assert ("public key that sends scores" in section[1]) == (entry.access is Access.SCORES), entry


def test_every_command_is_on_the_page() -> None:
    text = cli_page.PAGE.read_text(encoding="utf-8")
    for command in COMMANDS:
        if command:
            assert re.search(rf"^##+ `panope {' '.join(command)}\b", text, re.MULTILINE), command


def test_a_filter_of_the_reference_is_one_that_the_server_takes() -> None:
    text = api_page.PAGE.read_text(encoding="utf-8")
    samples = {
        "number": (">", 1),
        "string": ("=", "a"),
        "datetime": (">", "2026-01-02T03:04:05Z"),
        "boolean": ("=", True),
        "arrayOptions": ("any of", ["a"]),
        "stringObject": ("=", "a"),
        "numberObject": ("=", 1),
        "categoryOptions": ("any of", ["a"]),
        "booleanObject": ("=", True),
    }
    tried = 0
    for view in (View.TRACES, View.OBSERVATIONS, View.SCORES):
        table = text.partition(f"Columns of {view.value}:\n\n")[2].partition("\n\n")[0]
        for names, kind in re.findall(r"^\| (`.+?`) \| `(\w+)`", table, re.MULTILINE):
            operator, value = samples[kind]
            for column in re.findall(r"`(\w+)`", names):
                condition = {"type": kind, "column": column, "operator": operator, "value": value, "key": "k"}
                assert parse_filter(view, json.dumps([condition])), column
                tried += 1
    assert tried > 60


def test_every_repair_is_explained() -> None:
    text = errors_page.PAGE.read_text(encoding="utf-8")
    for code, meaning in errors_page.REPAIRS.items():
        assert f"| `{code}` | {meaning} |" in text
