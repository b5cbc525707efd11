"""Many items at once over HTTP, on every engine: files in and out, items from traces, lists of items."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio

from panope.domain.errors import InvalidError
from panope.domain.ids import ProjectId
from panope.features.datasets.from_traces import ItemsFromTraces, TraceTaking
from panope.features.prompts.links import PromptLinks
from panope.features.tracing.reading import TraceReading
from panope.features.tracing.remarks import Remarks
from panope.query.ast import ALWAYS
from tests.api.edge import Edge, Scene, opened_scene
from tests.support.engines import ENGINES

pytestmark = pytest.mark.asyncio(loop_scope="module")
FILES = "/api/panope/v1/datasets"
FORMATS = ["csv", "jsonl", "parquet"]
ODD: list[Any] = [
    "Spain",
    "12",
    "null",
    '"quoted"',
    '{"a":1}',
    " spaced ",
    'line\nbreak, comma; "quote"',
    "=1+1",
    "🏛",
    12,
    1.5,
    True,
    {"a": [None, {"b": ""}]},
    [],
    10**30,
]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with opened_scene(request.param, request, tmp_path_factory.mktemp("scene")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def edge(scene: Scene) -> Edge:
    edge = await scene.new_project()
    await edge.send("/v2/datasets", b'{"name":"a/b"}')
    return edge


def need(file_format: str) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")


async def post(edge: Edge, action: str, body: bytes, status: int = 200, name: str = "a/b", **params: Any) -> Any:
    path = f"{FILES}/{quote(name, safe='')}/{action}?{urlencode(params)}"
    response = await edge.client.post(path, content=body, headers=edge.auth)
    assert response.status_code == status, response.text
    return response.json()


async def load(edge: Edge, body: bytes | str, status: int = 200, **params: Any) -> Any:
    sent = body.encode() if isinstance(body, str) else body
    return await post(edge, "import", sent, status, **{"format": "jsonl", **params})


async def export(edge: Edge, name: str = "a/b", **params: Any) -> bytes:
    response = await edge.client.get(f"{FILES}/{quote(name, safe='')}/export?{urlencode(params)}", headers=edge.auth)
    assert response.status_code == 200, response.text
    content: bytes = response.content
    return content


async def items(edge: Edge, name: str = "a/b") -> list[Any]:
    """All active items, oldest first."""
    lines = (await export(edge, name, format="jsonl")).splitlines()
    return [json.loads(line) for line in lines]


def jsonl(rows: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize("file_format", FORMATS)
async def test_what_is_exported_is_imported_as_it_was(edge: Edge, file_format: str) -> None:
    need(file_format)
    rows = [
        {"id": f"i{place}", "input": value, "expectedOutput": value, "metadata": {"value": value}, "sourceTraceId": "t"}
        for place, value in enumerate(ODD)
    ]
    rows += [{"id": "gone", "input": 1, "status": "ARCHIVED"}]
    assert (await load(edge, jsonl(rows)))["created"] == len(rows)
    exported = await export(edge, format=file_format, archived="true")
    assert await post(edge, "import", exported, format=file_format) == {
        "lines": len(rows),
        "created": 0,
        "updated": 0,
        "unchanged": len(rows),
        "ignoredColumns": [],
        "dryRun": False,
    }
    before = await items(edge)
    for row in [*before, {"id": "gone"}]:
        await edge.send(f"/dataset-items/{row['id']}", b"", method="DELETE")
    assert await items(edge) == []
    assert (await post(edge, "import", exported, format=file_format))["created"] == len(rows)
    plain = [{key: value for key, value in row.items() if not key.endswith("At")} for row in await items(edge)]
    assert plain == [{key: value for key, value in row.items() if not key.endswith("At")} for row in before]


async def test_a_csv_of_people_is_read_by_the_columns_that_they_name(edge: Edge) -> None:
    text = '\ufeffquestion,language,answer,rating\r\nCapital?,en,Paris,5\r\n\r\n"Two\nlines",,42,\r\n'
    done = await load(
        edge, text, format="csv", inputColumns="question,language", expectedOutputColumns="answer", idColumn="question"
    )
    assert (done["lines"], done["created"], done["ignoredColumns"]) == (2, 2, ["rating"])
    rows = await items(edge)
    assert [(row["id"], row["input"], row["expectedOutput"], row["metadata"]) for row in rows] == [
        ("Capital?", {"question": "Capital?", "language": "en"}, "Paris", None),
        ("Two\nlines", {"question": "Two\nlines", "language": None}, 42, None),
    ]
    refused = await load(edge, text, 400, format="csv", inputColumns="questoin")
    assert "questoin" in refused["message"]
    assert "question, language, answer, rating" in refused["message"]


async def test_the_same_file_again_changes_nothing_and_equal_lines_stay_apart(edge: Edge) -> None:
    body = jsonl([{"input": "same"}, {"input": "same"}, {"input": "other"}])
    assert (await load(edge, body))["created"] == 3
    again = await load(edge, body)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert [row["input"] for row in await items(edge)] == ["same", "same", "other"]


async def test_a_file_changes_items_by_id_and_keeps_what_it_does_not_hold(edge: Edge) -> None:
    await load(edge, jsonl([{"id": "a", "input": 1, "metadata": "kept"}, {"id": "b", "input": 1}]))
    changed = await load(edge, jsonl([{"id": "a", "expected_output": 2}, {"id": "c", "input": 3}]))
    assert (changed["created"], changed["updated"], changed["unchanged"]) == (1, 1, 0)
    assert [(row["id"], row["input"], row["expectedOutput"], row["metadata"]) for row in await items(edge)] == [
        ("a", 1, 2, "kept"),
        ("b", 1, None, None),
        ("c", 3, None, None),
    ]


async def test_a_dry_run_says_what_would_be_and_changes_nothing(edge: Edge) -> None:
    await load(edge, jsonl([{"id": "a", "input": 1}, {"id": "b", "input": 1}]))
    body = jsonl([{"id": "a", "input": 2}, {"id": "b", "input": 1}, {"input": 3}])
    rehearsed = await load(edge, body, dryRun="true")
    assert rehearsed["dryRun"] is True
    assert [row["input"] for row in await items(edge)] == [1, 1]
    assert await load(edge, body) == rehearsed | {"dryRun": False}


async def test_a_file_that_breaks_at_line_70001_imports_nothing(edge: Edge) -> None:
    await load(edge, jsonl([{"id": "before", "input": 1}]))
    lines = [b'{"input":%d}' % number for number in range(70_000)] + [b'{"input":'] + [b'{"input":0}'] * 99
    refused = await load(edge, b"\n".join(lines), 400)
    assert refused["error"] == [{"code": "invalid_line", "path": ["line", 70_001], "message": "is not JSON in UTF-8"}]
    assert [row["id"] for row in await items(edge)] == ["before"]


async def test_wrong_lines_are_listed_up_to_a_number(edge: Edge) -> None:
    lines = ["[1]", '{"input":1}', "{}", '{"input":1,"status":"GONE"}', '{"id":"' + "x" * 900 + '","input":1}']
    lines += ['{"id":"twice","input":1}', '{"id":"twice","input":2}', '{"input":"\\ud800"}', '{"input":1e999}']
    lines += ['{"input":' + "[" * 300 + "]" * 300 + "}", '{"id":["my secret"],"input":1}']
    lines += ["my secret"] * 30
    refused = (await load(edge, "\n".join(lines), 400))["error"]
    assert len(refused) == 20
    assert [(issue["path"][1], issue["message"][:30]) for issue in refused[:10]] == [
        (1, "is JSON, but not an object of "),
        (3, "has neither an input nor an id"),
        (4, "status must be one of ACTIVE, "),
        (5, "id must have at most 800 bytes"),
        (7, "has the id of line 6"),
        (8, "is not JSON in UTF-8"),
        (9, "is JSON, but not an object of "),
        (10, "nests too deeply: flatten it"),
        (11, "id must be text"),
        (12, "is not JSON in UTF-8"),
    ]
    assert "secret" not in str(refused)
    assert await items(edge) == []


async def test_lines_that_break_the_schema_are_named_with_the_place(edge: Edge) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    await edge.send("/v2/datasets", json.dumps({"name": "strict", "inputSchema": schema}).encode())
    rows = [{"input": {"n": 1}}, {"input": {"n": "my secret"}}, {"id": "unknown", "metadata": 1}, {"input": []}]
    refused = await load(edge, jsonl(rows), 400, name="strict")
    assert [issue["path"] for issue in refused["error"]] == [["line", 2], ["line", 4]]
    assert refused["error"][0]["message"] == 'input.n: the value is not of type "integer"'
    refused = await load(edge, jsonl([rows[0], rows[2]]), 400, name="strict")
    assert [issue["path"] for issue in refused["error"]] == [["line", 2]], "what only the store can tell"
    assert await items(edge, "strict") == []


async def test_an_id_of_another_dataset_is_a_conflict_and_nothing_is_imported(edge: Edge) -> None:
    await edge.send("/v2/datasets", b'{"name":"other"}')
    await load(edge, jsonl([{"id": "taken", "input": 1}]), name="other")
    refused = await load(edge, jsonl([{"id": "free", "input": 1}, {"id": "taken", "input": 1}]), 409)
    assert "taken" in refused["message"]
    assert await items(edge) == []


async def test_items_are_copied_to_another_dataset_with_ids_of_their_own(edge: Edge) -> None:
    await edge.send("/v2/datasets", b'{"name":"copy"}')
    await load(edge, jsonl([{"id": "a", "input": 1}, {"id": "b", "input": 2}]))
    exported = await export(edge, format="csv")
    assert (await post(edge, "import", exported, name="copy", format="csv", newIds="true"))["created"] == 2
    assert (await post(edge, "import", exported, name="copy", format="csv", newIds="true"))["unchanged"] == 2
    assert [row["input"] for row in await items(edge, "copy")] == [1, 2]
    assert not {row["id"] for row in await items(edge, "copy")} & {"a", "b"}


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("csv", b"", "is empty"),
    ("csv", b"input,input\n1,2", "same name"),
    ("csv", b'input\n"never closed', "Line 2 is not CSV"),
    ("csv", b"input\n1,2\n", "has 2 cells"),
    ("csv", b"input\n\xff\n", "not UTF-8"),
    ("csv", b"question\nwhat?\n", "neither an input nor an id"),
    ("jsonl", b"\xff", "not JSON"),
    ("jsonl", b'[{"input":1}]', "not an object"),
    ("parquet", b"", "not Parquet"),
    ("parquet", b"PAR1" + b"x" * 50 + b"PAR1", "not Parquet"),
    ("xlsx", b"", "csv, jsonl, parquet"),
]


@pytest.mark.parametrize(("file_format", "body", "says"), BAD_FILES, ids=range(len(BAD_FILES)))
async def test_what_is_no_file_of_its_format_is_refused(edge: Edge, file_format: str, body: bytes, says: str) -> None:
    need(file_format)
    assert says in str(await load(edge, body, 400, format=file_format))
    assert await items(edge) == []


async def test_the_media_type_tells_the_format(edge: Edge) -> None:
    path = f"{FILES}/a%2Fb/import"
    headers = {**edge.auth, "Content-Type": "text/csv; charset=utf-8"}
    assert (await edge.client.post(path, content=b"input\n1\n", headers=headers)).json()["created"] == 1
    assert (await edge.client.post(path, content=b"input\n1\n", headers=edge.auth)).status_code == 400


async def test_an_export_is_the_dataset_as_it_was_at_a_version(edge: Edge) -> None:
    await load(edge, jsonl([{"id": "a", "input": 1}]))
    (first,) = await items(edge)
    assert await export(edge, format="jsonl", version="2020-01-01T00:00:00Z") == b""
    at_first = await export(edge, format="jsonl", version=first["createdAt"])
    assert json.loads(at_first)["id"] == "a"
    rows = list(csv.reader(io.StringIO((await export(edge, format="csv")).decode())))
    assert rows[0][:3] == ["id", "input", "expectedOutput"]
    assert rows[1][:3] == ["a", "1", ""]


async def test_more_items_than_a_page_are_exported_in_the_order_of_the_import(edge: Edge) -> None:
    await load(edge, jsonl([{"input": number} for number in range(1_234)]))
    assert [row["input"] for row in await items(edge)] == list(range(1_234))


async def test_another_projects_dataset_is_not_there(scene: Scene, edge: Edge) -> None:
    stranger = await scene.new_project()
    await load(edge, jsonl([{"input": 1}]))
    await post(stranger, "import", b'{"input":1}', 404, format="jsonl")
    await post(stranger, "items", b'{"items":[]}', 404)
    await post(stranger, "from-traces", b"{}", 404)
    response = await stranger.client.get(f"{FILES}/a%2Fb/export", headers=stranger.auth)
    assert response.status_code == 404


async def test_a_list_of_items_is_written_all_or_none(edge: Edge) -> None:
    done = await post(edge, "items", json.dumps({"items": [{"id": "a", "input": "1"}, {"input": {"q": 2}}]}).encode())
    assert (done["created"], done["updated"], done["unchanged"]) == (2, 0, 0)
    assert [row["id"] for row in await items(edge)] == done["ids"]
    assert [row["input"] for row in await items(edge)] == [1, {"q": 2}]
    for wrong, place in (
        ([{"input": 1}, {}], ["items", 1, "input"]),
        ([{"id": "", "input": 1}], ["items", 0, "id"]),
        ([{"id": "x", "input": 1}, {"id": "x", "input": 1}], ["items", 1, "id"]),
        ([{"input": 1, "status": "?"}], ["items", 0, "status"]),
    ):
        refused = await post(edge, "items", json.dumps({"items": wrong}).encode(), 400)
        assert refused["error"][0]["path"] == place
    await post(edge, "items", b'{"items":[' + b",".join([b'{"input":1}'] * 10_001) + b"]}", 400)
    assert len(await items(edge)) == 2


async def trace(edge: Edge, trace_id: str, **fields: Any) -> None:
    body = {"id": trace_id, "timestamp": f"2026-05-01T00:00:0{len(trace_id)}Z", **fields}
    event = {"id": f"e-{trace_id}", "type": "trace-create", "timestamp": "2026-05-01T00:00:00Z", "body": body}
    response = await edge.send("/ingestion", json.dumps({"batch": [event]}).encode())
    assert response.json()["errors"] == []


async def test_traces_that_hold_too_much_are_not_taken(scene: Scene, edge: Edge) -> None:
    await trace(edge, "a", input="x" * 600)
    await trace(edge, "bb", input="x" * 600)
    catalog, project_id = scene.catalog, ProjectId(edge.project_id)
    [dataset] = (await catalog.datasets.list(project_id, offset=0, limit=9)).rows
    prompts = PromptLinks(catalog.prompt_index, catalog.version)
    tracing = TraceReading(scene.engine.reader, prompts, Remarks(catalog.comments))
    taking = ItemsFromTraces(catalog.dataset_items, tracing, lambda: 1, max_chars=1_000)
    with pytest.raises(InvalidError, match="more than 1000 characters"):
        await taking.run(project_id, dataset, TraceTaking(where=ALWAYS, limit=9))
    assert (await taking.run(project_id, dataset, TraceTaking(where=ALWAYS, limit=1))).created == 1


async def take(edge: Edge, status: int = 200, **asked: Any) -> Any:
    return await post(edge, "from-traces", json.dumps(asked).encode(), status)


async def test_items_are_made_of_the_traces_that_the_filters_find(edge: Edge) -> None:
    await trace(edge, "a", name="chat", tags=["production"], input={"q": 1}, output="one")
    await trace(edge, "bb", name="chat", tags=["production", "x"], input="two", output=2)
    await trace(edge, "ccc", name="chat", tags=["staging"], input="three")
    await trace(edge, "dddd", name="other", tags=["production"], input="four")
    await trace(edge, "eeeee", name="chat", tags=["production"], output="no input")
    asked = {"name": "chat", "tags": ["production"], "fromTimestamp": "2026-01-01T00:00:00Z"}
    rehearsed = await take(edge, **asked, dryRun=True)
    assert rehearsed == {"traces": 3, "created": 2, "alreadyThere": 0, "withoutInput": 1, "dryRun": True}
    assert await items(edge) == []
    assert await take(edge, **asked) == rehearsed | {"dryRun": False}
    assert [(row["sourceTraceId"], row["input"], row["expectedOutput"]) for row in await items(edge)] == [
        ("a", {"q": 1}, "one"),
        ("bb", "two", 2),
    ]
    listed = await edge.get("/dataset-items?sourceTraceId=bb")
    assert [row["input"] for row in listed[1]["data"]] == ["two"]
    filtered = [{"type": "string", "column": "name", "operator": "=", "value": "other"}]
    assert (await take(edge, filter=filtered, withOutput=False))["created"] == 1
    assert (await items(edge))[-1]["expectedOutput"] is None


async def test_a_trace_that_is_taken_again_keeps_its_item_and_what_people_made_of_it(edge: Edge) -> None:
    await trace(edge, "a", input="q", output="wrong")
    await take(edge)
    (item,) = await items(edge)
    corrected = {"datasetName": "a/b", "id": item["id"], "expectedOutput": "right"}
    assert (await edge.send("/dataset-items", json.dumps(corrected).encode())).status_code == 200
    await trace(edge, "bb", input="new")
    assert await take(edge) == {"traces": 2, "created": 1, "alreadyThere": 1, "withoutInput": 0, "dryRun": False}
    assert [row["expectedOutput"] for row in await items(edge)] == ["right", None]


async def test_only_the_newest_traces_are_taken(edge: Edge) -> None:
    for length in range(1, 6):
        await trace(edge, "t" * length, input=length)
    assert (await take(edge, limit=2))["created"] == 2
    assert [row["input"] for row in await items(edge)] == [4, 5]


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0},
        {"limit": 10_001},
        {"fromTimestamp": "yesterday"},
        {"filter": [{"column": "nothing"}]},
        {"filter": "[]"},
        {"tags": "production"},
        {"name": 5},
    ],
)
async def test_what_cannot_be_taken_is_refused(edge: Edge, asked: Any) -> None:
    await trace(edge, "a", input="q")
    await take(edge, 400, **asked)
    assert await items(edge) == []
