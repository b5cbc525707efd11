"""Lists as files."""

import csv
import io
import json

import pytest

from tests.api.conftest import OTHER_PROJECT
from tests.api.ui.conftest import Web
from tests.api.ui.test_lists import tell_one
from tests.support.told import trace


async def table(web: Web, path: str, **params: str) -> list[dict[str, str]]:
    response = await web.ask(path, format="csv", **params)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


async def test_a_file_holds_what_the_list_holds_in_its_order(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.http.routes.ui.lists._PER_PAGE", 2)
    await web.tell(*(trace(f"t{at}", at, user_id=f"u{at % 2}") for at in range(5)))
    for path in ("/traces", "/users"):
        params = {"orderBy": "id-DESC"}
        rows = await table(web, f"{path}/export", **params)
        assert [row["id"] for row in rows] == await web.ids(path, **params)
    assert [row["id"] for row in await table(web, "/traces/export", q="user:u1")] == ["t3", "t1"]
    assert await table(web, "/traces/export", project=OTHER_PROJECT) == []


async def test_every_list_can_be_exported_in_every_format(web: Web) -> None:
    await tell_one(web)
    for listing in ("traces", "observations", "sessions", "users", "scores"):
        listed = (await web.get(f"/{listing}"))["rows"]
        response = await web.ask(f"/{listing}/export", format="jsonl")
        assert response.headers["content-disposition"] == f'attachment; filename="{listing}.jsonl"'
        assert [json.loads(line) for line in response.text.splitlines()] == listed
        assert len(await table(web, f"/{listing}/export")) == len(listed) > 0
        response = await web.ask(f"/{listing}/export", format="json")
        assert response.headers["content-type"] == "application/json"
        assert response.json() == listed


@pytest.mark.parametrize("amount", [0, 1, 2, 3, 4])
async def test_an_array_is_whole_however_many_pages_it_has(
    web: Web, amount: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panope.http.routes.ui.lists._PER_PAGE", 2)
    await web.tell(*(trace(f"t{at}", at) for at in range(amount)))
    response = await web.ask("/traces/export", format="json", columns="id", orderBy="id-ASC")
    assert response.json() == [{"id": f"t{at}"} for at in range(amount)]


async def test_columns_are_those_asked_for_and_payloads_only_then(web: Web) -> None:
    await tell_one(web)
    await web.tell(trace("t", 1, input="what", metadata={"a": 1}, is_update=True))
    [row] = await table(web, "/traces/export", columns="id,tags,input,output,metadata,cost")
    assert row == {"id": "t", "tags": '["a","b"]', "input": "what", "output": "", "metadata": '{"a":1}', "cost": ""}
    assert "input" not in (await table(web, "/traces/export"))[0]
    rows = await table(web, "/observations/export", columns="input,id")
    assert [list(row.values()) for row in rows][1] == ["hello", "root"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")']
)
async def test_no_cell_is_a_formula(web: Web, text: str) -> None:
    await web.tell(trace(text, 0, name=text, user_id=text, tags=[text], input=text))
    response = await web.ask("/traces/export", format="csv", columns="id,name,userId,tags,input")
    [_, *records] = csv.reader(io.StringIO(response.text, newline=""))
    for cell in records[0]:
        assert cell[0] in "'[", cell
    assert records[0][1] == f"'{text}"


async def test_numbers_stay_numbers(web: Web) -> None:
    await web.tell(trace("-5", 0, name="-1.5"))
    assert (await table(web, "/traces/export", columns="id,name"))[0] == {"id": "-5", "name": "-1.5"}


async def test_what_is_no_file_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await tell_one(web)
    for params, said in (
        ({}, "format"),
        ({"format": "xlsx"}, "csv, json, jsonl"),
        ({"format": "csv", "columns": "id,colour"}, "colour"),
        ({"format": "csv", "orderBy": "x"}, "COLUMN-ASC"),
    ):
        status, text = await web.refusal("/traces/export", **params)
        assert (status, said in text) == (400, True), text
    monkeypatch.setattr("panope.features.explore.counts.MAX_COUNTED", 0)
    assert (await web.refusal("/traces/export", format="csv"))[0] == 422
